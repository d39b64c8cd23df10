//! A database of an earlier version is brought up to date, with work under way.

use super::{NOW, PASS_TYPE, is_registered, publish, register, run};
use edgepass::{
    push::{Policy, Worker, claim},
    storage::sql::issuer::registrations::{Page, PageRow},
    wallet::Wallet,
};
use edgepass_support::storage::{Sqlite, block_on};
use rusqlite::params;
use std::collections::BTreeSet;

/// Migrations before identifiers were packed.
const BEFORE: usize = 3;

/// Migrations before wallets were told from Apple's by their push tokens.
const BEFORE_UNKNOWN: usize = 4;

/// Migrations before the life of a pass was noted.
const BEFORE_LIFE: usize = 7;

/// Devices before migration, in the order of their text; and after it, in the order of storage.
const DEVICES: [&str; 6] = ["0a0b", "AB12", "ab12", "ab13", "abc", "phone"];
const STORED: [&str; 6] = ["AB12", "abc", "phone", "0a0b", "ab12", "ab13"];
const NOW_MS: i64 = NOW * 1000;

/// Half a minute ago: who registers again with the same push token changes nothing.
const REGISTERED: i64 = NOW - 30;

/// A pass that all devices registered. A lap of push handed out the first three; one of them is in a page whose worker died,
/// one failed. Then the pass changed once more, from revision 10 to 11, if `again`.
fn under_way(again: bool) -> Sqlite {
    let database = Sqlite::after(BEFORE);
    publish(&database, "S-1");
    let revision = 10 + i64::from(again);
    let sql = "INSERT INTO pass_types (pass_type, revision, publication) VALUES (?1, ?2, '')";
    database.prepare(sql).execute(params![PASS_TYPE, revision]).unwrap();
    let sql = "INSERT INTO registrations (device, pass_type, serial, push_token, client, registered_at) VALUES (?1, ?2, 'S-1', ?3, NULL, ?4)";
    for device in DEVICES {
        database.prepare(sql).execute(params![device, PASS_TYPE, token(device), REGISTERED]).unwrap();
    }
    let sql = "INSERT INTO push_devices (pass_type, device, client, covered, pushed_at, due_at, attempts, failing_since, reason) VALUES (?1, ?2, '', 10, ?3, ?4, ?5, ?4, ?6)";
    let told = [("0a0b", 5, None, None), ("AB12", 5, Some(NOW_MS + 60_000), Some("NoAnswer")), ("ab12", 6, None, None)];
    for (device, pushed_at, due_at, reason) in told {
        let row = params![PASS_TYPE, device, pushed_at, due_at, i64::from(reason.is_some()), reason];
        database.prepare(sql).execute(row).unwrap();
    }
    let sql = "INSERT INTO push_jobs (pass_type, serial, client, revision, devices, after_device, again, started_at, due_at, dropped) VALUES (?1, 'S-1', '', ?2, 6, 'ab12', ?3, 5, 4, 2)";
    database.prepare(sql).execute(params![PASS_TYPE, revision, again]).unwrap();
    let sql = "INSERT INTO push_pages (page, client, worker, opened_at, due_at, tries, devices, jobs, deferred) VALUES ('dead', '', 'dead', 6, 7, 1, ?1, '[]', '[]')";
    database.prepare(sql).execute([format!(r#"[["{PASS_TYPE}","ab12"]]"#)]).unwrap();
    database
}

fn token(device: &str) -> String {
    format!("{:0>8}", device.replace(|digit: char| !digit.is_ascii_hexdigit(), "0"))
}

/// Device, covered, pushed at, due at, attempts, reason.
type ToldRow = (String, i64, i64, Option<i64>, i64, Option<String>);

/// Takes pages until there is nothing to do. Returns the devices in each.
fn pages(database: &Sqlite) -> Vec<BTreeSet<String>> {
    let policy = Policy { page: 1000, interval_ms: 1000, usable: vec![Wallet::Apple], expected: Vec::new() };
    let page = |number: i64| {
        let worker = Worker { name: format!("worker {number}"), wallet: Wallet::Apple, now_ms: NOW_MS + number };
        let page = block_on(claim(database, &worker, &policy)).unwrap().page?;
        for target in &page.targets {
            assert!(target.devices.iter().all(|device| target.push_token == token(device)));
        }
        Some(page.targets.into_iter().flat_map(|target| target.devices).collect())
    };
    (0..).map_while(page).collect()
}

fn set(devices: &[&str]) -> BTreeSet<String> {
    devices.iter().map(|device| (*device).to_owned()).collect()
}

#[test]
fn every_registration_is_kept_and_found() {
    let database = under_way(false);
    database.migrate(BEFORE).unwrap();
    let page = Page { pass_type: PASS_TYPE, serial: "S-1", client: None, device: None, limit: 10 };
    let rows = run(&database, vec![page.query()]).all::<Page>().unwrap();
    let row = |device: &str| PageRow {
        device: device.to_owned(),
        push_token: token(device),
        client: None,
        registered_at: REGISTERED,
    };
    assert_eq!(rows, STORED.map(row));
    for device in DEVICES {
        assert!(is_registered(&database, device, "S-1"), "{device}");
        run(&database, vec![register(device, "S-1", &token(device))]);
    }
    let sql = "SELECT count(*), max(registered_at) FROM registrations";
    let counted: (i64, i64) = database.prepare(sql).query_row((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(counted, (6, REGISTERED), "the same token again changed a row");
}

#[test]
fn what_devices_were_told_is_kept() {
    let database = under_way(false);
    let rows = |device: &str| -> Vec<ToldRow> {
        let sql =
            format!("SELECT {device}, covered, pushed_at, due_at, attempts, reason FROM push_devices ORDER BY pushed_at, 1");
        let mut statement = database.prepare(&sql);
        let rows =
            statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?)));
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    };
    let before = rows("device");
    database.migrate(BEFORE).unwrap();
    assert_eq!(rows("unpack(device_id)"), before);
    assert_eq!(before.len(), 3);
}

#[test]
fn a_lap_under_way_reaches_the_rest_and_tells_nobody_twice() {
    let database = under_way(false);
    database.migrate(BEFORE).unwrap();
    // The page of the worker that died, and those that the lap had before it: two of them are behind it in the order of
    // storage.
    assert_eq!(pages(&database), [set(&["ab12"]), set(&["ab13", "abc", "phone"])]);
}

#[test]
fn a_lap_that_a_change_overtook_reaches_all_in_one_more() {
    let database = under_way(true);
    database.migrate(BEFORE).unwrap();
    // One waits for its own time, as it failed; one is told by the page that was taken over.
    assert_eq!(pages(&database), [set(&["ab12"]), set(&["0a0b", "ab13", "abc", "phone"])]);
    let sql = "SELECT due_at IS NULL AND again = 0 AND dropped = 2 FROM push_jobs";
    assert!(database.prepare(sql).query_row((), |row| row.get::<_, bool>(0)).unwrap());
}

#[test]
fn what_another_wallet_registered_as_apples_is_of_an_unknown_one() {
    let database = Sqlite::after(BEFORE_UNKNOWN);
    publish(&database, "S-1");
    let tokens = [
        ("0a0b", None),
        ("0A0B", None),
        ("abc", None),
        ("APA91b", Some("unknown")),
        ("0a0b-", Some("unknown")),
        ("ü", Some("unknown")),
    ];
    for (token, _) in tokens {
        run(&database, vec![register(token, "S-1", token)]);
    }
    database.prepare("UPDATE registrations SET client = 'AndroidPass' WHERE device_id = 'ü'").execute(()).unwrap();
    database.migrate(BEFORE_UNKNOWN).unwrap();
    let page = Page { pass_type: PASS_TYPE, serial: "S-1", client: None, device: None, limit: 10 };
    let rows = run(&database, vec![page.query()]).all::<Page>().unwrap();
    assert_eq!(rows.len(), tokens.len());
    for PageRow { device, push_token, client, registered_at } in rows {
        let expected = tokens.iter().find(|(token, _)| *token == device).unwrap().1;
        let expected = if device == "ü" { Some("AndroidPass") } else { expected };
        assert_eq!((push_token, client.as_deref()), (device, expected));
        assert_eq!(registered_at == NOW, client.as_deref() != Some("unknown"));
    }
}

#[test]
fn a_pass_that_has_registrations_has_a_first_one() {
    let database = Sqlite::after(BEFORE_LIFE);
    for serial in ["S-1", "S-2"] {
        publish(&database, serial);
    }
    for (device, token) in [("ab", "cd"), ("ef", "ab")] {
        run(&database, vec![register(device, "S-1", token)]);
    }
    database.prepare("UPDATE registrations SET registered_at = 5 WHERE device_id = pack('ef')").execute(()).unwrap();
    database.migrate(BEFORE_LIFE).unwrap();
    let first = |serial: &str| {
        let sql = "SELECT first_registered_at FROM passes WHERE serial = ?1";
        database.prepare(sql).query_row([serial], |row| row.get::<_, Option<i64>>(0)).unwrap()
    };
    assert_eq!((first("S-1"), first("S-2")), (Some(5), None));
}

/// An earlier version registers in this way, while the new one rolls out.
#[test]
fn a_registration_by_an_earlier_version_is_noted_too() {
    let database = Sqlite::new();
    publish(&database, "S-1");
    let sql = "INSERT INTO registrations (device_id, pass_type, serial, push_token, client, registered_at)
        SELECT 'd', p.pass_type, p.serial, 't', NULL, 7 FROM passes AS p WHERE p.serial = 'S-1'
        ON CONFLICT (device_id, pass_type, serial) DO UPDATE SET registered_at = excluded.registered_at";
    database.prepare(sql).execute(()).unwrap();
    let first = "SELECT first_registered_at FROM passes WHERE serial = 'S-1'";
    assert_eq!(database.prepare(first).query_row((), |row| row.get::<_, i64>(0)), Ok(7));
}

/// The statements that an earlier version asks devices' requests, and its workers, with.
#[test]
fn an_earlier_version_fails_instead_of_answering_wrongly() {
    let database = Sqlite::new();
    for sql in [
        "SELECT 1 FROM registrations AS r WHERE r.device = ?1",
        "DELETE FROM registrations WHERE device = ?1",
        "SELECT 1 FROM push_devices AS d WHERE d.device = ?1",
    ] {
        let error = database.connection().prepare(sql).unwrap_err().to_string();
        assert!(error.contains("no such column"), "{error}");
    }
}
