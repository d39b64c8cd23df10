//! The database port on SQLite: the statements as D1 gets them, bound as D1 binds them.

use edgepass::storage::{Batch, Database, DatabaseError, Fault, Query, Rows, Usage, Value};
use rusqlite::{CachedStatement, Connection, StatementStatus, ToSql, config::DbConfig, types::ToSqlOutput};
use sql_proof::pack;
use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};

/// A database, in memory or in a file.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
    usage: Cell<Usage>,
    steps: Cell<i64>,
}

#[derive(Debug, Clone)]
pub struct Snapshot(Vec<u8>);

impl Sqlite {
    /// An empty database in memory, made by the project's migrations.
    pub fn new() -> Self {
        Self::from_migrations(migrations())
    }

    /// An empty database after the first `migrations_applied` migrations.
    pub fn after(migrations_applied: usize) -> Self {
        Self::from_migrations(migrations().into_iter().take(migrations_applied))
    }

    /// Applies the migrations after the first `migrations_applied`, one batch each.
    pub fn migrate(&self, migrations_applied: usize) -> rusqlite::Result<()> {
        migrations().into_iter().skip(migrations_applied).try_for_each(|path| apply(&self.connection, &path))
    }

    fn from_migrations(migrations: impl IntoIterator<Item = PathBuf>) -> Self {
        let connection = Connection::open_in_memory().expect("SQLite opens");
        for path in migrations {
            apply(&connection, &path).expect("a migration applies");
        }
        Self::from_connection(connection)
    }

    /// The port on any database, with or without migrations.
    pub fn from_connection(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(64);
        // Otherwise SQLite recompiles a statement with a partial index for each binding.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).expect("SQLite knows it");
        Self { connection, usage: Cell::default(), steps: Cell::default() }
    }

    pub fn snapshot(&mut self) -> Snapshot {
        Snapshot(self.connection.serialize("main").expect("SQLite serialises").to_vec())
    }

    /// Goes back to an earlier content, as D1's Time Travel does.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        let bytes = snapshot.0.as_slice();
        self.connection.flush_prepared_statement_cache();
        self.connection.deserialize_read_exact("main", bytes, bytes.len(), false).expect("a snapshot is a database");
    }

    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Prepares a test's statement, which may use `pack` and `unpack` like the service's.
    pub fn prepare(&self, sql: &str) -> CachedStatement<'_> {
        let sql = pack::expand(sql).expect("parentheses are closed");
        self.connection.prepare_cached(&sql).expect("a test's SQL compiles")
    }

    /// How many instructions of SQLite's virtual machine ran so far: a few for each row that is read.
    pub fn steps(&self) -> i64 {
        self.steps.get()
    }

    fn query(&self, query: &Query<'_>) -> rusqlite::Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(query.statement.sql)?;
        let values = rusqlite::params_from_iter(query.values.iter().map(|value| Bound(*value)));
        let rows = if statement.column_count() == 0 {
            statement.execute(values).map(|_| Vec::new())
        } else {
            statement.query_map(values, |row| row.get(0)).and_then(Iterator::collect)
        };
        let steps = i64::from(statement.reset_status(StatementStatus::VmStep));
        self.steps.set(self.steps.get() + steps);
        rows
    }

    fn batch(&self, batch: &Batch<'_>) -> rusqlite::Result<Rows> {
        let transaction = self.connection.unchecked_transaction()?;
        let rows = batch.queries.iter().map(|query| self.query(query)).collect::<Result<_, _>>()?;
        transaction.commit()?;
        Ok(Rows::new(rows))
    }
}

fn migrations() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut migrations: Vec<_> = fs::read_dir(folder)
        .expect("the project has migrations")
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    migrations.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    migrations.sort();
    migrations
}

fn apply(connection: &Connection, migration: &Path) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch(&fs::read_to_string(migration).expect("a migration can be read"))?;
    transaction.commit()
}

impl Default for Sqlite {
    fn default() -> Self {
        Self::new()
    }
}

impl Database for Sqlite {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        let mut usage = self.usage.get();
        usage.calls += 1;
        self.usage.set(usage);
        self.batch(batch).map_err(|error| DatabaseError { fault: Fault::Other, message: error.to_string() })
    }

    fn usage(&self) -> Usage {
        self.usage.get()
    }
}

/// A value bound as D1 binds it: every number is a JavaScript number and arrives as REAL.
struct Bound<'a>(Value<'a>);

impl ToSql for Bound<'_> {
    #[expect(clippy::cast_precision_loss, reason = "as JavaScript does")]
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Owned(rusqlite::types::Value::Null),
            Value::Integer(integer) => (integer as f64).into(),
            Value::Text(text) => text.into(),
            Value::Packed(packed) => packed.bound().into_owned().into(),
        })
    }
}
