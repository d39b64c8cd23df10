//! Proves the SQL statements of a service when it is built.
//!
//! [`prove()`] applies the service's migrations to an empty SQLite database. It then checks every statement against that
//! database. A statement is refused if it does not compile, or if it uses other parameters than it declares. It is also refused
//! if its result is not one column `json`, or if it reads a whole table. So a mistake in SQL fails the build, not a request in
//! production.
//!
//! For statements that pass, [`prove()`] generates Rust: a struct for each statement, with a field for each parameter. The
//! generated code uses these items of the service: `Statement { name, sql }` and `Query { statement, values }`; `Packed(&str)`,
//! which becomes an element of `values` by `From`; the traits `Answers` and `Row` with `Columns`, by which rows are read; and
//! the row types `Text` and `Presence`.
//!
//! ```no_run
//! # fn main() -> Result<(), String> {
//! let generated = sql_proof::prove(&sql_proof::Sources {
//!     migrations: "migrations".as_ref(),
//!     statements: "src/storage/sql".as_ref(),
//!     types: "crate::storage",
//! })?;
//! println!("{}", generated.statements);
//! # Ok(())
//! # }
//! ```
//!
//! | Module | What it does |
//! |---|---|
//! | `answer` | reads what a statement declares of its rows |
//! | `parse` | reads the SQL files: declarations, documentation, statements |
//! | [`pack`] | replaces the words `pack` and `unpack` |
//! | `parameters` | replaces parameters |
//! | `prove` | checks a statement against the database |
//! | `schema` | finds which migration made which column |
//! | `generate` | writes the Rust code |

mod answer;
mod generate;
pub mod pack;
mod parameters;
mod parse;
mod prove;
mod schema;

use std::path::Path;

/// The places of a service's SQL.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The folder of the migrations. They are applied in the order of their names.
    pub migrations: &'a Path,
    /// The folder of the statements. They are in `<folder>/<file>.sql` below it.
    pub statements: &'a Path,
    /// The Rust path of the module that has the types `Packed`, `Query` and `Statement`, such as `crate::storage`.
    pub types: &'a str,
}

/// Rust code.
#[derive(Debug, Clone)]
pub struct Generated {
    /// Two constants that say which migration made which column.
    pub schema: String,
    /// A module for each SQL file, with a struct for each of its statements.
    pub statements: String,
}

/// Checks every statement, and generates the Rust code for them.
///
/// # Errors
///
/// The reason why the first bad migration or statement is refused, or why a file cannot be read.
pub fn prove(sources: &Sources<'_>) -> Result<Generated, String> {
    let (database, schema) = prove::migrate(sources.migrations)?;
    let folders = parse::read_folders(sources.statements)?;
    for statement in folders.iter().flat_map(|folder| &folder.files).flat_map(|file| &file.statements) {
        prove::check_statement(&database, statement).map_err(|reason| format!("SQL statement {}: {reason}", statement.name))?;
    }
    let statements = generate::to_rust(&folders, sources.types).map_err(|error| error.to_string())?;
    Ok(Generated { schema: schema.to_rust(), statements })
}
