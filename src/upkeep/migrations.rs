//! Finds the migrations that a database lacks.
//!
//! `build.rs` lists the tables, columns and indexes of each migration, and the database lists what it has. For a migration
//! without any of these, wrangler's record counts. A database that was imported by hand may lack the record.

use crate::{
    endpoint::{InternalError, run},
    storage::{
        Batch, Database, Query, Rows, schema,
        sql::upkeep::health::{Tables, TablesRow, Unrecorded},
    },
};

/// The findings in a database that answers.
pub(super) struct Found {
    /// The answers to the questions.
    pub(super) rows: Rows,
    /// What the operator has to do about migrations.
    pub(super) to_do: Option<String>,
    /// Whether all tables exist. If not, `rows` is empty.
    pub(super) complete: bool,
}

/// Asks the questions, and looks for missing migrations. If a table is missing, the statements may not compile, and more calls
/// find out why.
pub(super) async fn check<D: Database>(database: &D, questions: Vec<Query<'_>>) -> Result<Found, InternalError> {
    let at = questions.len();
    let recorded = Unrecorded { migrations: schema::MIGRATIONS };
    let mut batch = Batch::repeatable(questions);
    batch.queries.extend([tables(), recorded.query()]);
    let error = match run(database, &batch).await {
        Ok(rows) => {
            let (missing, unrecorded) = (rows.all::<Tables>()?, rows.all::<Unrecorded>()?);
            return Ok(Found::new(rows, &missing, &unrecorded));
        }
        Err(error) => error,
    };
    let missing = run(database, &Batch::repeatable(vec![tables()])).await?.all::<Tables>()?;
    if missing.is_empty() {
        return Err(error.into());
    }
    let rows = if missing.iter().all(|row| row.migration == RECORD) {
        batch.queries.truncate(at);
        run(database, &batch).await?
    } else {
        Rows::default()
    };
    Ok(Found::new(rows, &missing, &[]))
}

/// The migration of wrangler's own table `d1_migrations`.
const RECORD: &str = "";

impl Found {
    fn new(rows: Rows, missing: &[TablesRow], unrecorded: &[TablesRow]) -> Self {
        let lacking: Vec<_> = names(missing).filter(|name| *name != RECORD).collect();
        let to_do = if !lacking.is_empty() {
            Some(format!("The database lacks what {} brings. {APPLY}", lacking.join(", ")))
        } else if !missing.is_empty() {
            Some(format!("All tables are there, but d1_migrations, where wrangler records migrations, is not. {RECORD_THEM}"))
        } else if !unrecorded.is_empty() {
            let names = names(unrecorded).collect::<Vec<_>>().join(", ");
            Some(format!("Wrangler has not recorded {names}, though all tables are there. {APPLY} {RECORD_THEM}"))
        } else {
            None
        };
        Self { rows, to_do, complete: lacking.is_empty() }
    }
}

fn tables() -> Query<'static> {
    Tables { expected: schema::COLUMNS }.query()
}

fn names(rows: &[TablesRow]) -> impl Iterator<Item = &str> {
    rows.iter().map(|row| row.migration.as_str())
}

const APPLY: &str = "Apply the migrations: npx wrangler d1 migrations apply DB --remote";
const RECORD_THEM: &str = "What was applied by hand has to be recorded: docs/operate.md says how.";
