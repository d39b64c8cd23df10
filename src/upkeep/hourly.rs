//! What the hourly cron trigger does, one after the other.

use super::{Swept, forget_devices, remove_unreachable, sweep_pages};
use crate::{
    endpoint::InternalError,
    storage::{Database, Objects},
    wallet::Wallet,
};

/// Sweeps files, forgets devices that have left, and removes registrations that nobody can push to. Each runs whether the others
/// fail or not. `wanted` are the wallets that are let in or set up; `now` is unix seconds.
///
/// What was done, and the first [`InternalError`] there was.
pub async fn sweep_all<D: Database, O: Objects>(
    database: &D,
    objects: &O,
    wanted: &[Wallet],
    now: i64,
) -> (Swept, Option<InternalError>) {
    let files = sweep_pages(database, objects, now).await;
    let devices = forget_devices(database, now).await;
    let registrations = remove_unreachable(database, wanted, now).await;
    let swept = Swept {
        registrations_deleted: registrations.as_ref().copied().unwrap_or_default(),
        ..files.as_ref().copied().unwrap_or_default()
    };
    (swept, files.err().or(devices.err()).or(registrations.err()))
}
