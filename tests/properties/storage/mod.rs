//! What the database makes of identifiers and push tokens, through the service's own statements on SQLite.

mod filters;
mod listing;
mod migration;
mod packing;
mod readings;
mod reseal;
mod size;
mod unreachable;

use edgepass::{
    endpoint::run as run_batch,
    storage::{Batch, Query, Rows, sql::web_service::register::Register},
};
use edgepass_support::storage::{Sqlite, block_on};

const PASS_TYPE: &str = "pass.com.example.coffee";
const TOKEN: &str = "the token of all passes";

/// Unix seconds.
const NOW: i64 = 1_800_000_000;

fn run(database: &Sqlite, queries: Vec<Query<'_>>) -> Rows {
    block_on(run_batch(database, &Batch::once(queries))).unwrap()
}

fn publish(database: &Sqlite, serial: &str) {
    let sql = "INSERT INTO passes (pass_type, serial, token_sha256, revision, modified_at, manifest_sha256, file_sha256,
        object_key, size)
        VALUES (?1, ?2, ?3, 10, 0, '', '', '', 0)";
    database.prepare(sql).execute([PASS_TYPE, serial, TOKEN]).unwrap();
}

fn register<'a>(device: &'a str, serial: &'a str, push_token: &'a str) -> Query<'a> {
    let (pass_type, token) = (PASS_TYPE, TOKEN);
    Register { device, pass_type, serial, token, push_token, client: None, now: NOW }.query()
}

fn is_registered(database: &Sqlite, device: &str, serial: &str) -> bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM registrations WHERE device_id = pack(?1) AND pass_type = ?2 AND serial = ?3)";
    database.prepare(sql).query_row([device, PASS_TYPE, serial], |row| row.get(0)).unwrap()
}
