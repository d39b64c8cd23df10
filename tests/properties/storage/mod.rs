//! What the database makes of identifiers and push tokens, through the service's own statements on SQLite.

mod migration;
mod packing;
mod size;

use edgepass::store::{
    Batch, Database, Query, Rows,
    sql::device::register::{Held, Register},
};
use edgepass_support::storage::{Sqlite, block_on};

const PASS_TYPE: &str = "pass.com.example.coffee";
const TOKEN: &str = "the token of all passes";

/// Unix seconds.
const NOW: i64 = 1_800_000_000;

/// Runs statements as the service does.
fn run(database: &Sqlite, queries: Vec<Query<'_>>) -> Rows {
    block_on(database.run(&Batch::once(queries))).unwrap()
}

/// Publishes a pass, past the service.
fn publish(database: &Sqlite, serial: &str) {
    let sql = "INSERT INTO passes (pass_type, serial, token_sha256, revision, modified_at, manifest_sha256, file_sha256, object_key, size)
        VALUES (?1, ?2, ?3, 10, 0, '', '', '', 0)";
    database.prepare(sql).execute([PASS_TYPE, serial, TOKEN]).unwrap();
}

fn register<'a>(device: &'a str, serial: &'a str, push_token: &'a str) -> Query<'a> {
    let (pass_type, serial_twice, token) = (PASS_TYPE, serial, TOKEN);
    Register { device, pass_type, serial, serial_twice, token, push_token, client: None, now: NOW }.query()
}

fn is_registered(database: &Sqlite, device: &str, serial: &str) -> bool {
    let held = Held { device, pass_type: PASS_TYPE, serial, serial_twice: serial, token: TOKEN };
    run(database, vec![held.query()]).first::<(bool,)>(0).unwrap().unwrap().0
}
