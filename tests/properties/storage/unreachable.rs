//! What the hourly trigger deletes of registrations and devices, and what it reads for that.

use super::{NOW, PASS_TYPE};
use edgepass::{
    upkeep::{forget_devices, forget_lists, remove_unreachable},
    wallet::Wallet,
};
use edgepass_support::storage::{Sqlite, block_on};
use rusqlite::params;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Registrations of a wallet, of devices that are hex and such that are not: four of five are 31 days old, the others 29.
fn fill(database: &Sqlite, client: Option<&str>, count: i64) {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?5)
        INSERT INTO registrations (device_id, pass_type, serial, push_token, client, registered_at)
        SELECT iif(i % 2, pack(printf('%08x', i)), 'device-' || i), ?1, coalesce(?2, 'apple'), 'x', ?2, iif(i % 5, ?3,
            ?4) FROM n";
    let values = params![PASS_TYPE, client, NOW - 31 * DAY, NOW - 29 * DAY, count];
    database.prepare(sql).execute(values).unwrap();
}

/// Wallets, and how often each registered in the last 30 days, and before.
fn left(database: &Sqlite) -> Vec<(Option<String>, i64, i64)> {
    let sql =
        "SELECT client, sum(registered_at >= ?1), sum(registered_at < ?1) FROM registrations GROUP BY client ORDER BY client";
    let mut statement = database.prepare(sql);
    let rows = statement.query_map([NOW - 30 * DAY], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn count(database: &Sqlite, table: &str) -> i64 {
    database.prepare(&format!("SELECT count(*) FROM {table}")).query_row([], |row| row.get(0)).unwrap()
}

fn remove(database: &Sqlite, wanted: &[Wallet], now: i64) -> usize {
    block_on(remove_unreachable(database, wanted, now)).unwrap()
}

#[test]
fn registrations_of_wallets_that_are_not_wanted_go_after_30_days_however_many_there_are() {
    let database = Sqlite::new();
    // More than two pages.
    for client in [None, Some("AndroidPass"), Some("unknown"), Some("Passworks")] {
        fill(&database, client, 6_000);
    }
    let wanted = [Wallet::Apple, Wallet::WalletPasses];
    let named = |client: &str, young, old| (Some(client.to_owned()), young, old);
    for (day, removed) in [(0, 2 * 4_800), (0, 0), (1, 0)] {
        assert_eq!(remove(&database, &wanted, NOW + day * DAY), removed);
        let expected = [
            (None, 1_200, 4_800),
            named("AndroidPass", 1_200, 4_800),
            named("Passworks", 1_200, 0),
            named("unknown", 1_200, 0),
        ];
        assert_eq!(left(&database), expected);
    }
}

#[test]
fn a_wallet_that_a_setting_lost_keeps_its_registrations_for_30_days_and_until_then_may_come_back() {
    let database = Sqlite::new();
    fill(&database, Some("AndroidPass"), 50);
    let (lost, found) = ([Wallet::Apple], [Wallet::Apple, Wallet::WalletPasses]);
    // Lost and found again: the days of the first time do not count.
    for (day, wanted) in [(0, &found[..]), (1, &lost), (30, &lost), (31, &found), (32, &lost), (61, &lost)] {
        assert_eq!(remove(&database, wanted, NOW + day * DAY), 0, "day {day}");
    }
    assert_eq!(remove(&database, &lost, NOW + 62 * DAY + HOUR), 50);
}

#[test]
fn a_run_reads_its_pages_and_not_the_rest_of_the_table() {
    let steps = |registrations| {
        let database = Sqlite::new();
        fill(&database, Some("unknown"), registrations);
        remove(&database, &[Wallet::Apple], NOW - 20 * DAY);
        database.steps()
    };
    let (of_less, of_more) = (steps(100_000), steps(300_000));
    assert!(of_more <= of_less * 11 / 10, "{of_less} for 100,000 and {of_more} for 300,000");
}

#[test]
fn a_run_that_forgets_devices_reads_its_page_and_not_the_rest_of_the_table() {
    let told = "INSERT INTO push_devices (pass_type, device_id, client, covered, pushed_at, attempts)
        SELECT pass_type, device_id, coalesce(client, ''), 0, 0, 0 FROM registrations";
    let forgotten = |devices| {
        let database = Sqlite::new();
        fill(&database, None, devices);
        database.prepare(told).execute([]).unwrap();
        database.prepare("DELETE FROM registrations WHERE registered_at > ?1").execute([NOW - 30 * DAY]).unwrap();
        block_on(forget_devices(&database, NOW)).unwrap();
        let steps = database.steps();
        for hour in 1..=devices / 10_000 {
            block_on(forget_devices(&database, NOW + hour * HOUR)).unwrap();
        }
        assert_eq!(count(&database, "push_devices"), count(&database, "registrations"));
        steps
    };
    let (of_less, of_more) = (forgotten(10_000), forgotten(40_000));
    assert!(of_more <= of_less * 11 / 10, "{of_less} for 10,000 and {of_more} for 40,000");
}

#[test]
fn a_run_that_forgets_lists_reads_its_page_and_not_the_rest_of_the_table() {
    let listed = "INSERT INTO device_lists (device_id, pass_type, revision, listed_at)
        SELECT device_id, pass_type, 1, 0 FROM registrations";
    let forgotten = |devices| {
        let database = Sqlite::new();
        fill(&database, None, devices);
        database.prepare(listed).execute([]).unwrap();
        database.prepare("DELETE FROM registrations WHERE registered_at > ?1").execute([NOW - 30 * DAY]).unwrap();
        // A registration of another type keeps nothing.
        let other = "INSERT INTO registrations (device_id, pass_type, serial, push_token, registered_at)
            SELECT device_id, 'pass.other', 'S-1', 'x', 0 FROM device_lists";
        database.prepare(other).execute([]).unwrap();
        block_on(forget_lists(&database, true, NOW)).unwrap();
        let steps = database.steps();
        for hour in 1..=devices / 10_000 {
            block_on(forget_lists(&database, true, NOW + hour * HOUR)).unwrap();
        }
        assert_eq!(count(&database, "device_lists"), count(&database, "registrations") - devices);
        steps
    };
    let (of_less, of_more) = (forgotten(10_000), forgotten(40_000));
    assert!(of_more <= of_less * 11 / 10, "{of_less} for 10,000 and {of_more} for 40,000");
}

#[test]
fn while_lists_are_not_noted_nothing_is_known_of_them() {
    let database = Sqlite::new();
    let since = || {
        let sql = "SELECT CAST(progress AS INTEGER) FROM upkeep WHERE job = 'lists_since'";
        database.prepare(sql).query_row([], |row| row.get::<_, i64>(0)).unwrap()
    };
    let migrated = since();
    block_on(forget_lists(&database, true, NOW)).unwrap();
    assert_eq!(since(), migrated);
    block_on(forget_lists(&database, false, NOW + HOUR)).unwrap();
    assert_eq!(since(), NOW + HOUR);
    block_on(forget_lists(&database, true, NOW + 2 * HOUR)).unwrap();
    assert_eq!(since(), NOW + HOUR);
}

#[test]
fn what_was_walked_over_is_left_alone_for_a_day() {
    let database = Sqlite::new();
    fill(&database, Some("unknown"), 1_000);
    let steps_of_run = |hour| {
        let before = database.steps();
        remove(&database, &[Wallet::Apple], NOW + hour * HOUR);
        block_on(forget_devices(&database, NOW + hour * HOUR)).unwrap();
        database.steps() - before
    };
    let walked = steps_of_run(0);
    for hour in [1, 23] {
        assert!(steps_of_run(hour) < walked / 10, "after {hour} hours");
    }
    assert!(steps_of_run(24) > 1_000);
}
