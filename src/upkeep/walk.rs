//! The place of a job that walks over a table, a page per call. A walk begins at most once a day: most tables are small.

use super::SECONDS_A_DAY;
use crate::{
    endpoint::{InternalError, run},
    storage::{
        Batch, Database, Query,
        sql::upkeep::sweep::{Proceed, Walk as Stored},
    },
};

/// The place of a job in its table.
#[derive(Debug)]
pub(super) struct Walk {
    job: &'static str,
    /// Unix seconds.
    began: i64,
    /// The primary key of the last row that was looked at. Empty at the beginning and at the end.
    last: Vec<String>,
}

impl Walk {
    /// The current walk, or a new one. `None` when the last one ended, and began less than a day ago. `now` is unix seconds.
    pub(super) async fn resume<D: Database>(database: &D, job: &'static str, now: i64) -> Result<Option<Self>, InternalError> {
        let rows = run(database, &Batch::repeatable(vec![Stored { job }.query()])).await?;
        // An earlier version may have left a row of another form.
        let stored: Option<(i64, Vec<String>)> = rows.text::<Stored>()?.and_then(|json| serde_json::from_str(json).ok());
        Ok(match stored {
            Some((began, last)) if !last.is_empty() => Some(Self { job, began, last }),
            Some((began, _)) if (0..SECONDS_A_DAY).contains(&now.saturating_sub(began)) => None,
            _ => Some(Self { job, began: now, last: Vec::new() }),
        })
    }

    /// A column of the last primary key. `None` at the beginning.
    pub(super) fn column(&self, index: usize) -> Option<&str> {
        self.last.get(index).map(String::as_str)
    }

    /// The place after a page that ends with this primary key. `None`: it was the last page.
    pub(super) fn after(&self, last: Option<Vec<String>>) -> Self {
        Self { job: self.job, began: self.began, last: last.unwrap_or_default() }
    }

    /// Whether a place from [`after`](Self::after) is the end.
    pub(super) fn is_over(&self) -> bool {
        self.last.is_empty()
    }

    /// What [`resume`](Self::resume) reads.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(&(self.began, &self.last)).unwrap_or_default()
    }

    /// Stores this place. `progress` is [its JSON](Self::to_json).
    pub(super) fn proceed<'a>(&self, progress: &'a str) -> Query<'a> {
        Proceed { job: self.job, progress }.query()
    }
}
