//! The database port on D1, on its JavaScript interface: this service's rows are single strings, which need no
//! deserialiser on their way in.

use super::{Batch, Database, DatabaseError, Fault, Query, Rows, Usage, Value};
use crate::thrown;
use js_sys::{Array, Reflect};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{
    Date,
    worker_sys::types::{D1Database, D1PreparedStatement, D1Result},
};

/// D1, and what one request used of it.
#[derive(Debug)]
pub struct D1 {
    database: D1Database,
    usage: Cell<Usage>,
}

impl D1 {
    /// Wraps the binding.
    #[must_use]
    pub fn new(database: D1Database) -> Self {
        Self { database, usage: Cell::default() }
    }

    fn prepare(&self, query: &Query<'_>) -> Result<D1PreparedStatement, JsValue> {
        let statement = self.database.prepare(query.statement.sql)?;
        if query.values.is_empty() {
            return Ok(statement);
        }
        statement.bind(query.values.iter().map(to_js).collect())
    }

    async fn results(&self, batch: &Batch<'_>) -> Result<Vec<D1Result>, JsValue> {
        let statements =
            batch.queries.iter().map(|query| self.prepare(query)).collect::<Result<Array, _>>()?;
        let results = JsFuture::from(self.database.batch(statements)?).await?;
        Ok(Array::from(&results).iter().map(JsCast::unchecked_into).collect())
    }

    fn used(&self, results: &[D1Result], milliseconds: u64) {
        let mut usage = self.usage.get();
        usage.calls = usage.calls.saturating_add(1);
        usage.milliseconds = usage.milliseconds.saturating_add(milliseconds);
        for meta in results.iter().filter_map(|result| result.meta().ok()) {
            usage.rows_read = usage.rows_read.saturating_add(count(&meta, "rows_read"));
            usage.rows_written = usage.rows_written.saturating_add(count(&meta, "rows_written"));
        }
        self.usage.set(usage);
    }
}

impl Database for D1 {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        let started = Date::now().as_millis();
        let outcome = self.results(batch).await;
        let milliseconds = Date::now().as_millis().saturating_sub(started);
        self.used(outcome.as_deref().unwrap_or_default(), milliseconds);
        let results = outcome.map_err(error_of)?;
        results.iter().map(rows_of).collect::<Result<_, _>>().map(Rows::new).map_err(error_of)
    }

    fn usage(&self) -> Usage {
        self.usage.get()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "revisions and times stay below 2^53; an i64 would become a BigInt, which D1 refuses"
)]
fn to_js(value: &Value<'_>) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Integer(integer) => JsValue::from_f64(*integer as f64),
        Value::Text(text) => JsValue::from_str(text),
    }
}

/// The texts in the one column that every statement that answers has.
fn rows_of(result: &D1Result) -> Result<Vec<String>, JsValue> {
    let column = JsValue::from_str("json");
    let text = |row| {
        Reflect::get(&row, &column)?.as_string().ok_or(JsValue::from_str("a row has no text in `json`"))
    };
    result.results()?.iter().flat_map(Array::iter).map(text).collect()
}

/// A figure of a result's `meta`; what is not there counts as nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest integer there is"
)]
fn count(meta: &JsValue, name: &str) -> usize {
    Reflect::get(meta, &JsValue::from_str(name)).ok().and_then(|figure| figure.as_f64()).unwrap_or_default()
        as usize
}

fn error_of(error: JsValue) -> DatabaseError {
    let message = thrown::message(error);
    DatabaseError { fault: Fault::of_message(&message), message }
}
