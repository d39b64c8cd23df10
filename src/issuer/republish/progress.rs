//! The progress of the newest run.

use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, date},
    storage::{Batch, Rows, Unreadable, sql::issuer::republish as sql},
};
use serde::{Deserialize, Serialize};

/// An issuer asks for the progress of a run.
#[derive(Debug, Clone)]
pub struct ShowProgress {
    /// The template's name.
    pub template: String,
}

impl Endpoint for ShowProgress {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::Progress { template: &self.template }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match Run::from_rows(&self.template, rows)? {
            None => ClientError::NotFound("There is no such template, or its passes were never republished.").into(),
            Some(run) => Reply::json(200, &run),
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
    /// Passes done so far.
    done: i64,
    changed: i64,
    unchanged: i64,
    failed: i64,
    /// The first passes that failed.
    failures: Vec<FailedPass>,
}

/// A pass that failed. In the database it is an array, in answers an object.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailedPass {
    pass_type_identifier: String,
    serial_number: String,
    reason: String,
}

impl<'a> Run<'a> {
    /// The newest run of the template, if there was one.
    pub(super) fn from_rows(template: &'a str, rows: &Rows) -> Result<Option<Self>, Unreadable> {
        let Some(row) = rows.first::<sql::Progress>()? else { return Ok(None) };
        let sql::ProgressRow { started_at, updated_at, finished_at, total, changed, unchanged, failed, failures } = row;
        Ok(Some(Self {
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
}
