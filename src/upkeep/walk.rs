//! A walk over a whole table, a page at a time, from run to run of the cron trigger. It begins once a day at most: most tables are
//! small, and need not be read each hour.

use crate::{
    endpoint::{InternalError, run},
    storage::{
        Batch, Database,
        sql::upkeep::sweep::{Proceed, Walk as Stored},
    },
};

const SECONDS_A_DAY: i64 = 86_400;

/// How far a job is in its table.
#[derive(Debug)]
pub(super) struct Walk {
    job: &'static str,
    /// Unix seconds.
    began: i64,
    /// The primary key up to which rows were looked at; empty at the beginning, and at the end.
    after: Vec<String>,
}

impl Walk {
    /// The walk under way, or one that begins; `None` when the last one is over and began less than a day ago. `now` is unix
    /// seconds.
    pub(super) async fn resume<D: Database>(database: &D, job: &'static str, now: i64) -> Result<Option<Self>, InternalError> {
        let rows = run(database, &Batch::repeatable(vec![Stored { job }.query()])).await?;
        // Where the row is of another form, an earlier version left it.
        let stored: Option<(i64, Vec<String>)> = rows.text::<Stored>()?.and_then(|json| serde_json::from_str(json).ok());
        Ok(match stored {
            Some((began, after)) if !after.is_empty() => Some(Self { job, began, after }),
            Some((began, _)) if (0..SECONDS_A_DAY).contains(&now.saturating_sub(began)) => None,
            _ => Some(Self { job, began: now, after: Vec::new() }),
        })
    }

    /// A column of the primary key after which the next page begins; `None` at the beginning.
    pub(super) fn column(&self, index: usize) -> Option<&str> {
        self.after.get(index).map(String::as_str)
    }

    /// The walk behind a page: after its last row, or at the end.
    pub(super) fn behind(&self, last: Option<Vec<String>>) -> Self {
        Self { job: self.job, began: self.began, after: last.unwrap_or_default() }
    }

    /// Whether it is at the end, as one that came out of [`behind`](Self::behind).
    pub(super) fn is_over(&self) -> bool {
        self.after.is_empty()
    }

    /// What a later [`resume`](Self::resume) reads, for [`Proceed`].
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(&(self.began, &self.after)).unwrap_or_default()
    }

    /// The statement that stores this place; `progress` is [its JSON](Self::to_json).
    pub(super) fn proceed<'a>(&self, progress: &'a str) -> Proceed<'a> {
        Proceed { job: self.job, progress }
    }
}
