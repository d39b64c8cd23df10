//! `GET /issuer/v1/jobs/{job}`: how far a job came.

use super::UNKNOWN;
use crate::{
    endpoint::Endpoint,
    http::{Reply, date},
    storage::{Batch, Rows, Unreadable, sql::issuer::bulk as sql},
};
use serde::Serialize;

/// An issuer asks for the progress of a job.
#[derive(Debug, Clone)]
pub struct ShowJob {
    /// The job.
    pub job: String,
}

impl Endpoint for ShowJob {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::Progress { job: &self.job }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match rows.first::<sql::Progress>()? {
            None => UNKNOWN.into(),
            Some(row) => Reply::json(200, &Progress::from_row(row)),
        })
    }
}

/// A job in the issuer API's JSON.
#[derive(Serialize)]
pub(super) struct Progress {
    job: String,
    /// `collecting`, `running`, `pushing`, `finished`, `cancelling`, `cancelled`
    state: String,
    /// Lines. While the job collects, those found so far.
    total: i64,
    /// Lines with an outcome.
    done: i64,
    succeeded: i64,
    failed: i64,
    created: String,
    updated: String,
    finished: Option<String>,
}

impl Progress {
    pub(super) fn from_row(row: sql::ProgressRow) -> Self {
        let sql::ProgressRow { job, state, created_at, updated_at, finished_at, cancelled_at, total, succeeded, failed } = row;
        Self {
            job,
            state: match (cancelled_at, finished_at) {
                (None, _) => state,
                (Some(_), None) => "cancelling".to_owned(),
                (Some(_), Some(_)) => "cancelled".to_owned(),
            },
            total,
            done: succeeded.saturating_add(failed),
            succeeded,
            failed,
            created: date::format(created_at),
            updated: date::format(updated_at),
            finished: finished_at.map(date::format),
        }
    }
}
