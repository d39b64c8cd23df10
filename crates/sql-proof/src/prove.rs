//! The checks of every statement before it is compiled in.

use crate::{
    answer::{Answer, count_json_array_arguments},
    parse::Statement,
    schema::Schema,
};
use rusqlite::Connection;
use std::{fs, path::Path};

/// Wrangler records migrations here (`getMigrationsTable` of wrangler 4). The service reads it, and no migration makes it.
const RECORD: &str = "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)";

/// Makes an empty database of the newest schema, as wrangler does, and notes which migration made which column.
pub(crate) fn migrate(folder: &Path) -> Result<(Connection, Schema), String> {
    let database = Connection::open_in_memory().map_err(|error| error.to_string())?;
    let mut schema = Schema::default();
    apply(&database, &mut schema, "", RECORD)?;
    let mut migrations = fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .map(|entry| entry.map(|entry| entry.path()).map_err(|error| error.to_string()))
        .collect::<Result<Vec<_>, _>>()?;
    migrations.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    migrations.sort();
    for path in migrations {
        let sql = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        apply(&database, &mut schema, &name, &sql)?;
    }
    Ok((database, schema))
}

fn apply(database: &Connection, schema: &mut Schema, name: &str, sql: &str) -> Result<(), String> {
    database.execute_batch(sql).and_then(|()| schema.note(database, name)).map_err(|error| format!("migration {name}: {error}"))
}

/// Refuses a statement that does not compile, that uses other parameters or columns than it declares, or that reads a whole
/// table.
pub(crate) fn check_statement(database: &Connection, statement: &Statement) -> Result<(), String> {
    let prepared = database.prepare(&statement.sql).map_err(|error| format!("does not compile: {error}"))?;
    check_parameters(&prepared, statement)?;
    check_answer(&prepared, statement)?;
    check_plan(database, statement)
}

/// Each row is one column `json`. Its array must have as many items as the statement declares columns.
fn check_answer(prepared: &rusqlite::Statement<'_>, statement: &Statement) -> Result<(), String> {
    let columns: Vec<_> = prepared.column_names().collect();
    let declared = match (columns.as_slice(), &statement.answer) {
        ([], Answer::None) | (["json"], Answer::Text) => return Ok(()),
        ([], _) => return Err("declares rows, but answers with none".to_owned()),
        (["json"], Answer::None) => {
            return Err("answers with rows, but does not declare them with `-- -> …`".to_owned());
        }
        (["json"], Answer::Columns(columns)) => columns.len(),
        (["json"], Answer::Same { columns, .. }) => *columns,
        _ => return Err(format!("answers with the columns {columns:?}; it must be one, called json")),
    };
    match count_json_array_arguments(&statement.sql) {
        Some(given) if given == declared => Ok(()),
        Some(given) => Err(format!("declares {declared} columns, but its json_array has {given}")),
        None => Err("declares columns, but does not answer with `json_array(…) AS json`".to_owned()),
    }
}

fn check_parameters(prepared: &rusqlite::Statement<'_>, statement: &Statement) -> Result<(), String> {
    for parameter in &statement.parameters {
        let name = format!(":{}", parameter.name);
        if prepared.parameter_index(&name).map_err(|error| error.to_string())?.is_none() {
            return Err(format!("declares the parameter {name}, but does not use it"));
        }
    }
    for index in 1..=prepared.parameter_count() {
        let name = prepared.parameter_name(index).unwrap_or("?");
        if !statement.parameters.iter().any(|parameter| Some(parameter.name.as_str()) == name.strip_prefix(':')) {
            return Err(format!("uses the parameter {name}, but does not declare it"));
        }
    }
    Ok(())
}

/// A scan reads rows in proportion to the table. D1 bills these, and one slow database slows all requests. Allowed are arrays
/// passed in (`json_each` is a virtual table), constant rows, and the results of subqueries.
fn check_plan(database: &Connection, statement: &Statement) -> Result<(), String> {
    let plan = explain(database, &statement.sql).map_err(|error| error.to_string())?;
    let refused = |what: &str| Err(format!("{what}; give it an index or a bound\n  {}", plan.join("\n  ")));
    if plan.is_empty() && (statement.sql.starts_with("DELETE") || statement.sql.starts_with("UPDATE")) {
        return refused("changes every row of a table");
    }
    let produced: Vec<&str> =
        plan.iter().filter_map(|step| step.strip_prefix("CO-ROUTINE ").or_else(|| step.strip_prefix("MATERIALIZE "))).collect();
    for step in &plan {
        // SQLite calls both a search, but they read a whole table: to build an index for one use, or to try all first columns.
        if step.contains("AUTOMATIC") || step.contains("ANY(") {
            return refused(&format!("scans a table ({step})"));
        }
        let Some(scanned) = step.strip_prefix("SCAN ") else { continue };
        let allowed = scanned.contains("VIRTUAL TABLE")
            || scanned.starts_with("CONSTANT ROW")
            || produced.iter().any(|name| scanned.split(' ').next() == Some(name) && !is_table(database, name));
        if !allowed {
            return refused(&format!("scans a table ({step})"));
        }
    }
    Ok(())
}

fn is_table(database: &Connection, name: &str) -> bool {
    database.table_exists(None, name).unwrap_or(true)
}

fn explain(database: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = database.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    // Unbound parameters are NULL. The plan does not depend on their values.
    statement.raw_query().mapped(|row| row.get(3)).collect()
}
