//! Stores the outcomes of a chunk in the bucket, once all its lines are done: as NDJSON and as CSV.
//!
//! The objects are written before the row names them, under keys of their own. A crash in between leaves objects that no row
//! names, and the sweep deletes them.

use super::{key::key_of_chunk, results::to_csv};
use crate::{
    endpoint::{InternalError, discard, run},
    storage::{Batch, Database, Objects, sql::issuer::bulk as sql},
};

/// A chunk, and who stores its outcomes.
pub(super) struct Chunk<'a> {
    pub(super) job: &'a str,
    pub(super) worker: &'a str,
    pub(super) first_line: i64,
    pub(super) last_line: i64,
    /// Unix seconds.
    pub(super) now: i64,
}

impl Chunk<'_> {
    /// Stores the outcomes. Returns whether this worker still has the job.
    pub(super) async fn store<D: Database, O: Objects>(&self, database: &D, objects: &O) -> Result<bool, InternalError> {
        let Self { job, worker, first_line, last_line, now } = *self;
        let outcomes = sql::Outcomes { job, first_line, last_line };
        let rows = run(database, &Batch::repeatable(vec![outcomes.query()])).await?.all::<sql::Outcomes>()?;
        let outcomes: Vec<String> = rows.into_iter().filter_map(|row| row.outcome).collect();
        let (results, csv) = (outcomes.iter().fold(String::new(), |all, outcome| all + outcome + "\n"), to_csv(&outcomes));
        let [results_key, csv_key] = ["ndjson", "csv"].map(|ending| key_of_chunk(job, first_line, worker, ending));
        objects.put(&results_key, results.as_bytes()).await?;
        objects.put(&csv_key, csv.as_bytes()).await?;
        let (results_size, csv_size) = (size_of(&results), size_of(&csv));
        let (results_key_, csv_key_) = (&results_key, &csv_key);
        let queries = vec![
            sql::StoreResults { job, worker, first_line, results_key: results_key_, results_size, csv_key: csv_key_, csv_size }
                .query(),
            sql::Stored { job, worker, first_line, last_line, now }.query(),
        ];
        let is_stored = run(database, &Batch::once(queries)).await?.any::<sql::Stored>()?;
        if !is_stored {
            discard(results_key, objects).await;
            discard(csv_key, objects).await;
        }
        Ok(is_stored)
    }
}

fn size_of(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}
