//! The hourly cron trigger.

use super::{Swept, forget_devices, forget_increments, forget_lists, remove_unreachable, sweep_pages};
use crate::{
    endpoint::InternalError,
    issuer::bulk::delete_outdated,
    storage::{Database, Objects},
    wallet::Wallet,
};

/// Deletes files, push state, jobs, increments, notes of lists and registrations that are not needed. If one job fails, the
/// others still run. `wanted` are the wallets that are let in or set up. `tracked`: lists to devices are noted. `now` is unix
/// seconds.
///
/// Returns what was done, and the first error.
pub async fn sweep_all<D: Database, O: Objects>(
    database: &D,
    objects: &O,
    wanted: &[Wallet],
    tracked: bool,
    now: i64,
) -> (Swept, Option<InternalError>) {
    let files = sweep_pages(database, objects, now).await;
    let devices = forget_devices(database, now).await;
    let jobs = delete_outdated(database, objects, now).await;
    let increments = forget_increments(database, now).await;
    let lists = forget_lists(database, tracked, now).await;
    let registrations = remove_unreachable(database, wanted, now).await;
    let swept = Swept {
        registrations_deleted: registrations.as_ref().copied().unwrap_or_default(),
        ..files.as_ref().copied().unwrap_or_default()
    };
    let others = jobs.err().or(increments.err()).or(lists.err());
    (swept, files.err().or(devices.err()).or(others).or(registrations.err()))
}
