//! What a device is listed, and after which tag.

use super::{NOW, PASS_TYPE, publish, register, run};
use edgepass::{
    endpoint::serve,
    http::{Body, Reply},
    storage::sql::issuer::{diagnosis::Lists, inspect::Inspect},
    web_service::ListUpdatablePasses,
};
use edgepass_support::storage::{Memory, Sqlite, block_on};
use rusqlite::{OptionalExtension, params};

/// The newest revision of the type is that of the last one, which is not the device's.
const REVISIONS: [(&str, i64); 3] = [("S-\"1\"", 1_800_000_000_010), ("S[2]", 1_800_000_000_012), ("S-3", 1_800_000_000_015)];

fn database() -> Sqlite {
    let database = Sqlite::new();
    let sql = "INSERT INTO pass_types (pass_type, revision, publication) VALUES (?1, 1800000000015, '')";
    database.prepare(sql).execute([PASS_TYPE]).unwrap();
    for (serial, revision) in REVISIONS {
        publish(&database, serial);
        let sql = "UPDATE passes SET revision = ?2 WHERE serial = ?1";
        database.prepare(sql).execute(params![serial, revision]).unwrap();
    }
    run(&database, vec![register("ab", REVISIONS[0].0, "cd"), register("ab", REVISIONS[1].0, "cd")]);
    database
}

/// The answer, which does not depend on whether the list is noted.
fn list(database: &Sqlite, device: &str, query: &str) -> Reply {
    let list = ListUpdatablePasses::decode(device, PASS_TYPE, query).unwrap();
    let noted = ListUpdatablePasses { noted_at: Some(NOW), ..list.clone() };
    let [reply, same] = [list, noted].map(|list| block_on(serve(&list, database, &Memory::default())).unwrap().reply);
    assert_eq!((reply.status, &reply.body), (same.status, &same.body));
    reply
}

/// The revision and the time of the device's newest list.
fn noted(database: &Sqlite, device: &str) -> Option<(i64, i64)> {
    let sql = "SELECT revision, listed_at FROM device_lists WHERE device_id = pack(?1) AND pass_type = ?2";
    database.prepare(sql).query_row([device, PASS_TYPE], |row| Ok((row.get(0)?, row.get(1)?))).optional().unwrap()
}

const BOTH: &str = r#"{"serialNumbers":["S-\"1\"","S[2]"],"lastUpdated":"1800000000012"}"#;

#[test]
fn what_changed_after_the_tag_is_listed_with_the_newest_revision_of_it() {
    let database = database();
    for (query, expected) in [
        ("", Some(BOTH)),
        ("passesUpdatedSince=1800000000009", Some(BOTH)),
        ("passesUpdatedSince=1800000000010", Some(r#"{"serialNumbers":["S[2]"],"lastUpdated":"1800000000012"}"#)),
        ("passesUpdatedSince=1800000000012", None),
        ("passesUpdatedSince=1800000000015", None),
        ("passesUpdatedSince=1800000000016", Some(BOTH)), // never handed out
        ("passesUpdatedSince=tag", Some(BOTH)),
    ] {
        let reply = list(&database, "ab", query);
        let expected = expected.map_or((204, Body::Empty), |text| (200, Body::Text(text.to_owned())));
        assert_eq!((reply.status, reply.body), expected, "{query}");
    }
    assert_eq!(list(&database, "AB", "").status, 204);
}

#[test]
fn a_withdrawn_pass_is_not_listed() {
    let database = database();
    database.prepare("UPDATE passes SET withdrawn_at = 1 WHERE serial = 'S[2]'").execute(()).unwrap();
    let only = r#"{"serialNumbers":["S-\"1\""],"lastUpdated":"1800000000010"}"#;
    assert_eq!(list(&database, "ab", "").body, Body::Text(only.to_owned()));
    assert_eq!(list(&database, "ab", "passesUpdatedSince=1800000000010").status, 204);
}

#[test]
fn a_list_with_changes_is_noted_and_the_same_one_within_a_minute_is_not_noted_again() {
    let database = database();
    let at = |seconds: i64, query: &str| {
        let list = ListUpdatablePasses::decode("ab", PASS_TYPE, query).unwrap();
        let list = ListUpdatablePasses { noted_at: Some(NOW + seconds), ..list };
        block_on(serve(&list, &database, &Memory::default())).unwrap();
        noted(&database, "ab").map(|(revision, listed_at)| (revision, listed_at - NOW))
    };
    let newest = 1_800_000_000_012;
    assert_eq!(at(0, "passesUpdatedSince=1800000000012"), None, "nothing changed");
    assert_eq!(at(1, "passesUpdatedSince=1800000000010"), Some((newest, 1)));
    for (seconds, expected) in [(2, 1), (61, 1), (62, 62), (63, 62)] {
        assert_eq!(at(seconds, ""), Some((newest, expected)), "{seconds} seconds later");
    }
    let sql = "UPDATE passes SET revision = 1800000000014 WHERE serial = 'S[2]'";
    database.prepare(sql).execute(()).unwrap();
    assert_eq!(at(64, "passesUpdatedSince=1800000000012"), Some((1_800_000_000_014, 64)));
    assert_eq!(noted(&database, "AB"), None, "an unknown device");
}

#[test]
fn a_list_from_before_the_phone_had_the_pass_did_not_tell_of_it() {
    let database = database();
    let list = |at| {
        let list = ListUpdatablePasses::decode("ab", PASS_TYPE, "").unwrap();
        block_on(serve(&ListUpdatablePasses { noted_at: Some(at), ..list }, &database, &Memory::default())).unwrap();
    };
    let told = || {
        let (pass_type, serial) = (PASS_TYPE, "S-0");
        let queries = vec![Inspect { pass_type, serial }.query(), Lists { pass_type, serial, most: 10 }.query()];
        let rows = run(&database, queries);
        (rows.first::<Inspect>().unwrap().unwrap().last_listed_at, rows.first::<Lists>().unwrap().unwrap().listed)
    };
    publish(&database, "S-0");
    list(NOW - 100);
    run(&database, vec![register("ab", "S-0", "cd")]);
    assert_eq!(told(), (None, 0));
    list(NOW);
    assert_eq!(told(), (Some(NOW), 1));
}

#[test]
fn a_list_that_cannot_be_noted_is_answered_all_the_same() {
    let database = database();
    let sql = "CREATE TRIGGER full BEFORE INSERT ON device_lists BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END";
    database.prepare(sql).execute(()).unwrap();
    let list = ListUpdatablePasses::decode("ab", PASS_TYPE, "").unwrap();
    let list = ListUpdatablePasses { noted_at: Some(NOW), ..list };
    let (answer, refusal) = block_on(list.find(&database, &Memory::default())).unwrap();
    assert_eq!((answer.reply.status, answer.reply.body), (200, Body::Text(BOTH.to_owned())));
    assert!(refusal.is_some(), "the operator learns of it");
}
