//! What the operator sees of a request: one line of JSON in the log, and `Server-Timing` in local runs. Neither holds
//! tokens, device identifiers or serial numbers: the route is its pattern, not the path.

use super::{Failure, Settings, binding};
use crate::{
    endpoint::Trouble,
    http::Refusal,
    store::{Database, Usage, d1::D1},
    upkeep::Swept,
};
use serde_json::{Value, json};
use std::cell::{Cell, OnceCell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use worker::{Date, Env, console_log};

/// A request from its arrival to its log line.
pub(crate) struct Call {
    started_ms: i64,
    method: String,
    server_timing: bool,
    route: Cell<Option<&'static str>>,
    id: OnceCell<String>,
    database: OnceCell<D1>,
    trouble: RefCell<Option<Trouble>>,
}

impl Call {
    pub(crate) fn new(method: String, settings: &Settings) -> Self {
        Self {
            started_ms: now_ms(),
            method,
            server_timing: settings.server_timing,
            route: Cell::new(None),
            id: OnceCell::new(),
            database: OnceCell::new(),
            trouble: RefCell::new(None),
        }
    }

    /// Unix milliseconds at which the request arrived.
    pub(crate) fn started_ms(&self) -> i64 {
        self.started_ms
    }

    /// The request's identifier: in the log line, and in the response when it failed.
    pub(crate) fn id(&self) -> String {
        self.id.get_or_init(random_uuid).clone()
    }

    /// The pattern that matched.
    pub(crate) fn set_route(&self, pattern: &'static str) {
        self.route.set(Some(pattern));
    }

    /// The database, connected when it is first asked for.
    pub(crate) fn database(&self, env: &Env) -> Result<&D1, Refusal> {
        if let Some(database) = self.database.get() {
            return Ok(database);
        }
        let database = D1::new(binding::database(env)?);
        Ok(self.database.get_or_init(|| database))
    }

    /// Keeps the cause of a 503 for the log line.
    pub(crate) fn trouble(&self, trouble: Trouble) {
        self.trouble.replace(Some(trouble));
    }

    fn usage(&self) -> Usage {
        self.database.get().map(|database| database.usage()).unwrap_or_default()
    }

    /// The value of `Server-Timing`, where it is wanted.
    pub(crate) fn server_timing(&self) -> Option<String> {
        let Usage { calls, rows_read, rows_written, milliseconds } = self.usage();
        self.server_timing.then(|| {
            format!("db;dur={milliseconds};desc=\"calls={calls} read={rows_read} written={rows_written}\"")
        })
    }

    /// Writes the log line.
    pub(crate) fn finish(&self, status: u16) {
        let Usage { calls, rows_read, rows_written, .. } = self.usage();
        let mut line = json!({
            "id": self.id(),
            "method": self.method,
            "route": self.route.get(),
            "status": status,
            "ms": now_ms().saturating_sub(self.started_ms),
            "calls": calls,
            "read": rows_read,
            "written": rows_written,
        });
        if let (Some(line), Some(trouble)) = (line.as_object_mut(), self.trouble.borrow().as_ref()) {
            line.insert("trouble".to_owned(), described(trouble));
        }
        console_log!("{line}");
    }
}

/// The log line of a cron run.
pub(crate) fn cron_line(outcome: &Result<Swept, Failure>) -> String {
    match outcome {
        Ok(swept) => json!({ "cron": "sweep", "lookedAt": swept.looked_at, "deleted": swept.deleted }),
        Err(Failure::Trouble(trouble)) => json!({ "cron": "sweep", "trouble": described(trouble) }),
        Err(Failure::Refusal(_)) => {
            json!({ "cron": "sweep", "trouble": "a binding is missing in wrangler.toml" })
        }
    }
    .to_string()
}

/// The cause in storage's own words, which name statements and hosts but no values that were bound.
fn described(trouble: &Trouble) -> Value {
    match trouble {
        Trouble::Database(error) => json!({ "database": error.message }),
        Trouble::Objects(error) => json!({ "objects": error.0 }),
        Trouble::ObjectMissing(_) => json!("a row names an object that is not in the bucket"),
        Trouble::Unreadable => json!("a row is not of the form its statement gives"),
    }
}

fn now_ms() -> i64 {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}

/// `crypto.randomUUID()`
fn random_uuid() -> String {
    js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("crypto"))
        .map(JsCast::unchecked_into::<web_sys::Crypto>)
        .map(|crypto| crypto.random_uuid())
        .unwrap_or_default()
}
