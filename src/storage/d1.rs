//! The database port on D1.

use super::{Batch, Database, DatabaseError, Fault, Query, Rows, Statement, Usage, Value};
use crate::thrown;
use serde::Deserialize;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fmt, ptr,
    rc::Rc,
};
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, D1Result, Date};

/// The binding, and the isolate's prepared statements. The text of each crosses to JavaScript once.
pub struct PreparedDatabase {
    database: D1Database,
    statements: RefCell<HashMap<usize, D1PreparedStatement>>,
}

impl PreparedDatabase {
    /// Takes the binding.
    #[must_use]
    pub fn new(database: D1Database) -> Self {
        Self { database, statements: RefCell::default() }
    }

    fn bind(&self, query: &Query<'_>) -> worker::Result<D1PreparedStatement> {
        // Each statement is a static, so its address identifies it.
        let address = ptr::from_ref::<Statement>(query.statement).addr();
        let mut statements = self.statements.borrow_mut();
        let statement = statements.entry(address).or_insert_with(|| self.database.prepare(query.statement.sql)).clone();
        if query.values.is_empty() {
            return Ok(statement);
        }
        statement.bind(&query.values.iter().map(to_js).collect::<Vec<_>>())
    }
}

impl fmt::Debug for PreparedDatabase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PreparedDatabase")
    }
}

/// `D1Type` has no integer above 2^31. JavaScript's numbers are exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "no integer here is above 2^53")]
fn to_js(value: &Value<'_>) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Integer(integer) => JsValue::from_f64(*integer as f64),
        Value::Text(text) => JsValue::from_str(text),
        Value::Packed(packed) => JsValue::from_str(&packed.bound()),
    }
}

/// D1, with the usage of one request or message.
#[derive(Debug)]
pub struct D1 {
    database: Rc<PreparedDatabase>,
    usage: Cell<Usage>,
}

impl D1 {
    /// A handle that has used nothing yet.
    #[must_use]
    pub fn new(database: Rc<PreparedDatabase>) -> Self {
        Self { database, usage: Cell::default() }
    }

    async fn send(&self, batch: &Batch<'_>) -> worker::Result<Vec<D1Result>> {
        let bound = batch.queries.iter().map(|query| self.database.bind(query));
        let bound = bound.collect::<worker::Result<Vec<_>>>()?;
        // A single statement needs no transaction, which costs more.
        if let [statement] = bound.as_slice() {
            return Ok(vec![statement.all().await?]);
        }
        self.database.database.batch(bound).await
    }

    async fn read(&self, batch: &Batch<'_>, usage: &mut Usage) -> worker::Result<Rows> {
        let results = self.send(batch).await?;
        let mut rows = Vec::with_capacity(results.len());
        for result in results {
            // Not `?`: workers-rs cannot read the figures of a database above 4 GiB, and they must not fail a request.
            if let Ok(Some(meta)) = result.meta() {
                usage.rows_read = usage.rows_read.saturating_add(meta.rows_read.unwrap_or_default());
                usage.rows_written = usage.rows_written.saturating_add(meta.rows_written.unwrap_or_default());
            }
            rows.push(result.results::<Row>()?.into_iter().map(|row| row.json).collect());
        }
        Ok(Rows::new(rows))
    }
}

/// Every statement returns one column.
#[derive(Deserialize)]
struct Row {
    json: String,
}

impl Database for D1 {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        let (started, mut used) = (Date::now().as_millis(), Usage::default());
        let rows = self.read(batch, &mut used).await;
        // Other calls may have ended meanwhile.
        let usage = self.usage.get();
        self.usage.set(Usage {
            calls: usage.calls.saturating_add(1),
            rows_read: usage.rows_read.saturating_add(used.rows_read),
            rows_written: usage.rows_written.saturating_add(used.rows_written),
            milliseconds: usage.milliseconds.saturating_add(Date::now().as_millis().saturating_sub(started)),
        });
        rows.map_err(|error| {
            let message = thrown::error_message(error);
            DatabaseError { fault: Fault::from_message(&message), message }
        })
    }

    fn usage(&self) -> Usage {
        self.usage.get()
    }
}
