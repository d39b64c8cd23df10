//! Forgets what devices were told that have left: by unregistering, or because their push token was dead.
//!
//! Each call looks at the next page of them and remembers where it stopped. The page and the place behind it are one transaction;
//! a crash before it leaves the page to be looked at again.

use super::walk::Walk;
use crate::{
    endpoint::{InternalError, run},
    storage::{
        Batch, Database,
        sql::upkeep::sweep::{EndOfDevices, ForgetDevices},
    },
};

/// Devices looked at in one run of the cron trigger: with the hourly trigger, 240,000 a day.
const PAGE: i64 = 10_000;

/// Forgets the devices that have left, among the next few; `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer; the next run goes on where this one stopped.
pub async fn forget_devices<D: Database>(database: &D, now: i64) -> Result<(), InternalError> {
    let Some(walk) = Walk::resume(database, "push", now).await? else { return Ok(()) };
    let (pass_type, device, client) = (walk.column(0), walk.column(1), walk.column(2));
    let end = EndOfDevices { pass_type, device, client, limit: PAGE };
    let rows = run(database, &Batch::repeatable(vec![end.query()])).await?;
    let end = rows.first::<EndOfDevices>()?;
    let behind = walk.behind(end.map(|end| vec![end.pass_type, end.device, end.client]));
    let progress = behind.to_json();
    let forget = ForgetDevices { pass_type, device, client, limit: PAGE };
    run(database, &Batch::repeatable(vec![forget.query(), behind.proceed(&progress).query()])).await?;
    Ok(())
}
