//! How far the newest run came.

use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, date},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::republish::{Progress as Statement, ProgressRow},
    },
};
use serde::{Deserialize, Serialize};

/// An issuer asks how far a run came.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The template's name.
    pub template: String,
}

impl Endpoint for Progress {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![Statement { template: &self.template }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match read(&self.template, rows)? {
            None => ClientError::NotFound("There is no such template, or its passes were never republished.").into(),
            Some(run) => run.reply(200),
        })
    }
}

/// A run in the issuer API's JSON.
#[derive(Serialize)]
pub(super) struct Run<'a> {
    template: &'a str,
    state: &'static str,
    started: String,
    updated: String,
    finished: Option<String>,
    /// Passes of the template when the run started.
    total: i64,
    /// Passes looked at so far.
    done: i64,
    changed: i64,
    unchanged: i64,
    failed: i64,
    /// The first passes that failed.
    failures: Vec<FailedPass>,
}

/// A pass that failed: an array in the database, an object in answers.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailedPass {
    pass_type_identifier: String,
    serial_number: String,
    reason: String,
}

impl Run<'_> {
    pub(super) fn reply(&self, status: u16) -> Reply {
        Reply::json(status, self)
    }
}

/// The newest run of the template, if there was one.
pub(super) fn read<'a>(template: &'a str, rows: &Rows) -> Result<Option<Run<'a>>, Unreadable> {
    let Some(row) = rows.first::<Statement>()? else { return Ok(None) };
    let ProgressRow { started_at, updated_at, finished_at, total, changed, unchanged, failed, failures } = row;
    Ok(Some(Run {
        template,
        state: if finished_at.is_some() { "finished" } else { "running" },
        started: date::format(started_at),
        updated: date::format(updated_at),
        finished: finished_at.map(date::format),
        total,
        done: changed.saturating_add(unchanged).saturating_add(failed),
        changed,
        unchanged,
        failed,
        failures: serde_json::from_str(&failures).map_err(|_| Unreadable)?,
    }))
}
