//! Removes registrations of wallets that nobody can push to, a while after they were last made.
//!
//! Anyone who holds a pass may register it under any number of names, and such a wallet never unregisters. Apple's are not among
//! them, and neither are those of a wallet that the operator lets in or set up: their push service may be set up later, or again.
//!
//! A wallet that stops being let in may be a slip in a setting, and deleted registrations come back only when phones make them
//! again. So it is noted since when a wallet is not wanted, and its registrations stay for a while after that, too. Only wallets
//! that a setting can name are noted; a name that no setting can bring back has no such time.
//!
//! Each call looks at some pages and remembers where it stopped. A page and the place behind it are one transaction, so a crash
//! leaves a page to be looked at, or one that was.

use super::walk::Walk;
use crate::{
    endpoint::{InternalError, run},
    push,
    storage::{
        Batch, Database,
        sql::upkeep::sweep::{EndOfRegistrations, Proceed, RemoveUnreachable, Unwanted},
    },
    wallet::Wallet,
};

/// How long a registration stays, in seconds, counted from when it was last made, and from when its wallet was first seen
/// unwanted.
const KEPT_SECONDS: i64 = 30 * 86_400;

/// Registrations of a page.
const PAGE: i64 = 10_000;

/// Pages of one run of the cron trigger: with the hourly trigger, 2,400,000 registrations a day.
const PAGES: u32 = 10;

/// Looks at some pages, or to the end, and tells how many registrations it removed. `wanted` are the wallets that are let in or
/// set up; `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer; the next run goes on where this one stopped.
pub async fn remove_unreachable<D: Database>(database: &D, wanted: &[Wallet], now: i64) -> Result<usize, InternalError> {
    let kept = push::names(&note_unwanted(database, wanted, now).await?);
    let Some(mut walk) = Walk::resume(database, "registrations", now).await? else { return Ok(0) };
    let mut removed = 0_usize;
    for _ in 0..PAGES {
        let (page, behind) = remove_page(database, &walk, &kept, now).await?;
        removed = removed.saturating_add(page);
        if behind.is_over() {
            break;
        }
        walk = behind;
    }
    Ok(removed)
}

/// Looks at the page after a place. The number of removed registrations, and the place behind the page.
async fn remove_page<D: Database>(database: &D, walk: &Walk, kept: &str, now: i64) -> Result<(usize, Walk), InternalError> {
    let (device, pass_type, serial) = (walk.column(0), walk.column(1), walk.column(2));
    let end = EndOfRegistrations { device, pass_type, serial, limit: PAGE };
    let rows = run(database, &Batch::repeatable(vec![end.query()])).await?;
    let end = rows.first::<EndOfRegistrations>()?;
    let behind = walk.behind(end.map(|end| vec![end.device, end.pass_type, end.serial]));
    let before = now.saturating_sub(KEPT_SECONDS);
    let remove = RemoveUnreachable { device, pass_type, serial, limit: PAGE, kept, before };
    let progress = behind.to_json();
    // Sent again after its answer was lost, it removes nothing more, and the number is too small.
    let rows = run(database, &Batch::repeatable(vec![remove.query(), behind.proceed(&progress).query()])).await?;
    Ok((rows.count::<RemoveUnreachable>()?, behind))
}

/// Notes which wallets are not wanted, and forgets those that are again. The wallets whose registrations stay: those that are
/// wanted, and those that were not long enough ago.
async fn note_unwanted<D: Database>(database: &D, wanted: &[Wallet], now: i64) -> Result<Vec<Wallet>, InternalError> {
    let rows = run(database, &Batch::repeatable(vec![Unwanted {}.query()])).await?;
    let noted = rows.all::<Unwanted>()?;
    let since = |client: Wallet| {
        let noted = noted.iter().find(|noted| noted.client == client.name());
        noted.map_or(now, |noted| now.min(noted.since))
    };
    let unwanted: Vec<(&str, i64)> = Wallet::ALL
        .into_iter()
        .filter(|client| !wanted.contains(client))
        .map(|client| (client.name(), since(client)))
        .collect();
    let progress = serde_json::to_string(&unwanted).unwrap_or_default();
    let note = Proceed { job: "unwanted", progress: &progress };
    run(database, &Batch::repeatable(vec![note.query()])).await?;
    let before = now.saturating_sub(KEPT_SECONDS);
    let is_kept = |client: &Wallet| wanted.contains(client) || since(*client) >= before;
    Ok(Wallet::ALL.into_iter().filter(is_kept).collect())
}
