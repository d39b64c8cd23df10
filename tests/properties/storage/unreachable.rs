//! Registrations that nobody can push to go after a while.

use super::{NOW, PASS_TYPE};
use edgepass::{client::Client, upkeep::remove_unreachable};
use edgepass_support::storage::{Sqlite, block_on};
use rusqlite::params;

const DAY: i64 = 86_400;

/// Wallets, and how often each registered in the last 30 days, and before.
fn left(database: &Sqlite) -> Vec<(Option<String>, i64, i64)> {
    let sql = "SELECT client, sum(registered_at >= ?1), sum(registered_at < ?1) FROM registrations GROUP BY client ORDER BY client";
    let mut statement = database.prepare(sql);
    let rows = statement.query_map([NOW - 30 * DAY], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn registrations_of_wallets_that_are_not_wanted_go_after_30_days_however_many_there_are() {
    let database = Sqlite::new();
    let clients = [None, Some("AndroidPass"), Some("TelegramPass"), Some("unknown"), Some("Passworks")];
    // More than two pages, of devices that are hex and such that are not.
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO registrations (device_id, pass_type, serial, push_token, client, registered_at)
        SELECT iif(i % 2, pack(printf('%08x', i)), 'device-' || i), ?1, coalesce(?2, 'apple'), 'x', ?2, iif(i % 5, ?3, ?4) FROM n";
    for client in clients {
        database.prepare(sql).execute(params![PASS_TYPE, client, NOW - 31 * DAY, NOW - 29 * DAY]).unwrap();
    }
    let named = |client: &str, young, old| (Some(client.to_owned()), young, old);
    for _ in 0..2 {
        block_on(remove_unreachable(&database, &[Client::Apple, Client::WalletPasses], NOW)).unwrap();
        let expected = [
            (None, 1000, 4000),
            named("AndroidPass", 1000, 4000),
            named("Passworks", 1000, 0),
            named("TelegramPass", 1000, 0),
            named("unknown", 1000, 0),
        ];
        assert_eq!(left(&database), expected);
    }
}
