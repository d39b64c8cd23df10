//! Forgets what devices were told that have left: by unregistering, or because their push token was dead.
//!
//! Each call looks at the next of them and remembers where it stopped; a crash in between leaves them to be looked at again.

use crate::{
    endpoint::{Trouble, run},
    store::{
        Batch, Database,
        sql::upkeep::sweep::{Devices, ForgetDevices, ProceedDevices},
    },
};

/// Devices looked at in one run of the cron trigger: with the hourly trigger, 240,000 a day.
const DEVICES: i64 = 10_000;

/// Forgets the devices that have left, among the next few.
///
/// # Errors
/// [`Trouble`] when the database does not answer; the next run goes on where this one stopped.
pub async fn forget_devices<D: Database>(database: &D) -> Result<(), Trouble> {
    let rows = run(database, &Batch::repeatable(vec![Devices { limit: DEVICES }.query()])).await?;
    let to: Option<(String, String)> = rows.first(0)?;
    let progress =
        serde_json::to_string(&to.as_ref().map_or_else(Vec::new, |(a, b)| vec![a, b])).unwrap_or_default();
    let (to_type, to_device) = to.as_ref().map(|(a, b)| (a.as_str(), b.as_str())).unzip();
    let forget = ForgetDevices { to_type, to_device };
    // Not repeatable: the second would begin where the first stopped.
    run(database, &Batch::once(vec![forget.query(), ProceedDevices { progress: &progress }.query()])).await?;
    Ok(())
}
