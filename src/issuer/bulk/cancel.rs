//! `POST /issuer/v1/jobs/{job}/cancel`: no more lines are done. Those that are done stay, and their phones are told.
//!
//! A crash before the transaction changes nothing. After one behind it the job is cancelled, and the cron trigger sends its
//! message. It can be repeated.

use super::{JobMessage, UNKNOWN, progress::Progress};
use crate::{
    endpoint::Endpoint,
    http::Reply,
    storage::{Batch, Rows, Unreadable, sql::issuer::bulk as sql},
};

/// An issuer cancels a job.
#[derive(Debug, Clone)]
pub struct CancelJob {
    /// The job.
    pub job: String,
    /// Unix seconds.
    pub now: i64,
}

impl Endpoint for CancelJob {
    fn ask(&self) -> Batch<'_> {
        let job = self.job.as_str();
        Batch::repeatable(vec![sql::Cancel { job, now: self.now }.query(), sql::Progress { job }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(row) = rows.first::<sql::Progress>()? else { return Ok(UNKNOWN.into()) };
        let is_finished = row.finished_at.is_some();
        let reply = Reply::json(200, &Progress::from_row(row));
        Ok(if is_finished { reply } else { reply.with_messages(vec![JobMessage(self.job.clone()).to_message()]) })
    }
}
