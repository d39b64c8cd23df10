//! What the operator sees of a request: one line of JSON in the log, and `Server-Timing` in local runs. Neither holds
//! tokens, device identifiers or serial numbers: the route is its pattern, not the path.

use super::{
    Arrival, Settings,
    limit::{TOO_MANY_REQUESTS, is_first_of_minute},
    queue::WorkQueue,
    random_uuid,
    room::Room,
};
use crate::{
    endpoint::{Failure, Trouble},
    http::Refusal,
    jobs::{Queue, Resumed},
    message::Message,
    push::{Concluded, Worker},
    store::{Database, Usage, d1::D1},
    upkeep::Swept,
};
use js_sys::Date;
use serde::Serialize;
use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsValue;
use web_sys::console;
use worker::{Context, Env};

/// A request from its arrival to its log line.
pub(crate) struct Call {
    /// The request as it arrived.
    pub(crate) arrival: Arrival,
    /// What is bound to the Worker.
    pub(crate) env: Env,
    /// What the operator set.
    pub(crate) settings: Rc<Settings>,
    context: Context,
    route: Cell<Option<&'static str>>,
    id: OnceCell<String>,
    database: OnceCell<D1>,
    failure: RefCell<Option<Failure>>,
    room: Cell<Option<Room>>,
}

impl Call {
    pub(crate) fn new(arrival: Arrival, env: Env, context: Context, settings: Rc<Settings>) -> Self {
        Self {
            arrival,
            env,
            settings,
            context,
            route: Cell::new(None),
            id: OnceCell::new(),
            database: OnceCell::new(),
            failure: RefCell::new(None),
            room: Cell::new(None),
        }
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
    pub(crate) fn database(&self) -> Result<&D1, Refusal> {
        if let Some(database) = self.database.get() {
            return Ok(database);
        }
        let database = D1::new(self.settings.database()?).timed(self.settings.server_timing);
        Ok(self.database.get_or_init(|| database))
    }

    /// Tells the queue what was done. The client does not wait for that.
    pub(crate) fn send(&self, messages: &[Message]) {
        if !messages.is_empty() {
            let (env, messages) = (self.env.clone(), messages.to_vec());
            self.context.wait_until(async move { WorkQueue(&env).send(&messages).await });
        }
    }

    /// Takes room for a large body, for as long as this request is under way.
    pub(super) fn take_room(&self, bytes: usize) -> Result<(), Refusal> {
        self.room.set(Some(Room::take(bytes, &self.context)?));
        Ok(())
    }

    /// Keeps for the log line what the client is not told.
    pub(crate) fn note(&self, failure: Failure) {
        self.failure.replace(Some(failure));
    }

    fn usage(&self) -> Usage {
        self.database.get().map(Database::usage).unwrap_or_default()
    }

    /// The value of `Server-Timing`, where it is wanted.
    pub(crate) fn server_timing(&self) -> Option<String> {
        let Usage { calls, rows_read, rows_written, milliseconds } = self.usage();
        self.settings.server_timing.then(|| {
            format!("db;dur={milliseconds};desc=\"calls={calls} read={rows_read} written={rows_written}\"")
        })
    }

    /// Whether the request belongs into the log: an issuer's, and any that failed. Others are nearly all, and a line costs
    /// what the rest of the request does. Of those that a rate limit refused, one a minute does: they come in floods.
    fn is_notable(&self, status: u16) -> bool {
        if self.settings.log_all {
            return true;
        }
        if status == TOO_MANY_REQUESTS {
            return is_first_of_minute(self.arrival.at_ms);
        }
        let of_issuer = self.route.get().is_some_and(|route| route.starts_with("/issuer/"));
        status >= 400 || self.failure.borrow().is_some() || of_issuer
    }

    /// Writes the log line, if there is to be one.
    pub(crate) fn finish(&self, status: u16) {
        if !self.is_notable(status) {
            return;
        }
        let Usage { calls, rows_read, rows_written, .. } = self.usage();
        let failure = self.failure.borrow();
        log(&Line {
            id: &self.id(),
            method: self.arrival.method(),
            route: self.route.get(),
            status,
            ms: now_ms().saturating_sub(self.arrival.at_ms),
            calls,
            read: rows_read,
            written: rows_written,
            trouble: failure.as_ref().map(Cause::from),
        });
    }
}

/// The log line of a request.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    method: &'a str,
    route: Option<&'static str>,
    status: u16,
    ms: i64,
    calls: u32,
    read: usize,
    written: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<Cause<'a>>,
}

/// The log line of a cron run.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct CronLine<'a> {
    cron: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    looked_at: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registrations_deleted: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resumed: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resealed: Option<usize>,
    /// Wallets whose devices wait because their push service is not configured.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    push_not_configured: &'a [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<Cause<'a>>,
}

/// The log line of work from the queue that failed.
#[derive(Serialize)]
struct QueueLine<'a> {
    queue: &'static str,
    message: &'a str,
    trouble: Cause<'a>,
}

/// The log line of a worker that pushed.
#[derive(Serialize)]
struct PushLine<'a> {
    push: &'static str,
    delivered: i64,
    dead: i64,
    failed: i64,
    left: i64,
    /// What else came of pushes than delivery, and how often.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reasons: &'a [(String, i64)],
    /// Why the service took nothing: an outage, or our configuration; and the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'a (&'static str, String)>,
    ms: i64,
    calls: u32,
    read: usize,
    written: usize,
}

/// The log line of a setting that is wrong and that the service does without.
#[derive(Serialize)]
struct SettingLine<'a> {
    setting: &'a str,
}

/// The cause of trouble in storage's own words, which name statements and hosts but no values that were bound.
#[derive(Serialize)]
#[serde(untagged)]
enum Cause<'a> {
    Database { database: &'a str },
    Objects { objects: &'a str },
    Crypto { crypto: &'a str },
    Queue { queue: &'a str },
    Own(&'static str),
}

impl<'a> Cause<'a> {
    fn of(trouble: &'a Trouble) -> Self {
        match trouble {
            Trouble::Database(error) => Self::Database { database: &error.message },
            Trouble::Objects(error) => Self::Objects { objects: &error.0 },
            Trouble::Crypto(error) => Self::Crypto { crypto: &error.0 },
            Trouble::Queue(message) => Self::Queue { queue: message },
            Trouble::ObjectMissing(_) => Self::Own("a row names an object that is not in the bucket"),
            Trouble::Unreadable => Self::Own("a row or file is not of the form that this program gives it"),
        }
    }
}

impl<'a> From<&'a Failure> for Cause<'a> {
    fn from(failure: &'a Failure) -> Self {
        match failure {
            Failure::Trouble(trouble) => Self::of(trouble),
            Failure::Refusal(refusal) => Self::Own(refusal.detail()),
        }
    }
}

/// Writes the log line of a sweep: what was done, and what failed of it.
pub(crate) fn log_swept(swept: Swept, failure: Option<&Failure>) {
    log(&CronLine {
        cron: "sweep",
        looked_at: Some(swept.looked_at),
        deleted: Some(swept.deleted),
        registrations_deleted: Some(swept.registrations_deleted),
        trouble: failure.map(Cause::from),
        ..CronLine::default()
    });
}

/// Writes the log line of a look for work that was left, unless there was none.
pub(crate) fn log_resumed(outcome: &Result<Resumed, Failure>) {
    let (resumed, trouble) = (outcome.as_ref().ok(), outcome.as_ref().err().map(Cause::from));
    let not_configured = resumed.map_or(&[][..], |resumed| &resumed.not_configured);
    let push_not_configured: &[_] = &not_configured.iter().map(|client| client.name()).collect::<Vec<_>>();
    let resumed = resumed.map(|resumed| resumed.messages);
    if resumed != Some(0) || !push_not_configured.is_empty() {
        log(&CronLine { cron: "resume", resumed, push_not_configured, trouble, ..CronLine::default() });
    }
}

/// Writes the log line of private keys that were sealed anew, unless there were none.
pub(crate) fn log_resealed(outcome: &Result<usize, Failure>) {
    let (resealed, trouble) = (outcome.as_ref().ok().copied(), outcome.as_ref().err().map(Cause::from));
    if resealed != Some(0) {
        log(&CronLine { cron: "reseal", resealed, trouble, ..CronLine::default() });
    }
}

/// Writes the log line of work from the queue that failed.
pub(super) fn log_queue(queue: &'static str, message: &str, failure: &Failure) {
    log(&QueueLine { queue, message, trouble: Cause::from(failure) });
}

/// Writes the log line of a worker that pushed.
pub(super) fn log_pushed(worker: &Worker, concluded: &Concluded, usage: Usage) {
    let Concluded { delivered, dead, failed, left, reasons, held, .. } = concluded;
    let Usage { calls, rows_read, rows_written, .. } = usage;
    log(&PushLine {
        push: worker.client.name(),
        delivered: *delivered,
        dead: *dead,
        failed: *failed,
        left: *left,
        reasons,
        held: held.as_ref(),
        ms: now_ms().saturating_sub(worker.now_ms),
        calls,
        read: rows_read,
        written: rows_written,
    });
}

/// Writes the log line of a setting that is wrong.
pub(super) fn log_setting(setting: &str) {
    log(&SettingLine { setting });
}

fn log(line: &impl Serialize) {
    console::log_1(&JsValue::from(serde_json::to_string(line).unwrap_or_default()));
}

/// Unix milliseconds.
pub(crate) fn now_ms() -> i64 {
    milliseconds(Date::now())
}

/// Unix milliseconds as JavaScript has them.
#[expect(clippy::cast_possible_truncation, reason = "a float becomes the nearest integer there is")]
pub(crate) fn milliseconds(time: f64) -> i64 {
    time as i64
}
