//! The columns that each migration made and that still exist. By them the Worker sees which migrations a database lacks.

use rusqlite::Connection;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// Columns of tables and indexes, each with the name of its table or index.
const COLUMNS: &str = "
    SELECT s.name, c.name FROM sqlite_schema AS s, pragma_table_info(s.name) AS c WHERE s.type = 'table'
        AND s.name NOT LIKE 'sqlite_%'
    UNION
    SELECT s.name, c.name FROM sqlite_schema AS s, pragma_index_info(s.name) AS c WHERE s.type = 'index' AND s.sql IS NOT NULL
        AND c.name IS NOT NULL";

type TableColumn = (String, String);

/// The migrations in their order, and the migration that made each column.
#[derive(Default)]
pub(crate) struct Schema {
    migrations: Vec<String>,
    columns: BTreeMap<TableColumn, String>,
}

impl Schema {
    /// Notes the new columns after a migration. The table in which wrangler records migrations has the empty name as its
    /// migration.
    pub(crate) fn note(&mut self, database: &Connection, migration: &str) -> rusqlite::Result<()> {
        let mut statement = database.prepare(COLUMNS)?;
        let now: BTreeSet<TableColumn> =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        self.columns.retain(|column, _| now.contains(column));
        for column in now {
            self.columns.entry(column).or_insert_with(|| migration.to_owned());
        }
        if !migration.is_empty() {
            self.migrations.push(migration.to_owned());
        }
        Ok(())
    }

    /// Two constants in JSON: the names of the migrations; and for each migration and table or index, the columns that it made.
    pub(crate) fn to_rust(&self) -> String {
        let mut owed: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for ((table, column), migration) in &self.columns {
            owed.entry((migration, table)).or_default().push(column);
        }
        let owed: Vec<_> =
            owed.iter().map(|((migration, table), columns)| format!("[{migration:?},{table:?},{}]", list(columns))).collect();
        let mut out = String::new();
        let _ = writeln!(out, "/// A JSON array of the files in `migrations/`.");
        let _ = writeln!(out, "pub const MIGRATIONS: &str = {:?};", list(&self.migrations));
        let _ = writeln!(out, "/// A JSON array of `[migration, table or index, [column, …]]`.");
        let _ = writeln!(out, "pub const COLUMNS: &str = {:?};", format!("[{}]", owed.join(",")));
        out
    }
}

/// Names of files, tables and columns need only the escapes that Rust's strings have too.
fn list(names: &[impl std::fmt::Debug]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    format!("[{}]", names.join(","))
}
