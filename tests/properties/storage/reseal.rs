//! The walk that seals private keys anew under another master key.

use super::NOW;
use edgepass::{
    crypto::MasterKey,
    http,
    storage::{Batch, Database, DatabaseError, Rows, Usage},
    upkeep::{Health, Setup, reseal},
};
use edgepass_support::storage::{Memory, Sqlite, Stamp, block_on};
use serde_json::{Value, json};
use std::cell::Cell;

const OLD: &str = "the master key that was there before";
const NEW: &str = "the master key that is there from now on";

fn store(database: &Sqlite, pass_type: &str, sealed: &str) {
    let sql =
        "INSERT OR REPLACE INTO signing_identities (pass_type, version, certificate, intermediate, private_key, subject, team,
        serial_number, not_before, not_after, stored_at) VALUES (?1, '', '', '', ?2, '', '', '', 0, 0, 0)";
    database.prepare(sql).execute([pass_type, sealed]).unwrap();
}

fn sealed_keys(database: &Sqlite) -> Vec<(String, String)> {
    let mut statement = database.prepare("SELECT pass_type, private_key FROM signing_identities");
    statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

/// A database in which somebody stores another identity, and removes one, before each third call.
struct Overtaken<'a> {
    database: &'a Sqlite,
    calls: Cell<u32>,
}

impl Database for Overtaken<'_> {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        self.calls.set(self.calls.get() + 1);
        if self.calls.get() == 3 {
            store(self.database, "pass.03", "stored meanwhile");
            let remove = "DELETE FROM signing_identities WHERE pass_type = 'pass.05'";
            self.database.prepare(remove).execute(()).unwrap();
        }
        self.database.run(batch).await
    }

    fn usage(&self) -> Usage {
        self.database.usage()
    }
}

#[test]
fn keys_are_sealed_anew_page_by_page_and_what_is_stored_meanwhile_stays() {
    let (database, old) = (Sqlite::new(), MasterKey::from_secret(OLD).unwrap());
    let new = MasterKey::from_secret(NEW).unwrap();
    let both = new.with_previous(OLD).unwrap();
    for number in 0..45 {
        let pass_type = format!("pass.{number:02}");
        let sealed = block_on(old.seal(&Stamp, &pass_type, &[number])).unwrap();
        store(&database, &pass_type, &sealed);
    }
    assert_eq!(block_on(reseal(&database, &Stamp, &new, NOW)), Ok(0), "there is no previous key");

    let overtaken = Overtaken { database: &database, calls: Cell::new(0) };
    let counts: Vec<_> = (0..4).map(|_| block_on(reseal(&overtaken, &Stamp, &both, NOW)).unwrap()).collect();
    assert_eq!(counts, [20, 20, 5, 0]);
    let keys = sealed_keys(&database);
    assert_eq!(keys.len(), 44, "an identity that was removed came back");
    for (pass_type, sealed) in keys {
        if pass_type == "pass.03" {
            assert_eq!(sealed, "stored meanwhile");
            continue;
        }
        let opened = block_on(new.open(&Stamp, &pass_type, &sealed)).unwrap();
        let number: u8 = pass_type["pass.".len()..].parse().unwrap();
        assert_eq!(opened.map(|opened| opened.pkcs8), Some(vec![number]), "{pass_type}");
    }
}

fn store_waiting(database: &Sqlite, pass_type: &str, id: &str, sealed: &str) {
    let sql = "INSERT INTO certificate_requests (pass_type, id, request, private_key, created_at) VALUES (?1, ?2, '', ?3, 0)";
    database.prepare(sql).execute([pass_type, id, sealed]).unwrap();
}

#[test]
fn keys_of_requests_that_wait_are_sealed_anew_too_and_the_previous_key_is_needed_until_then() {
    let (database, old) = (Sqlite::new(), MasterKey::from_secret(OLD).unwrap());
    let new = MasterKey::from_secret(NEW).unwrap();
    let both = new.with_previous(OLD).unwrap();
    // Pages begin within a pass type.
    for number in 0..12 {
        let pass_type = format!("pass.{number:02}");
        let sealed = |byte| block_on(old.seal(&Stamp, &pass_type, &[byte])).unwrap();
        if number % 2 == 0 {
            store(&database, &pass_type, &sealed(255));
        }
        (0..5).for_each(|id| store_waiting(&database, &pass_type, &format!("{id}"), &sealed(id)));
    }
    store_waiting(&database, "pass.05", "lost", "cannot be opened");
    let counts: Vec<_> = (0..4).map(|_| block_on(reseal(&database, &Stamp, &both, NOW)).unwrap()).collect();
    assert_eq!(counts, [20, 19, 20, 7]);
    assert_eq!(health(&database, &both, NOW).1["status"], "rotating", "no walk found nothing yet");
    let mut statement = database.prepare("SELECT pass_type, id, private_key FROM certificate_requests WHERE id <> 'lost'");
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let rows: Vec<(String, String, String)> = rows.map(Result::unwrap).collect();
    assert_eq!(rows.len(), 60);
    for (pass_type, id, sealed) in rows {
        let opened = block_on(new.open(&Stamp, &pass_type, &sealed)).unwrap();
        assert_eq!(opened.map(|opened| opened.pkcs8), Some(vec![id.parse().unwrap()]), "{pass_type} {id}");
    }
    (0..4).for_each(|_| assert_eq!(block_on(reseal(&database, &Stamp, &both, NOW)), Ok(0)));
    // One that does not open is no alarm: it signs nothing.
    assert_eq!(health(&database, &both, NOW), (200, json!({ "status": "rotated", "closed": 0, "underPrevious": 0 })));
}

/// What health tells of the master key, and its status code.
fn health(database: &Sqlite, master_key: &MasterKey, now: i64) -> (u16, Value) {
    let (faults, warnings, master_key) = (Vec::new(), Vec::new(), Ok(master_key));
    let setup = Setup { faults, warnings, master_key, wrong_public_url: None, policy: None, queue: true };
    let health = Health::new("", "", setup, now);
    let (reply, _) = block_on(health.check(Some(database), Some(&Memory::default()), &Stamp)).unwrap();
    let http::Body::Text(body) = reply.body else { panic!("health is a text") };
    (reply.status, serde_json::from_str::<Value>(&body).unwrap()["masterKey"].clone())
}

#[test]
fn of_a_hundred_keys_one_that_does_not_open_is_told_at_any_time_until_it_is_mended() {
    let (database, old) = (Sqlite::new(), MasterKey::from_secret(OLD).unwrap());
    let new = MasterKey::from_secret(NEW).unwrap();
    let seal = |key: &MasterKey, number: u8| {
        let pass_type = format!("pass.{number:03}");
        let sealed = block_on(key.seal(&Stamp, &pass_type, &[number])).unwrap();
        store(&database, &pass_type, &sealed);
    };
    (0..100).for_each(|number| seal(if number == 50 { &old } else { &new }, number));
    // Five full pages, and one that is empty.
    let walk = |key: &MasterKey, now| {
        (0..6).for_each(|_| assert_eq!(block_on(reseal(&database, &Stamp, key, now)), Ok(0)));
    };
    let rotating = new.with_previous("a master key that sealed nothing at all").unwrap();
    for key in [&new, &rotating] {
        walk(key, NOW);
        for minute in 0..20 {
            let (status, told) = health(&database, key, NOW + minute * 60);
            let expected = json!({ "status": "closed", "closed": 1, "underPrevious": 0 });
            assert_eq!((status, told), (503, expected), "after {minute} minutes");
        }
    }
    walk(&new, NOW);
    seal(&new, 50);
    walk(&new, NOW);
    assert_eq!(health(&database, &new, NOW).1["status"], "ok");

    // Without a previous key all are opened again a day later, and not before.
    seal(&old, 51);
    for (seconds, status) in [(86_399, "ok"), (86_400, "closed")] {
        walk(&new, NOW + seconds);
        assert_eq!(health(&database, &new, NOW + seconds).1["status"], status);
    }
}
