//! Deletes old registrations of wallets that nobody can push to.
//!
//! Whoever holds a pass may register it under any number of names, and such wallets never unregister. Registrations of Apple
//! Wallet stay. So do those of wallets that the operator lets in or set up: their push service may be set up later.
//!
//! A wallet may lose its setting by mistake, and deleted registrations return only when phones register again. So the service
//! notes when a wallet became unwanted, and keeps its registrations for some time after that. It notes only wallets that a
//! setting can name.
//!
//! Each call looks at some pages. One transaction deletes a page's registrations and stores the place, so a crash repeats a
//! page.

use super::{SECONDS_A_DAY, walk::Walk};
use crate::{
    endpoint::{InternalError, run},
    push,
    storage::{
        Batch, Database,
        sql::upkeep::sweep::{EndOfRegistrations, Proceed, RemoveUnreachable, Unwanted},
    },
    wallet::Wallet,
};

/// How long a registration stays, in seconds, after it was last made and after its wallet became unwanted.
const KEPT_SECONDS: i64 = 30 * SECONDS_A_DAY;

const PAGE: i64 = 10_000;

/// The pages of one run: with the hourly trigger, 2,400,000 registrations a day.
const PAGES: u32 = 10;

/// Looks at some pages, and returns the number of deleted registrations. `wanted` are the wallets that are let in or set up.
/// `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer. The next run continues from the stored place.
pub async fn remove_unreachable<D: Database>(database: &D, wanted: &[Wallet], now: i64) -> Result<usize, InternalError> {
    let kept = push::names(&note_unwanted(database, wanted, now).await?);
    let Some(mut walk) = Walk::resume(database, "registrations", now).await? else { return Ok(0) };
    let mut removed = 0_usize;
    for _ in 0..PAGES {
        let (page, next) = remove_page(database, &walk, &kept, now).await?;
        removed = removed.saturating_add(page);
        if next.is_over() {
            break;
        }
        walk = next;
    }
    Ok(removed)
}

/// Returns the number of deleted registrations, and the place after the page.
async fn remove_page<D: Database>(database: &D, walk: &Walk, kept: &str, now: i64) -> Result<(usize, Walk), InternalError> {
    let (device, pass_type, serial) = (walk.column(0), walk.column(1), walk.column(2));
    let end = EndOfRegistrations { device, pass_type, serial, limit: PAGE };
    let rows = run(database, &Batch::repeatable(vec![end.query()])).await?;
    let end = rows.first::<EndOfRegistrations>()?;
    let next = walk.after(end.map(|end| vec![end.device, end.pass_type, end.serial]));
    let before = now.saturating_sub(KEPT_SECONDS);
    let remove = RemoveUnreachable { device, pass_type, serial, limit: PAGE, kept, before };
    let progress = next.to_json();
    // If the first answer is lost, the second run deletes nothing, and the number is too small.
    let rows = run(database, &Batch::repeatable(vec![remove.query(), next.proceed(&progress)])).await?;
    Ok((rows.count::<RemoveUnreachable>()?, next))
}

/// Notes the unwanted wallets. Returns the wallets whose registrations stay: the wanted ones, and those that became unwanted
/// recently.
async fn note_unwanted<D: Database>(database: &D, wanted: &[Wallet], now: i64) -> Result<Vec<Wallet>, InternalError> {
    let rows = run(database, &Batch::repeatable(vec![Unwanted {}.query()])).await?;
    let noted = rows.all::<Unwanted>()?;
    let since = |wallet: Wallet| {
        let noted = noted.iter().find(|noted| noted.client == wallet.name());
        noted.map_or(now, |noted| now.min(noted.since))
    };
    let unwanted: Vec<(&str, i64)> = Wallet::ALL
        .into_iter()
        .filter(|wallet| !wanted.contains(wallet))
        .map(|wallet| (wallet.name(), since(wallet)))
        .collect();
    let progress = serde_json::to_string(&unwanted).unwrap_or_default();
    let note = Proceed { job: "unwanted", progress: &progress };
    run(database, &Batch::repeatable(vec![note.query()])).await?;
    let before = now.saturating_sub(KEPT_SECONDS);
    let is_kept = |wallet: &Wallet| wanted.contains(wallet) || since(*wallet) >= before;
    Ok(Wallet::ALL.into_iter().filter(is_kept).collect())
}
