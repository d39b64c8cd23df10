//! The queue message of a job: do its next step. The row decides which, so a lost or repeated message does no harm.

use crate::{
    endpoint::{InternalError, run},
    message::Message,
    storage::{Batch, Database, sql::issuer::bulk as sql},
};

/// After so many seconds without progress, the next message of a job counts as lost.
pub const STALE_SECONDS: i64 = 60;

/// For how many jobs one cron trigger sends messages.
const MOST_JOBS: i64 = 100;

/// Continue this job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobMessage(pub String);

impl JobMessage {
    /// Reads a message. `None` when it is of another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, job): (String, String) = serde_json::from_str(text).ok()?;
        (kind == "job").then_some(Self(job))
    }

    /// The message for the queue.
    #[must_use]
    pub fn to_message(&self) -> Message {
        Message::now(serde_json::to_string(&("job", &self.0)).unwrap_or_default())
    }
}

/// The jobs whose next message seems to be lost. The database notes that they are sent again. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn resume<D: Database>(database: &D, now: i64) -> Result<Vec<JobMessage>, InternalError> {
    let statement = sql::Resume { before: now.saturating_sub(STALE_SECONDS), limit: MOST_JOBS, now };
    let rows = run(database, &Batch::once(vec![statement.query()])).await?;
    Ok(rows.all::<sql::Resume>()?.into_iter().map(|row| JobMessage(row.job)).collect())
}
