//! What the operator sees: lines of JSON in the log. None holds tokens, device identifiers or serial numbers: the route of a
//! request is its pattern, not the path.

use super::now_ms;
use crate::{
    endpoint::{Error, InternalError},
    jobs::Resumed,
    push::{PageResults, Worker},
    storage::Usage,
    upkeep::Swept,
};
use serde::Serialize;
use worker::console_log;

/// What is logged of a request.
pub(super) struct RequestLine<'a> {
    pub(super) id: &'a str,
    pub(super) method: &'a str,
    pub(super) route: Option<&'static str>,
    pub(super) status: u16,
    pub(super) ms: i64,
    pub(super) usage: Usage,
    pub(super) failure: Option<&'a Error>,
}

/// Writes the log line of a request.
pub(super) fn log_request(line: &RequestLine<'_>) {
    let Usage { calls, rows_read, rows_written, .. } = line.usage;
    log(&Line {
        id: line.id,
        method: line.method,
        route: line.route,
        status: line.status,
        ms: line.ms,
        calls,
        read: rows_read,
        written: rows_written,
        trouble: line.failure.map(Cause::from),
    });
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
    fn of(trouble: &'a InternalError) -> Self {
        match trouble {
            InternalError::Database(error) => Self::Database { database: &error.message },
            InternalError::Objects(error) => Self::Objects { objects: &error.0 },
            InternalError::Crypto(error) => Self::Crypto { crypto: &error.0 },
            InternalError::Queue(message) => Self::Queue { queue: message },
            InternalError::ObjectMissing(_) => Self::Own("a row names an object that is not in the bucket"),
            InternalError::Unreadable => Self::Own("a row or file is not of the form that this program gives it"),
        }
    }
}

impl<'a> From<&'a Error> for Cause<'a> {
    fn from(failure: &'a Error) -> Self {
        match failure {
            Error::InternalError(trouble) => Self::of(trouble),
            Error::ClientError(refusal) => Self::Own(refusal.detail()),
        }
    }
}

/// Writes the log line of a sweep: what was done, and what failed of it.
pub(crate) fn log_swept(swept: Swept, failure: Option<&Error>) {
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
pub(crate) fn log_resumed(outcome: &Result<Resumed, Error>) {
    let (resumed, trouble) = (outcome.as_ref().ok(), outcome.as_ref().err().map(Cause::from));
    let not_configured = resumed.map_or(&[][..], |resumed| &resumed.not_configured);
    let push_not_configured: &[_] = &not_configured.iter().map(|client| client.name()).collect::<Vec<_>>();
    let resumed = resumed.map(|resumed| resumed.messages);
    if resumed != Some(0) || !push_not_configured.is_empty() {
        log(&CronLine { cron: "resume", resumed, push_not_configured, trouble, ..CronLine::default() });
    }
}

/// Writes the log line of private keys that were sealed anew, unless there were none.
pub(crate) fn log_resealed(outcome: &Result<usize, Error>) {
    let (resealed, trouble) = (outcome.as_ref().ok().copied(), outcome.as_ref().err().map(Cause::from));
    if resealed != Some(0) {
        log(&CronLine { cron: "reseal", resealed, trouble, ..CronLine::default() });
    }
}

/// Writes the log line of work from the queue that failed.
pub(super) fn log_queue(queue: &'static str, message: &str, failure: &Error) {
    log(&QueueLine { queue, message, trouble: Cause::from(failure) });
}

/// Writes the log line of a worker that pushed.
pub(super) fn log_pushed(worker: &Worker, results: &PageResults, usage: Usage) {
    let PageResults { delivered, dead, failed, left, reasons, held, .. } = results;
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
    console_log!("{}", serde_json::to_string(line).unwrap_or_default());
}
