//! Serial numbers that can be read in two ways, since phones are believed to encode them twice.

use super::{NOW, PASS_TYPE, TOKEN, is_registered};
use edgepass::{
    endpoint::{Endpoint, serve},
    http::{conditional::ReadConditions, credentials::TokenHash},
    storage::Database,
    web_service::{PassAddress, Register, RegistrationAddress, SendUpdatedPass, Unregister, register::PushToken},
};
use edgepass_support::storage::{Fields, Memory, Sqlite, block_on};
use rusqlite::params;

/// `A%20B`, encoded as it should be, or `A B`, encoded twice.
const AMBIGUOUS: &str = "A%2520B";
const FIRST: &str = "A%20B";
const SECOND: &str = "A B";

fn publish(database: &Sqlite, serial: &str, token: &str) {
    let sql = "INSERT INTO passes (pass_type, serial, token_sha256, revision, modified_at, manifest_sha256, file_sha256,
        object_key, size)
        VALUES (?1, ?2, ?3, 10, 0, '', ?2, '', 0)";
    database.prepare(sql).execute(params![PASS_TYPE, serial, TokenHash::from_token(token).0]).unwrap();
}

/// Status of the answer, its `ETag`, which names the pass, and calls of the database.
fn ask(database: &Sqlite, endpoint: &dyn Endpoint) -> (u16, Option<String>, u32) {
    let before = database.usage().calls;
    let reply = block_on(serve(endpoint, database, &Memory::default())).unwrap().reply;
    (reply.status, reply.header("etag").map(|etag| etag.replace('"', "")), database.usage().calls - before)
}

fn register(database: &Sqlite, path: &str) -> (u16, u32) {
    let push_token = PushToken { push_token: "cd".to_owned() };
    let (address, token) = (address(path), TokenHash::from_token(TOKEN));
    let (status, _, calls) = ask(database, &Register { address, token, push_token, wallet: None, now: NOW });
    (status, calls)
}

fn unregister(database: &Sqlite, path: &str) -> (u16, u32) {
    let (status, _, calls) =
        ask(database, &Unregister { address: address(path), token: TokenHash::from_token(TOKEN), now: NOW });
    (status, calls)
}

fn latest(database: &Sqlite, path: &str) -> (u16, Option<String>, u32) {
    let (address, token) = (PassAddress::decode(PASS_TYPE, path).unwrap(), TokenHash::from_token(TOKEN));
    ask(database, &SendUpdatedPass { address, token, conditions: ReadConditions::from_headers(&Fields::default()), head: true })
}

fn address(path: &str) -> RegistrationAddress {
    RegistrationAddress::decode("ab", PASS_TYPE, path).unwrap()
}

#[test]
fn the_first_reading_wins_where_the_token_opens_both() {
    let database = Sqlite::new();
    for serial in [FIRST, SECOND] {
        publish(&database, serial, TOKEN);
    }
    let registered = || [FIRST, SECOND].map(|serial| is_registered(&database, "ab", serial));
    assert_eq!(register(&database, AMBIGUOUS), (201, 1));
    assert_eq!(registered(), [true, false]);
    assert_eq!(latest(&database, AMBIGUOUS), (200, Some(FIRST.to_owned()), 1));
    assert_eq!(register(&database, "A%20B"), (201, 1));
    assert_eq!(unregister(&database, AMBIGUOUS), (200, 1));
    assert_eq!(registered(), [false, true]);
    assert_eq!(unregister(&database, AMBIGUOUS), (200, 1), "what is not there is as good as deleted");
    assert_eq!(registered(), [false, true]);
}

#[test]
fn the_second_reading_is_asked_for_where_the_token_does_not_open_the_first() {
    for first in [None, Some("another token")] {
        let database = Sqlite::new();
        if let Some(token) = first {
            publish(&database, FIRST, token);
        }
        publish(&database, SECOND, TOKEN);
        assert_eq!(register(&database, AMBIGUOUS), (201, 2));
        assert_eq!(register(&database, AMBIGUOUS), (200, 2));
        assert!(is_registered(&database, "ab", SECOND) && !is_registered(&database, "ab", FIRST));
        assert_eq!(latest(&database, AMBIGUOUS), (200, Some(SECOND.to_owned()), 2));
        assert_eq!(unregister(&database, AMBIGUOUS), (200, 2));
        assert!(!is_registered(&database, "ab", SECOND));
    }
}

#[test]
fn a_request_is_refused_after_two_readings_or_the_only_one() {
    let database = Sqlite::new();
    for serial in [FIRST, SECOND, "S-1"] {
        publish(&database, serial, "another token");
    }
    for (path, calls) in [(AMBIGUOUS, 2), ("S-1", 1), ("A%20B", 1), ("%25", 1)] {
        assert_eq!(register(&database, path), (401, calls), "{path}");
        assert_eq!(latest(&database, path), (401, None, calls), "{path}");
        assert_eq!(unregister(&database, path), (401, calls), "{path}");
    }
}
