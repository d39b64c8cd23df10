//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/push`

use super::{add, format_ms};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    issuer::Address,
    push,
    storage::{Batch, Rows, Unreadable, sql::issuer::push as sql},
    wallet::Wallet,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The most registrations that are read.
pub(crate) const MOST_REGISTRATIONS: i64 = 10_000;

/// An issuer asks how many devices were told of the newest change of a pass.
pub(crate) struct PassPushState {
    address: Address,
    /// The names of the wallets whose push service is set up.
    usable: String,
}

impl PassPushState {
    /// `usable` are the wallets whose push service is set up.
    pub(crate) fn new(address: Address, usable: &[Wallet]) -> Self {
        Self { address, usable: push::names(usable) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    pass_type_identifier: &'a str,
    serial_number: &'a str,
    revision: i64,
    jobs_waiting: usize,
    oldest_waiting: Option<String>,
    last_run: Option<String>,
    dead_tokens_dropped: i64,
    devices: Devices,
    /// Devices that fail or were given up, by reason.
    errors: BTreeMap<String, i64>,
}

/// Phones that registered the pass.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::issuer) struct Devices {
    /// Were told of the newest change.
    pub(in crate::issuer) pushed: i64,
    /// A worker has them, or they were told of another change and the interval is not over.
    pub(in crate::issuer) waiting: i64,
    /// Every attempt has failed so far.
    pub(in crate::issuer) failing: i64,
    /// Every attempt failed for a day.
    pub(in crate::issuer) given_up: i64,
    /// No worker has them yet.
    pub(in crate::issuer) queued: i64,
    /// Registered after the newest change, so they have it.
    pub(in crate::issuer) registered_since: i64,
    /// Their wallet is unknown, or its push service is not set up.
    pub(in crate::issuer) no_push_service: i64,
    /// Whether there are more registrations than were read.
    more: bool,
}

impl Endpoint for PassPushState {
    fn ask(&self) -> Batch<'_> {
        let Address { pass_type, serial } = &self.address;
        let (clients, usable, most) = (push::ALL_WALLETS, self.usable.as_str(), MOST_REGISTRATIONS.saturating_add(1));
        Batch::repeatable(vec![
            sql::Pass { pass_type, serial }.query(),
            sql::Jobs { pass_type, serial }.query(),
            sql::Devices { pass_type, serial, clients, usable, most }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(pass) = rows.first::<sql::Pass>()? else {
            return Ok(ClientError::NotFound("No such pass was published.").into());
        };
        let mut jobs = rows.all::<sql::Jobs>()?;
        jobs.retain(|job| push::wallet_of(&job.client).is_some());
        let Counted { devices, errors } = Counted::from_rows(rows.all::<sql::Devices>()?);
        let waiting = jobs.iter().filter_map(|job| job.due_at);
        let body = Body {
            pass_type_identifier: &self.address.pass_type,
            serial_number: &self.address.serial,
            revision: pass.revision,
            jobs_waiting: waiting.clone().count(),
            oldest_waiting: waiting.min().and_then(format_ms),
            last_run: jobs.iter().map(|job| job.started_at).max().and_then(format_ms),
            dead_tokens_dropped: jobs.iter().fold(0, |sum: i64, job| sum.saturating_add(job.dropped)),
            devices,
            errors,
        };
        Ok(Reply::json(200, &body))
    }
}

/// The phones by their state, and the reasons of those that fail or were given up.
pub(in crate::issuer) struct Counted {
    pub(in crate::issuer) devices: Devices,
    pub(in crate::issuer) errors: BTreeMap<String, i64>,
}

impl Counted {
    pub(in crate::issuer) fn from_rows(rows: Vec<sql::DevicesRow>) -> Self {
        let (mut devices, mut errors, mut total) = (Devices::default(), BTreeMap::new(), 0_i64);
        for sql::DevicesRow { state, reason, phones, registrations } in rows {
            add(&mut total, registrations);
            let (counter, failed) = match state.split_once(' ').map_or("", |(_, state)| state) {
                "told" => (&mut devices.pushed, false),
                "waiting" => (&mut devices.waiting, false),
                "failing" => (&mut devices.failing, true),
                "given up" => (&mut devices.given_up, true),
                "queued" => (&mut devices.queued, false),
                "registered since" => (&mut devices.registered_since, false),
                _ => (&mut devices.no_push_service, false),
            };
            add(counter, phones);
            if let Some(reason) = reason.filter(|_| failed) {
                add(errors.entry(reason).or_default(), phones);
            }
        }
        devices.more = total > MOST_REGISTRATIONS;
        Self { devices, errors }
    }
}
