//! Deletes the push state of devices without a registration, and the notes of their lists: they unregistered, or their push
//! token was dead.
//!
//! Each call looks at the next page of devices. One transaction deletes them and stores the place, so a crash repeats a page.

use super::walk::Walk;
use crate::{
    endpoint::{InternalError, run},
    storage::{
        Batch, Database,
        sql::upkeep::sweep::{EndOfDevices, EndOfLists, ForgetDevices, ForgetLists, Proceed},
    },
};

/// The devices of one run: with the hourly trigger, 240,000 a day.
const PAGE: i64 = 10_000;

/// Looks at the next page. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer. The next run repeats the page.
pub async fn forget_devices<D: Database>(database: &D, now: i64) -> Result<(), InternalError> {
    let Some(walk) = Walk::resume(database, "push", now).await? else { return Ok(()) };
    let (pass_type, device, client) = (walk.column(0), walk.column(1), walk.column(2));
    let end = EndOfDevices { pass_type, device, client, limit: PAGE };
    let rows = run(database, &Batch::repeatable(vec![end.query()])).await?;
    let end = rows.first::<EndOfDevices>()?;
    let next = walk.after(end.map(|end| vec![end.pass_type, end.device, end.client]));
    let progress = next.to_json();
    let forget = ForgetDevices { pass_type, device, client, limit: PAGE };
    run(database, &Batch::repeatable(vec![forget.query(), next.proceed(&progress)])).await?;
    Ok(())
}

/// Looks at the next page of `device_lists`. While lists are not noted, it also stores that nothing is known of lists up to
/// `now`, in unix seconds. Otherwise each pass that changed meanwhile would count as behind.
///
/// # Errors
/// [`InternalError`] when the database does not answer. The next run repeats the page.
pub async fn forget_lists<D: Database>(database: &D, tracked: bool, now: i64) -> Result<(), InternalError> {
    if !tracked {
        let since = now.to_string();
        run(database, &Batch::repeatable(vec![Proceed { job: "lists_since", progress: &since }.query()])).await?;
    }
    let Some(walk) = Walk::resume(database, "lists", now).await? else { return Ok(()) };
    let (device, pass_type) = (walk.column(0), walk.column(1));
    let end = EndOfLists { device, pass_type, limit: PAGE };
    let rows = run(database, &Batch::repeatable(vec![end.query()])).await?;
    let next = walk.after(rows.first::<EndOfLists>()?.map(|end| vec![end.device, end.pass_type]));
    let progress = next.to_json();
    let forget = ForgetLists { device, pass_type, limit: PAGE };
    run(database, &Batch::repeatable(vec![forget.query(), next.proceed(&progress)])).await?;
    Ok(())
}
