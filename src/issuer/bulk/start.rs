//! `POST /issuer/v1/jobs`: stores a job whose lines were [taken](super::Intake), or whose lines a filter will find: 202 with
//! its progress and its address.
//!
//! One transaction inserts the job and its chunks. A crash before it leaves objects that no row names, and the sweep deletes
//! them. After a crash behind it the job is stored, and the cron trigger sends its message. A job that is stored again under
//! the same name stays as it is.

use super::{ChangeByFilter, JobMessage, Taken, progress::Progress};
use crate::{
    endpoint::Endpoint,
    http::Reply,
    storage::{Batch, Rows, Unreadable, sql::issuer::bulk as sql},
};

/// An issuer starts a job.
#[derive(Debug)]
pub struct StartJob {
    job: String,
    /// A change by filter, as it is stored.
    change: Option<String>,
    total: i64,
    /// A JSON array of `[firstLine, lastLine, key]`.
    chunks: String,
    first_key: String,
    now: i64,
}

impl StartJob {
    /// `job` is a name that no other job has. `now` is unix seconds.
    #[must_use]
    pub fn new(job: String, taken: &Taken, now: i64) -> Self {
        Self {
            job,
            change: None,
            total: taken.lines,
            chunks: serde_json::to_string(&taken.chunks).unwrap_or_default(),
            first_key: taken.chunks.first().map(|(_, _, key)| key.clone()).unwrap_or_default(),
            now,
        }
    }

    /// A job that changes all passes of a filter.
    #[must_use]
    pub fn by_filter(job: String, change: &ChangeByFilter, now: i64) -> Self {
        let (change, chunks) = (Some(change.to_json()), "[]".to_owned());
        Self { job, change, total: 0, chunks, first_key: String::new(), now }
    }

    /// Whether the job has these lines. If not, it was stored before with objects of its own.
    ///
    /// # Errors
    /// [`Unreadable`] when the rows are not those of the statements.
    pub fn is_stored(&self, rows: &Rows) -> Result<bool, Unreadable> {
        Ok(rows.first::<sql::FirstChunk>()?.is_some_and(|chunk| chunk.lines_key == self.first_key))
    }
}

impl Endpoint for StartJob {
    fn ask(&self) -> Batch<'_> {
        let job = self.job.as_str();
        let state = if self.change.is_some() { "collecting" } else { "running" };
        Batch::repeatable(vec![
            sql::Create { job, state, change: self.change.as_deref(), total: self.total, now: self.now }.query(),
            sql::CreateChunks { job, chunks: &self.chunks }.query(),
            sql::FirstChunk { job }.query(),
            sql::Progress { job }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let progress = Progress::from_row(rows.first::<sql::Progress>()?.ok_or(Unreadable)?);
        let reply = Reply::json(202, &progress).with("location", format!("jobs/{}", self.job));
        Ok(reply.with_messages(vec![JobMessage(self.job.clone()).to_message()]))
    }
}
