//! What a registration takes of the file, and a pass.

use crate::population::Population;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{fs, path::Path};

/// Each B-tree: whose it is, bytes of its pages, of what is in them, and how many levels it has: a page's path in `dbstat`
/// has four characters for each level below the root.
const TREES: &str =
    "SELECT s.tbl_name, s.name = s.tbl_name, sum(d.pgsize), sum(d.payload), max(length(d.path)) / 4 + 1
    FROM sqlite_schema AS s JOIN dbstat AS d ON d.name = s.name
    WHERE s.tbl_name IN ('passes', 'registrations') GROUP BY s.name";

/// Bytes of pages, each with its share of what is free in them.
pub(crate) fn measure(path: &Path, population: Population) -> rusqlite::Result<Value> {
    let connection = Connection::open(path)?;
    let mut statement = connection.prepare(TREES)?;
    let mut rows = statement.query([])?;
    let mut of_pass = 0;
    let mut of_registration = 0;
    let mut trees = Vec::new();
    while let Some(row) = rows.next()? {
        let (table, is_table): (String, bool) = (row.get(0)?, row.get(1)?);
        let (pages, payload, levels): (i64, i64, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
        *if table == "passes" { &mut of_pass } else { &mut of_registration } += pages;
        let what = if is_table { "table" } else { "index" };
        trees.push(json!({ "of": table, "is": what, "bytes": pages, "payload": payload, "levels": levels }));
    }
    Ok(json!({
        "registrations": population.registrations,
        "passes": population.passes(),
        "file": fs::metadata(path).map_or(0, |file| file.len()),
        "per_registration": per(of_registration, population.registrations),
        "per_pass": per(of_pass, population.passes()),
        "trees": trees,
    }))
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53")]
fn per(bytes: i64, count: u64) -> f64 {
    bytes as f64 / count as f64
}
