//! Deletes jobs 30 days after they finished, with their objects.
//!
//! The rows are deleted before the objects. A crash in between leaves objects that no row names, and the sweep deletes them.

use crate::{
    endpoint::{InternalError, run},
    storage::{Batch, Database, Objects, sql::issuer::bulk as sql},
};

/// How long a finished job stays, in seconds.
const KEPT_SECONDS: i64 = 30 * 86_400;

/// The jobs of one run. A job has some hundred objects.
const MOST: i64 = 10;

/// The most objects that the bucket deletes at a time.
const AT_ONCE: usize = 1000;

/// Deletes some outdated jobs. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when storage does not answer. The next run continues.
pub async fn delete_outdated<D: Database, O: Objects>(database: &D, objects: &O, now: i64) -> Result<(), InternalError> {
    let outdated = sql::Outdated { before: now.saturating_sub(KEPT_SECONDS), limit: MOST };
    let rows = run(database, &Batch::repeatable(vec![outdated.query()])).await?;
    for sql::OutdatedRow { job } in rows.all::<sql::Outdated>()? {
        let job = job.as_str();
        let queries = vec![sql::Objects { job }.query(), sql::DeleteChunks { job }.query(), sql::Delete { job }.query()];
        let rows = run(database, &Batch::once(queries)).await?.all::<sql::Objects>()?;
        let keys = rows.into_iter().flat_map(|row| [Some(row.lines_key), row.results_key, row.csv_key]);
        let keys: Vec<String> = keys.flatten().collect();
        for keys in keys.chunks(AT_ONCE) {
            objects.delete(keys).await?;
        }
    }
    Ok(())
}
