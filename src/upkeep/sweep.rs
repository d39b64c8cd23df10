//! Deletes files of passes and templates that no row names, old counters of the device log, and answers that were kept for
//! repetitions of a request.
//!
//! A file has no row after its pass was replaced, after the database was restored, or when its upload was refused or crashed.
//! The sweep notes such a file, and keeps it for [`KEPT_SECONDS`] more: D1's Time Travel can restore any row of the last 30
//! days, and its file must still exist. An upload's key is never used again, so no new row can name a swept file.
//!
//! Each call looks at one page of the bucket, and stores the place. A crash before that repeats the page. A crash before the
//! files are deleted leaves files that the sweep notes again, and deletes later.

use super::SECONDS_A_DAY;
use crate::{
    endpoint::{InternalError, run},
    issuer::{
        bulk::job_of_object,
        device_log::KEPT_DAYS,
        idempotency,
        publish::{address_of_object, template_of_object},
    },
    storage::{
        Batch, Database, Objects,
        sql::upkeep::sweep::{Forget, ForgetAnswers, ForgetLog, Notice, Proceed, Progress, Unneeded},
    },
};

/// The reach of D1's Time Travel.
const KEPT_SECONDS: i64 = 30 * SECONDS_A_DAY;

/// The objects of one call.
const PAGE: u32 = 500;

/// The pages of one run: with the hourly trigger, 120,000 objects a day.
const PAGES: u32 = 10;

/// The most answers to idempotent requests that are deleted with a page. An hour has at least one page.
const ANSWERS: i64 = 10_000;

/// What a call did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects looked at.
    pub looked_at: usize,
    /// Objects deleted.
    pub deleted: usize,
    /// Registrations deleted, by [`sweep_all`](super::sweep_all).
    pub registrations_deleted: usize,
    /// Whether the end of the bucket was reached.
    pub finished: bool,
}

/// Sweeps some pages, or to the end of the bucket. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when storage does not answer. The next run continues from the stored place.
pub async fn sweep_pages<D: Database, O: Objects>(database: &D, objects: &O, now: i64) -> Result<Swept, InternalError> {
    let mut total = Swept::default();
    for _ in 0..PAGES {
        let Swept { looked_at, deleted, finished, .. } = sweep(database, objects, now).await?;
        total.looked_at = total.looked_at.saturating_add(looked_at);
        total.deleted = total.deleted.saturating_add(deleted);
        total.finished = finished;
        if finished {
            break;
        }
    }
    Ok(total)
}

/// Sweeps one page. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when storage does not answer. The next run repeats the page.
pub async fn sweep<D: Database, O: Objects>(database: &D, objects: &O, now: i64) -> Result<Swept, InternalError> {
    let rows = run(database, &Batch::repeatable(vec![Progress {}.query()])).await?;
    let after = rows.first::<Progress>()?.map(|progress| progress.after).unwrap_or_default();
    let (page, more) = objects.list(&after, PAGE).await?;

    let unneeded = find_unneeded(database, &page, now).await?;
    let progress = page.last().filter(|_| more).map_or("", String::as_str);
    let keys = serde_json::to_string(&unneeded).unwrap_or_default();
    let before_day = now.div_euclid(SECONDS_A_DAY).saturating_sub(KEPT_DAYS);
    let before = now.saturating_sub(idempotency::KEPT_SECONDS);
    let done = vec![
        Forget { keys: &keys }.query(),
        Proceed { job: "sweep", progress }.query(),
        ForgetLog { before_day }.query(),
        ForgetAnswers { before, limit: ANSWERS }.query(),
    ];
    run(database, &Batch::repeatable(done)).await?;
    if !unneeded.is_empty() {
        objects.delete(&unneeded).await?;
    }
    Ok(Swept { looked_at: page.len(), deleted: unneeded.len(), finished: !more, ..Swept::default() })
}

/// The keys of the page's objects that have had no row for long enough.
async fn find_unneeded<D: Database>(database: &D, page: &[String], now: i64) -> Result<Vec<String>, InternalError> {
    let candidates = page.iter().filter_map(|key| owner(key).map(|(folder, name, line)| (folder, name, key, line)));
    let candidates: Vec<_> = candidates.collect();
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let candidates = serde_json::to_string(&candidates).unwrap_or_default();
    let notice = Notice { candidates: &candidates, now };
    let unneeded = Unneeded { candidates: &candidates, retired_before: now.saturating_sub(KEPT_SECONDS) };
    let rows = run(database, &Batch::repeatable(vec![notice.query(), unneeded.query()])).await?;
    Ok(rows.all::<Unneeded>()?.into_iter().map(|row| row.object_key).collect())
}

/// The owner of a file: a pass type and a serial number, or an empty text and a template's name, or `jobs` and a job with the
/// first line of a chunk.
fn owner(key: &str) -> Option<(String, String, Option<i64>)> {
    if let Some((job, first_line)) = job_of_object(key) {
        return Some(("jobs".to_owned(), job, Some(first_line)));
    }
    match address_of_object(key) {
        Some(address) => Some((address.pass_type, address.serial, None)),
        None => Some((String::new(), template_of_object(key)?, None)),
    }
}
