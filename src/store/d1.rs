//! The database port on D1, through a module of JavaScript that takes a batch and gives its rows as one string each.

use super::{Batch, Database, DatabaseError, Fault, Query, Rows, Statement, Usage};
use crate::{promise::settled, thrown};
use js_sys::{Date, Promise};
use std::{cell::Cell, ptr};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::worker_sys::types::D1Database;

#[wasm_bindgen(module = "/src/store/d1.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn prepare(database: &D1Database, id: usize, sql: &str) -> Result<(), JsValue>;
    /// Nothing when a statement was not prepared yet; then none was run.
    #[wasm_bindgen(catch)]
    fn run(database: &D1Database, batch: &str) -> Result<Option<Promise>, JsValue>;
}

/// What parts the statements in the text that comes back, and their rows.
const STATEMENT: char = '\u{1d}';
const ROW: char = '\u{1e}';

/// D1, and what one request used of it.
#[derive(Debug)]
pub struct D1 {
    database: D1Database,
    timed: bool,
    usage: Cell<Usage>,
}

impl D1 {
    /// Wraps the binding.
    #[must_use]
    pub fn new(database: D1Database) -> Self {
        Self { database, timed: false, usage: Cell::default() }
    }

    /// Notes how long each call takes, if so wanted.
    #[must_use]
    pub fn timed(self, timed: bool) -> Self {
        Self { timed, ..self }
    }

    fn start(&self, batch: &Batch<'_>) -> Result<Promise, JsValue> {
        let queries: Vec<_> =
            batch.queries.iter().map(|query| (id(query.statement), &query.values)).collect();
        let json = serde_json::to_string(&queries).unwrap_or_default();
        if let Some(promise) = run(&self.database, &json)? {
            return Ok(promise);
        }
        for Query { statement, .. } in &batch.queries {
            prepare(&self.database, id(statement), statement.sql)?;
        }
        run(&self.database, &json)?.ok_or_else(|| JsValue::from_str("a statement is not prepared"))
    }

    async fn text(&self, batch: &Batch<'_>) -> Result<String, JsValue> {
        let text = settled(self.start(batch)?).await?;
        text.as_string().ok_or_else(|| JsValue::from_str("a batch answered with no text"))
    }

    fn used(&self, (read, written): (usize, usize), milliseconds: f64) {
        let mut usage = self.usage.get();
        usage.calls = usage.calls.saturating_add(1);
        usage.rows_read = usage.rows_read.saturating_add(read);
        usage.rows_written = usage.rows_written.saturating_add(written);
        usage.milliseconds = usage.milliseconds.saturating_add(whole(milliseconds));
        self.usage.set(usage);
    }
}

impl Database for D1 {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        let started = self.timed.then(Date::now);
        let outcome = self.text(batch).await;
        let mut parts = outcome.as_deref().unwrap_or_default().split(STATEMENT);
        self.used(
            counts(parts.next().unwrap_or_default()),
            started.map_or(0.0, |started| Date::now() - started),
        );
        let rows = parts.map(rows).collect();
        outcome.map(|_| Rows::new(rows)).map_err(error_of)
    }

    fn usage(&self) -> Usage {
        self.usage.get()
    }
}

/// Where a statement is in memory: no other is there.
fn id(statement: &'static Statement) -> usize {
    ptr::from_ref(statement).addr()
}

/// Whole milliseconds; none where the clock went back.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float is cut to what there is"
)]
fn whole(milliseconds: f64) -> u64 {
    milliseconds as u64
}

/// Rows read and written.
fn counts(text: &str) -> (usize, usize) {
    let count = |text: &str| text.parse().unwrap_or_default();
    text.split_once(' ').map_or((0, 0), |(read, written)| (count(read), count(written)))
}

/// The rows of a statement.
fn rows(text: &str) -> Vec<String> {
    text.split(ROW).skip(1).map(str::to_owned).collect()
}

fn error_of(error: JsValue) -> DatabaseError {
    let message = thrown::message(error);
    DatabaseError { fault: Fault::of_message(&message), message }
}
