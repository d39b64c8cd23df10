//! The walk that seals private keys anew under another master key.

use edgepass::{
    crypto::MasterKey,
    store::{Batch, Database, DatabaseError, Rows, Usage},
    upkeep::reseal,
};
use edgepass_support::storage::{Sqlite, Stamp, block_on};
use std::cell::Cell;

const OLD: &str = "the master key that was there before";
const NEW: &str = "the master key that is there from now on";

fn store(database: &Sqlite, pass_type: &str, sealed: &str) {
    let sql = "INSERT OR REPLACE INTO signing_identities (pass_type, version, certificate, intermediate, private_key, subject, team,
        serial_number, not_before, not_after, stored_at) VALUES (?1, '', '', '', ?2, '', '', '', 0, 0, 0)";
    database.prepare(sql).execute([pass_type, sealed]).unwrap();
}

fn sealed_keys(database: &Sqlite) -> Vec<(String, String)> {
    let mut statement = database.prepare("SELECT pass_type, private_key FROM signing_identities");
    statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

/// A database in which somebody stores another identity, and removes one, before each second call.
struct Overtaken<'a> {
    database: &'a Sqlite,
    calls: Cell<u32>,
}

impl Database for Overtaken<'_> {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        self.calls.set(self.calls.get() + 1);
        if self.calls.get() == 2 {
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
    let (database, old) = (Sqlite::new(), MasterKey::of_secret(OLD).unwrap());
    let new = MasterKey::of_secret(NEW).unwrap();
    let both = new.with_previous(OLD).unwrap();
    for number in 0..45 {
        let pass_type = format!("pass.{number:02}");
        let sealed = block_on(old.seal(&Stamp, &pass_type, &[number])).unwrap();
        store(&database, &pass_type, &sealed);
    }
    assert_eq!(block_on(reseal(&database, &Stamp, &new)), Ok(0), "there is no previous key");

    let overtaken = Overtaken { database: &database, calls: Cell::new(0) };
    let counts: Vec<_> = (0..4).map(|_| block_on(reseal(&overtaken, &Stamp, &both)).unwrap()).collect();
    assert_eq!(counts, [20, 20, 5, 0]);
    let keys = sealed_keys(&database);
    assert_eq!(keys.len(), 44, "an identity that was removed came back");
    for (pass_type, sealed) in keys {
        if pass_type == "pass.03" {
            assert_eq!(sealed, "stored meanwhile");
            continue;
        }
        let opened = block_on(new.open(&Stamp, &pass_type, &sealed));
        let number: u8 = pass_type["pass.".len()..].parse().unwrap();
        assert_eq!(opened.map(|opened| opened.pkcs8), Some(vec![number]), "{pass_type}");
    }
}
