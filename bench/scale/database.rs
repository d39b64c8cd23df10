//! Databases of many registrations, in files.

use crate::{
    names::{self, PASS_TYPE, Serials},
    population::{Population, Registration},
};
use edgepass::http::credentials::TokenHash;
use edgepass_support::storage::Sqlite;
use rusqlite::{Connection, OpenFlags};
use std::{fs, path::Path};

/// While a file is filled: nothing of it is of use before it is complete.
const FILLING: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA cache_size = -4000000;";

/// As workerd opens its files, with SQLite's 2 MB of cache, but for `synchronous`, which is FULL there: a disk's flush takes
/// as long whatever the file holds.
const SERVING: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2000;";

const PASS: &str = "INSERT INTO passes (pass_type, serial, token_sha256, revision, modified_at, manifest_sha256, file_sha256,
    object_key, size) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const PASS_TYPE_ROW: &str = "INSERT INTO pass_types (pass_type, revision, publication) VALUES (?1, ?2, ?3)";

/// Device, pass type, serial, push token, client, time: as `device/register.register` stores them, with `unhex` for its
/// `pack`, as all of it is hex. That it is the same shows when a device registers again and is answered 200.
const REGISTRATION: &str = "INSERT INTO registrations VALUES (unhex(?1), ?2, ?3, unhex(?4), NULL, ?5)";

/// Rows that are sorted before they are inserted. It is a small part of the pages there are in the end, which therefore are
/// as full as they get when devices arrive one by one, but the processor's caches are of use.
const TOGETHER: u64 = 1_000_000;

/// Bytes of each pass's file, as far as the table knows.
const FILE_BYTES: i64 = 104_496;

/// Makes a database of the newest schema with all registrations, which count as made at `now`, in unix seconds.
pub(crate) fn fill(path: &Path, population: Population, serials: Serials, now: i64) -> rusqlite::Result<()> {
    let _ = fs::remove_file(path);
    let connection = Connection::open(path)?;
    connection.execute_batch(FILLING)?;
    let database = Sqlite::over(connection);
    database.migrate(0)?;
    let transaction = database.connection().unchecked_transaction()?;
    passes(database.connection(), population, serials, now)?;
    registrations(database.connection(), population, serials, now)?;
    transaction.commit()
}

/// Opens a database as the service's.
pub(crate) fn serve(path: &Path) -> rusqlite::Result<Sqlite> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch(SERVING)?;
    Ok(Sqlite::over(connection))
}

/// Closes a database, and leaves nothing of it beside its file.
pub(crate) fn close(database: Sqlite) -> rusqlite::Result<()> {
    database.connection().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    drop(database);
    Ok(())
}

fn passes(
    connection: &Connection,
    population: Population,
    serials: Serials,
    now: i64,
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(PASS)?;
    let mut revision = now * 1000;
    for pass in 0..population.passes() {
        revision += 1;
        let (serial, file) = (serials.of(pass), names::file_sha256(pass, 0));
        let object_key = format!("{PASS_TYPE}/{serial}/{file}-{}.pkpass", names::publication(pass, 0));
        insert.execute((
            PASS_TYPE,
            &serial,
            TokenHash::of(&names::token(pass)).0,
            revision,
            now,
            names::manifest_sha256(pass, 0),
            &file,
            object_key,
            FILE_BYTES,
        ))?;
    }
    connection.execute(PASS_TYPE_ROW, (PASS_TYPE, revision, names::publication(0, 0))).map(drop)
}

fn registrations(
    connection: &Connection,
    population: Population,
    serials: Serials,
    now: i64,
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare(REGISTRATION)?;
    let all = population.registrations;
    let mut first = 0;
    while first < all {
        let last = all.min(first + TOGETHER.min(all / 10));
        let mut arrivals: Vec<Registration> = (first..last).map(|nth| population.arrival(nth)).collect();
        arrivals.sort_by_cached_key(|registration| names::device_order(registration.device));
        for Registration { device, pass } in arrivals {
            let push_token = names::push_token(device, 0);
            insert.execute((names::device(device), PASS_TYPE, serials.of(pass), push_token, now))?;
        }
        first = last;
    }
    Ok(())
}
