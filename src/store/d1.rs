//! The database port on D1.

use super::{Batch, Database, DatabaseError, Fault, Query, Rows, Usage, Value};
use serde::Deserialize;
use std::cell::Cell;
use worker::{
    D1Database, D1PreparedStatement, D1Result, Date, Error,
    wasm_bindgen::{JsCast, JsValue},
};

/// D1, and what one request used of it.
#[derive(Debug)]
pub struct D1 {
    database: D1Database,
    usage: Cell<Usage>,
}

/// The one column of every statement that answers.
#[derive(Deserialize)]
struct Row {
    json: String,
}

impl D1 {
    /// Wraps the binding.
    #[must_use]
    pub fn new(database: D1Database) -> Self {
        Self { database, usage: Cell::default() }
    }

    fn prepare(&self, query: &Query<'_>) -> Result<D1PreparedStatement, DatabaseError> {
        let statement = self.database.prepare(query.statement.sql);
        if query.values.is_empty() {
            return Ok(statement);
        }
        let values: Vec<JsValue> = query.values.iter().map(to_js).collect();
        statement.bind(&values).map_err(error_of)
    }

    fn used(&self, results: &[D1Result], milliseconds: u64) {
        let mut usage = self.usage.get();
        usage.calls = usage.calls.saturating_add(1);
        usage.milliseconds = usage.milliseconds.saturating_add(milliseconds);
        for meta in results.iter().filter_map(|result| result.meta().ok().flatten()) {
            usage.rows_read = usage.rows_read.saturating_add(meta.rows_read.unwrap_or_default());
            usage.rows_written = usage.rows_written.saturating_add(meta.rows_written.unwrap_or_default());
        }
        self.usage.set(usage);
    }
}

impl Database for D1 {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        let statements = batch.queries.iter().map(|query| self.prepare(query)).collect::<Result<_, _>>()?;
        let started = Date::now().as_millis();
        let outcome = self.database.batch(statements).await;
        let milliseconds = Date::now().as_millis().saturating_sub(started);
        self.used(outcome.as_deref().unwrap_or_default(), milliseconds);
        let results = outcome.map_err(error_of)?;
        results.iter().map(rows_of).collect::<Result<_, _>>().map(Rows::new)
    }

    fn usage(&self) -> Usage {
        self.usage.get()
    }
}

#[expect(clippy::cast_precision_loss, reason = "revisions and times stay below 2^53; an i64 would become a BigInt, which D1 refuses")]
fn to_js(value: &Value<'_>) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Integer(integer) => JsValue::from_f64(*integer as f64),
        Value::Text(text) => JsValue::from_str(text),
    }
}

fn rows_of(result: &D1Result) -> Result<Vec<String>, DatabaseError> {
    let rows: Vec<Row> = result.results().map_err(error_of)?;
    Ok(rows.into_iter().map(|row| row.json).collect())
}

/// D1's message with its cause. It is taken out of the JavaScript error by hand: formatting the crate's error panics.
fn error_of(error: Error) -> DatabaseError {
    let message = match error {
        Error::D1(error) => {
            let error: &worker::js_sys::Error = error.as_ref();
            let cause = error.cause().dyn_into::<worker::js_sys::Error>().map(|cause| String::from(cause.message()));
            format!("{}: {}", String::from(error.message()), cause.unwrap_or_default())
        }
        Error::UnknownJsError { message, .. } | Error::JsError(message) => message,
        other => <&'static str>::from(&other).to_owned(),
    };
    DatabaseError { fault: Fault::of_message(&message), message }
}
