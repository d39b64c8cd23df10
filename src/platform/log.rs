//! The operator's log: lines of JSON. No line has tokens, device identifiers or serial numbers. A request's route is its
//! pattern, not its path.

use super::now_ms;
use crate::{
    endpoint::{Error, InternalError},
    http::ClientError,
    issuer::bulk::Done,
    jobs::{Applied, Resumed},
    push::{PageResults, Worker},
    storage::Usage,
    upkeep::Swept,
};
use pkpass::DefectCode;
use serde::Serialize;
use worker::console_log;

/// The log line of a request.
#[derive(Serialize)]
pub(super) struct RequestLine<'a> {
    pub(super) id: &'a str,
    pub(super) method: &'a str,
    pub(super) route: Option<&'static str>,
    pub(super) status: u16,
    pub(super) ms: i64,
    pub(super) calls: u32,
    pub(super) read: usize,
    pub(super) written: usize,
    #[serde(rename = "trouble", skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<LoggedError<'a>>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    incremented: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<usize>,
    /// Wallets whose devices wait because their push service is not configured.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    push_not_configured: &'a [&'static str],
    #[serde(rename = "trouble", skip_serializing_if = "Option::is_none")]
    error: Option<LoggedError<'a>>,
}

/// The log line of queue work that failed.
#[derive(Serialize)]
struct QueueLine<'a> {
    queue: &'static str,
    message: &'a str,
    #[serde(rename = "trouble")]
    error: LoggedError<'a>,
}

/// The log line of a push worker.
#[derive(Serialize)]
struct PushLine<'a> {
    push: &'static str,
    delivered: i64,
    dead: i64,
    failed: i64,
    left: i64,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reasons: &'a [(String, i64)],
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'a (&'static str, String)>,
    ms: i64,
    calls: u32,
    read: usize,
    written: usize,
}

/// The log line of a step of a job.
#[derive(Serialize)]
struct JobLine {
    job: &'static str,
    lines: i64,
    ms: i64,
    calls: u32,
    read: usize,
    written: usize,
}

/// The log line of a wrong setting that the service does not need.
#[derive(Serialize)]
struct SettingLine<'a> {
    setting: &'a str,
}

/// An error in the words of the system that failed. They name statements and hosts, but no values.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum LoggedError<'a> {
    Database { database: &'a str },
    Objects { objects: &'a str },
    Crypto { crypto: &'a str },
    Queue { queue: &'a str },
    Defect { defect: DefectCode },
    Own(&'static str),
}

impl<'a> From<&'a Error> for LoggedError<'a> {
    fn from(error: &'a Error) -> Self {
        let error = match error {
            Error::InternalError(error) => error,
            Error::ClientError(error) => return Self::from_client_error(error),
        };
        match error {
            InternalError::Database(error) => Self::Database { database: &error.message },
            InternalError::Objects(error) => Self::Objects { objects: &error.0 },
            InternalError::Crypto(error) => Self::Crypto { crypto: &error.0 },
            InternalError::Queue(message) => Self::Queue { queue: message },
            InternalError::ObjectMissing(_) => Self::Own("a row names an object that is not in the bucket"),
            InternalError::Unreadable => Self::Own("a row or file is not of the form that this program gives it"),
        }
    }
}

impl LoggedError<'_> {
    /// The message of a defect may have a value of the pass.
    fn from_client_error(error: &ClientError) -> Self {
        let defect = error.report().and_then(|report| report.defects.first());
        defect.map_or(Self::Own(error.detail()), |defect| Self::Defect { defect: defect.code })
    }
}

/// Logs a sweep.
pub(crate) fn log_swept(swept: Swept, error: Option<&Error>) {
    log(&CronLine {
        cron: "sweep",
        looked_at: Some(swept.looked_at),
        deleted: Some(swept.deleted),
        registrations_deleted: Some(swept.registrations_deleted),
        error: error.map(LoggedError::from),
        ..CronLine::default()
    });
}

/// Logs a look for due work, unless it found nothing.
pub(crate) fn log_resumed(outcome: &Result<Resumed, Error>) {
    let (resumed, error) = (outcome.as_ref().ok(), outcome.as_ref().err().map(LoggedError::from));
    let not_configured = resumed.map_or(&[][..], |resumed| &resumed.not_configured);
    let push_not_configured: &[_] = &not_configured.iter().map(|wallet| wallet.name()).collect::<Vec<_>>();
    let resumed = resumed.map(|resumed| resumed.messages);
    if resumed != Some(0) || !push_not_configured.is_empty() {
        log(&CronLine { cron: "resume", resumed, push_not_configured, error, ..CronLine::default() });
    }
}

/// Logs the number of resealed private keys, unless it is 0.
pub(crate) fn log_resealed(outcome: &Result<usize, Error>) {
    let (resealed, error) = (outcome.as_ref().ok().copied(), outcome.as_ref().err().map(LoggedError::from));
    if resealed != Some(0) {
        log(&CronLine { cron: "reseal", resealed, error, ..CronLine::default() });
    }
}

/// Logs the passes with pending increments, unless there was none to make.
pub(crate) fn log_increments(outcome: &Result<Applied, Error>) {
    let (applied, error) = (outcome.as_ref().ok().copied(), outcome.as_ref().err().map(LoggedError::from));
    if applied != Some(Applied::default()) {
        let (incremented, failed) = applied.map(|applied| (applied.made, applied.failed)).unzip();
        log(&CronLine { cron: "increments", incremented, failed, error, ..CronLine::default() });
    }
}

/// Logs queue work that failed.
pub(super) fn log_queue(queue: &'static str, message: &str, error: &Error) {
    log(&QueueLine { queue, message, error: LoggedError::from(error) });
}

/// Logs the work of a push worker.
pub(super) fn log_pushed(worker: &Worker, results: &PageResults, usage: Usage) {
    let PageResults { delivered, dead, failed, left, reasons, held, .. } = results;
    let Usage { calls, rows_read: read, rows_written: written, .. } = usage;
    log(&PushLine {
        push: worker.wallet.name(),
        delivered: *delivered,
        dead: *dead,
        failed: *failed,
        left: *left,
        reasons,
        held: held.as_ref(),
        ms: now_ms().saturating_sub(worker.now_ms),
        calls,
        read,
        written,
    });
}

/// Logs a step of a job.
pub(super) fn log_job(done: &Done, began_ms: i64, usage: Usage) {
    let Usage { calls, rows_read: read, rows_written: written, .. } = usage;
    log(&JobLine { job: "step", lines: done.lines, ms: now_ms().saturating_sub(began_ms), calls, read, written });
}

/// Logs a wrong setting.
pub(super) fn log_setting(setting: &str) {
    log(&SettingLine { setting });
}

/// Writes a line.
pub(super) fn log(line: &impl Serialize) {
    console_log!("{}", serde_json::to_string(line).unwrap_or_default());
}
