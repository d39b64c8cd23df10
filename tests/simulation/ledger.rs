//! Reads the database without the service.

use edgepass_support::storage::Sqlite;
use rusqlite::{OptionalExtension, params};

/// A row of `passes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) manifest: String,
    pub(crate) revision: i64,
    pub(crate) modified_at: i64,
    pub(crate) file: String,
    pub(crate) object_key: String,
    pub(crate) withdrawn: bool,
}

pub(crate) fn stored(sqlite: &Sqlite, pass_type: &str, serial: &str) -> Option<Stored> {
    sqlite
        .connection()
        .prepare_cached("SELECT manifest_sha256, revision, modified_at, file_sha256, object_key, withdrawn_at IS NOT NULL FROM passes WHERE pass_type = ? AND serial = ?")
        .unwrap()
        .query_row(params![pass_type, serial], |row| {
            Ok(Stored {
                manifest: row.get(0)?,
                revision: row.get(1)?,
                modified_at: row.get(2)?,
                file: row.get(3)?,
                object_key: row.get(4)?,
                withdrawn: row.get(5)?,
            })
        })
        .optional()
        .unwrap()
}

pub(crate) fn type_revision(sqlite: &Sqlite, pass_type: &str) -> Option<i64> {
    sqlite
        .connection()
        .prepare_cached("SELECT revision FROM pass_types WHERE pass_type = ?")
        .unwrap()
        .query_row([pass_type], |row| row.get(0))
        .optional()
        .unwrap()
}

pub(crate) fn push_token(sqlite: &Sqlite, device: &str, pass_type: &str, serial: &str) -> Option<String> {
    sqlite
        .prepare("SELECT unpack(push_token) FROM registrations WHERE device_id = pack(?1) AND pass_type = ?2 AND serial = ?3")
        .query_row([device, pass_type, serial], |row| row.get(0))
        .optional()
        .unwrap()
}

/// Serial number and revision of each pass that the device registered and that is not withdrawn.
pub(crate) fn registered(sqlite: &Sqlite, device: &str, pass_type: &str) -> Vec<(String, i64)> {
    sqlite
        .prepare("SELECT serial, revision FROM passes WHERE pass_type = ?2 AND withdrawn_at IS NULL AND serial IN (SELECT serial FROM registrations WHERE device_id = pack(?1) AND pass_type = ?2) ORDER BY serial")
        .query_map([device, pass_type], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// The newest revision that the device was told of, as noted.
pub(crate) fn noted(sqlite: &Sqlite, device: &str, pass_type: &str) -> Option<i64> {
    let mut statement = sqlite.prepare("SELECT revision FROM device_lists WHERE device_id = pack(?1) AND pass_type = ?2");
    statement.query_row([device, pass_type], |row| row.get(0)).optional().unwrap()
}

pub(crate) fn object_keys(sqlite: &Sqlite) -> Vec<String> {
    let mut statement = sqlite.connection().prepare_cached("SELECT object_key FROM passes").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

pub(crate) fn count_registrations(sqlite: &Sqlite) -> i64 {
    sqlite.connection().prepare_cached("SELECT count(*) FROM registrations").unwrap().query_row([], |row| row.get(0)).unwrap()
}
