//! Finds the passes of a change by filter, a page for each message, and makes a chunk of lines of them.
//!
//! The chunk is written before the transaction that names it and moves on. A crash in between leaves an object that no row
//! names, and the next worker looks at the same page again. Passes that are made during the walk may be missed.

use super::{by_filter::ChangeByFilter, intake::CHUNK_BYTES, key::key_of_chunk, run::Done};
use crate::{
    crypto::Crypto,
    endpoint::{InternalError, discard, run},
    issuer::{filter::Place, make::PassMaker},
    storage::{
        Batch, Database, Objects, Unreadable,
        sql::issuer::{bulk as sql, list::PageRow},
    },
};

/// The most lines of a chunk.
const CHUNK_LINES: i64 = 1000;

pub(super) async fn collect<D: Database, O: Objects, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    job: &str,
    worker: &str,
    claim: &sql::ClaimRow,
) -> Result<Done, InternalError> {
    let change = claim.change.as_deref().and_then(ChangeByFilter::from_json).ok_or(Unreadable)?;
    let filter = change.filter().ok_or(Unreadable)?;
    let after: Place = serde_json::from_str(&claim.position).unwrap_or_default();
    let rows = run(maker.database, &Batch::repeatable(vec![filter.page(&after, CHUNK_LINES)])).await?;
    let (found, next) = filter.found(&rows, CHUNK_LINES)?;
    let (chunk, taken) = to_chunk(&change, &found);
    let left = taken < found.len();
    let found = found.get(..taken).ok_or(Unreadable)?;
    // A chunk that is full of bytes ends before the page does. The walk goes on behind its last pass.
    let next = if left { found.last().map(|pass| (pass.pass_type.clone(), pass.serial.clone())) } else { next };
    let key = key_of_chunk(job, claim.total.saturating_add(1), worker, "lines.ndjson");
    if !found.is_empty() {
        maker.objects.put(&key, chunk.as_bytes()).await?;
    }
    let (from, lines) = (claim.position.as_str(), i64::try_from(found.len()).unwrap_or(i64::MAX));
    let to = next.as_ref().map(|next| serde_json::to_string(next).unwrap_or_default());
    let state = if to.is_some() { "collecting" } else { "running" };
    let to = to.as_deref().unwrap_or(from);
    let queries = vec![
        sql::CollectChunk { job, worker, from, lines, lines_key: &key }.query(),
        sql::Collect { job, worker, from, to, lines, state, now: maker.now() }.query(),
    ];
    let goes_on = run(maker.database, &Batch::once(queries)).await?.any::<sql::Collect>()?;
    if !goes_on && !found.is_empty() {
        discard(key, maker.objects).await;
    }
    Ok(Done::step(goes_on))
}

/// The lines of the first of these passes, until the chunk is full, and how many they are.
fn to_chunk(change: &ChangeByFilter, found: &[PageRow]) -> (String, usize) {
    let (mut chunk, mut taken) = (String::new(), 0_usize);
    for pass in found {
        if chunk.len() >= CHUNK_BYTES {
            break;
        }
        chunk.push_str(&change.stored_line(pass));
        chunk.push('\n');
        taken = taken.saturating_add(1);
    }
    (chunk, taken)
}
