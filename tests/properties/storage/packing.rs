//! Hex becomes bytes, and every text comes back letter for letter; two texts are one only if they are equal.

use super::{PASS_TYPE, TOKEN, is_registered, publish, register, run};
use edgepass::storage::sql::{
    issuer::registrations::Page,
    web_service::{list_updatable_passes::ListUpdatablePasses, unregister::Unregister},
};
use edgepass_support::storage::Sqlite;
use proptest::prelude::*;

const ALIKE: [&str; 21] = [
    "ab", "AB", "aB", "Ab", "abc", "0abc", "abc0", "0", "00", "000", "12", "12.0", "ab ", " ab", ":ab", "::", ":", "x'ab'",
    "ａｂ", "«", "61",
];

/// A NUL is in no text that the service gets, but may be in one that is stored by other means.
const WITH_NUL: [&str; 3] = ["ab\0", "ab\0zz", "\0"];

/// Whether bytes can stand for it.
fn is_packable(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(ALIKE.map(str::to_owned).to_vec()),
        "[0-9a-f]{1,6}",
        "[0-9A-Fa-f]{1,4}",
        "([0-9a-f]{2}){8,70}",
        "[0-9a-fA-Fg :é😀-]{1,8}",
        "\\PC{1,20}",
    ]
}

/// Device and push token of a pass's registrations, in the order of storage.
fn registered(database: &Sqlite, serial: &str) -> Vec<(String, String)> {
    let page = Page { pass_type: PASS_TYPE, serial, client: None, device: None, limit: 1000 };
    let rows = run(database, vec![page.query()]).all::<Page>().unwrap();
    rows.into_iter().map(|row| (row.device, row.push_token)).collect()
}

fn is_listed(database: &Sqlite, device: &str) -> bool {
    let list = ListUpdatablePasses { device, pass_type: PASS_TYPE, since: -1 };
    run(database, vec![list.query()]).any::<ListUpdatablePasses>().unwrap()
}

/// One device registers. Another one lists and unregisters.
fn check_pair(database: &Sqlite, one: &str, other: &str) {
    run(database, vec![register(one, "S-1", other)]);
    assert_eq!(registered(database, "S-1"), [(one.to_owned(), other.to_owned())]);
    assert!(is_registered(database, one, "S-1") && is_listed(database, one), "{one:?}");
    let same = one == other;
    assert_eq!(is_registered(database, other, "S-1"), same, "{one:?}, {other:?}");
    assert_eq!(is_listed(database, other), same, "{one:?}, {other:?}");
    for (device, left) in [(other, usize::from(!same)), (one, 0)] {
        let (pass_type, serial, token) = (PASS_TYPE, "S-1", TOKEN);
        run(database, vec![Unregister { device, pass_type, serial, token }.query()]);
        assert_eq!(registered(database, "S-1").len(), left, "{one:?}, {other:?}");
    }
}

#[test]
fn texts_that_look_alike_are_different_devices_and_come_back_as_they_were() {
    let database = Sqlite::new();
    publish(&database, "S-1");
    for one in ALIKE {
        for other in ALIKE {
            check_pair(&database, one, other);
        }
    }
}

#[test]
fn any_text_comes_back_and_is_one_device_only_with_itself() {
    let database = Sqlite::new();
    publish(&database, "S-1");
    proptest!(|(one in text(), other in text())| check_pair(&database, &one, &other));
}

#[test]
fn any_new_push_token_replaces_the_one_before() {
    let database = Sqlite::new();
    publish(&database, "S-1");
    proptest!(|(one in text(), other in text())| {
        run(&database, vec![register("ab", "S-1", &one), register("ab", "S-1", &other)]);
        assert_eq!(registered(&database, "S-1"), [("ab".to_owned(), other)]);
    });
}

/// Without the service's statements, so that the empty text is among them.
#[test]
fn hex_in_small_letters_becomes_half_as_many_bytes_and_any_other_text_stays() {
    let database = Sqlite::new();
    let sql = "SELECT typeof(pack(?1)), length(CAST(pack(?1) AS BLOB)), unpack(pack(?1)) = ?1, unpack(pack(?1))";
    let check = |text: &str| {
        let (kind, length, same, back): (String, i64, bool, String) =
            database.prepare(sql).query_row([text], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
        let expected = if is_packable(text) { ("blob", text.len() / 2) } else { ("text", text.len()) };
        assert_eq!((kind.as_str(), usize::try_from(length).unwrap()), expected, "{text:?}");
        assert!(same && back == text, "{text:?} came back as {back:?}");
    };
    check("");
    ALIKE.into_iter().chain(WITH_NUL).for_each(check);
    proptest!(|(text in text())| check(&text));
    let none: bool = database.prepare("SELECT pack(NULL) IS NULL").query_row((), |row| row.get(0)).unwrap();
    assert!(none);
}

/// What a statement makes of a parameter is what `pack` makes of a text: in SQL, as the migration has it.
#[test]
fn a_parameter_is_packed_as_the_tables_are() {
    let database = Sqlite::new();
    publish(&database, "S-1");
    let sql = "SELECT count(*) FROM registrations WHERE device_id IS pack(?1) AND push_token IS pack(?2)";
    let check = |device: &str, push_token: &str| {
        database.connection().execute_batch("DELETE FROM registrations").unwrap();
        run(&database, vec![register(device, "S-1", push_token)]);
        let stored: i64 = database.prepare(sql).query_row([device, push_token], |row| row.get(0)).unwrap();
        assert_eq!(stored, 1, "{device:?}, {push_token:?}");
    };
    check("", "");
    for text in ALIKE {
        check(text, text);
    }
    proptest!(|(device in text(), push_token in text())| check(&device, &push_token));
}

/// Pages of a pass's registrations, and laps of push, follow the order of storage: for texts of one kind it is their own.
#[test]
fn hex_keeps_its_order_and_comes_after_all_other_text() {
    let database = Sqlite::new();
    publish(&database, "S-1");
    let sorted = ["AB", "a", "gg", "é", "00", "0a", "0a00", "10", "9f", "a0", "ff", "ff00"];
    for device in sorted.iter().rev() {
        run(&database, vec![register(device, "S-1", "token")]);
    }
    let devices: Vec<_> = registered(&database, "S-1").into_iter().map(|(device, _)| device).collect();
    assert_eq!(devices, sorted);
}

#[test]
fn the_tables_refuse_hex_that_was_left_as_text() {
    let database = Sqlite::new();
    let refused = |sql: &str, value: &str| {
        let result = database.prepare(sql).execute([value]);
        result.is_err_and(|error| error.to_string().starts_with("CHECK constraint failed"))
    };
    let device =
        "INSERT INTO registrations (device_id, pass_type, serial, push_token, registered_at) VALUES (?1, '', '', 'x', 0)";
    let token =
        "INSERT INTO registrations (device_id, pass_type, serial, push_token, registered_at) VALUES ('x', '', ?1, ?1, 0)";
    let told =
        "INSERT INTO push_devices (pass_type, device_id, client, covered, pushed_at, attempts) VALUES ('', ?1, '', 0, 0, 0)";
    for sql in [device, token, told] {
        for text in ALIKE {
            assert_eq!(refused(sql, text), is_packable(text), "{text:?}: {sql}");
        }
    }
}
