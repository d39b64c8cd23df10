//! Deletes pass files that no row names, and device log counters that are too old to act on.
//!
//! A file loses its row when its pass is replaced, or never gets one when an upload is refused or dies half-way. It is
//! kept for [`KEPT_SECONDS`] after that: D1's Time Travel can bring any row of the last 30 days back, and a row must never
//! name a file that is gone. Since an upload's key is never used again, nothing can begin to name a file that is swept.
//!
//! Each run looks at one page of the bucket and remembers where it stopped. A crash at any point leaves the page to be
//! swept again; deleting twice is harmless.

use crate::{
    endpoint::{Trouble, run},
    issuer::{device_log::KEPT_DAYS, publish::address_of_object},
    store::{
        Batch, Database, ListedObject, Objects,
        sql::upkeep::sweep::{Forget, ForgetLog, Proceed, Progress, Unneeded},
    },
};

/// The longest that D1's Time Travel reaches back.
const KEPT_SECONDS: i64 = 30 * SECONDS_A_DAY;
const SECONDS_A_DAY: i64 = 86_400;

/// Objects looked at in one run.
const PAGE: u32 = 200;

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects looked at.
    pub looked_at: usize,
    /// Objects deleted.
    pub deleted: usize,
}

/// Sweeps one page; `now` is unix seconds.
///
/// # Errors
/// [`Trouble`] when storage does not answer; the next run does the same page again.
pub async fn sweep<D: Database, O: Objects>(database: &D, objects: &O, now: i64) -> Result<Swept, Trouble> {
    let rows = run(database, &Batch::repeatable(vec![Progress {}.query()])).await?;
    let (after,) = rows.first::<(String,)>(0)?.unwrap_or_default();
    let page = objects.list(&after, PAGE).await?;

    let deadline = now.saturating_sub(KEPT_SECONDS);
    let unneeded = unneeded(database, &page, deadline).await?;
    if !unneeded.is_empty() {
        objects.delete(&unneeded).await?;
    }
    // A page that is not full is the last: start from the beginning next time.
    let full = page.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    let progress = page.last().filter(|_| full).map_or("", |last| last.key.as_str());
    let keys = serde_json::to_string(&unneeded).unwrap_or_default();
    let before_day = now.div_euclid(SECONDS_A_DAY).saturating_sub(KEPT_DAYS);
    let done =
        vec![Forget { keys: &keys }.query(), Proceed { progress }.query(), ForgetLog { before_day }.query()];
    run(database, &Batch::repeatable(done)).await?;
    Ok(Swept { looked_at: page.len(), deleted: unneeded.len() })
}

/// The keys of the page's objects that are old enough, that no pass names, and that were not replaced after `deadline`.
async fn unneeded<D: Database>(
    database: &D,
    page: &[ListedObject],
    deadline: i64,
) -> Result<Vec<String>, Trouble> {
    let candidates: Vec<_> = page
        .iter()
        .filter(|object| object.uploaded_at < deadline)
        .filter_map(|object| {
            let address = address_of_object(&object.key)?;
            Some((address.pass_type, address.serial, object.key.as_str()))
        })
        .collect();
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let candidates = serde_json::to_string(&candidates).unwrap_or_default();
    let statement = Unneeded { candidates: &candidates, retired_before: deadline };
    let rows = run(database, &Batch::repeatable(vec![statement.query()])).await?;
    Ok(rows.all(0)?.into_iter().map(|(key,)| key).collect())
}
