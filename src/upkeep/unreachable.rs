//! Removes registrations of wallets that nobody can push to, a while after they were last made.
//!
//! Anyone who holds a pass may register it under any number of names, and such a wallet never unregisters. Apple's are not among
//! them, and neither are those of a wallet that the operator lets in or set up: their push service may be set up later, or again.
//!
//! Each call looks at some pages and remembers where it stopped. A page and the place behind it are one transaction, so a crash
//! leaves a page to be looked at, or one that was.

use crate::{
    client::Client,
    endpoint::{Trouble, run},
    push,
    store::{
        Batch, Database,
        sql::upkeep::sweep::{ProceedRegistrations, Registrations, RemoveUnreachable},
    },
};

/// How long a registration stays, in seconds, counted from when it was last made.
const KEPT_SECONDS: i64 = 30 * 86_400;

/// Registrations of a page.
const PAGE: i64 = 10_000;

/// Pages of one run of the cron trigger: with the hourly trigger, 2,400,000 registrations a day.
const PAGES: u32 = 10;

/// Looks at some pages, or to the end. `wanted` are the wallets whose registrations stay; `now` is unix seconds.
///
/// # Errors
/// [`Trouble`] when the database does not answer; the next run goes on where this one stopped.
pub async fn remove_unreachable<D: Database>(
    database: &D,
    wanted: &[Client],
    now: i64,
) -> Result<(), Trouble> {
    let wanted = push::names(wanted);
    let before = now.saturating_sub(KEPT_SECONDS);
    for _ in 0..PAGES {
        let rows = run(database, &Batch::repeatable(vec![Registrations { limit: PAGE }.query()])).await?;
        let to: Option<(String, String, String)> = rows.first(0)?;
        let place = to.as_ref().map(|(device, pass_type, serial)| [device, pass_type, serial]);
        let progress =
            serde_json::to_string(place.as_ref().map_or(&[][..], |place| place)).unwrap_or_default();
        let remove = RemoveUnreachable {
            to_device: to.as_ref().map(|(device, ..)| device.as_str()),
            to_type: to.as_ref().map(|(_, pass_type, _)| pass_type.as_str()),
            to_serial: to.as_ref().map(|(.., serial)| serial.as_str()),
            wanted: &wanted,
            before,
        };
        let proceed = ProceedRegistrations { progress: &progress };
        // Not repeatable: the second would begin where the first stopped.
        run(database, &Batch::once(vec![remove.query(), proceed.query()])).await?;
        if to.is_none() {
            break;
        }
    }
    Ok(())
}
