//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/push`

use super::{add, as_object, moment};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    issuer::Address,
    push,
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::push::{Devices as DeviceRows, DevicesRow, Jobs, Pass},
    },
    wallet::Wallet,
};
use serde::Serialize;

/// The most registrations that are looked at.
const MOST_REGISTRATIONS: i64 = 10_000;

/// An issuer asks how far the devices of a pass were told of its newest change.
#[derive(Debug, Clone)]
pub struct PassPushState {
    /// Which pass.
    address: Address,
    /// The wallets whose push service is set up.
    usable: String,
}

impl PassPushState {
    /// Of the wallets, those in `usable` have a push service that is set up.
    #[must_use]
    pub fn new(address: Address, usable: &[Wallet]) -> Self {
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
    /// Why pushes to devices that fail or were given up did so, by reason.
    #[serde(serialize_with = "as_object")]
    errors: Vec<(String, i64)>,
}

/// Phones that registered the pass.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Devices {
    /// Pushed to since the newest change.
    pushed: i64,
    /// In the hands of a worker; or pushed to a moment ago for another change, and again when the interval is over.
    waiting: i64,
    /// Tried in vain so far.
    failing: i64,
    /// Tried in vain for a day.
    given_up: i64,
    /// Still to be handed to a worker.
    queued: i64,
    /// Registered since the newest change, so that they have it.
    registered_since: i64,
    /// Of a wallet that nobody can push to: unknown, or its push service is not set up.
    no_push_service: i64,
    /// Whether there are more registrations than were looked at.
    more: bool,
}

impl Endpoint for PassPushState {
    fn ask(&self) -> Batch<'_> {
        let Address { pass_type, serial } = &self.address;
        let (clients, usable, most) = (push::ALL_WALLETS, self.usable.as_str(), MOST_REGISTRATIONS.saturating_add(1));
        Batch::repeatable(vec![
            Pass { pass_type, serial }.query(),
            Jobs { pass_type, serial }.query(),
            DeviceRows { pass_type, serial, clients, usable, most }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(pass) = rows.first::<Pass>()? else {
            return Ok(ClientError::NotFound("No such pass was published.").into());
        };
        let mut jobs = rows.all::<Jobs>()?;
        jobs.retain(|job| push::wallet_of(&job.client).is_some());
        let (devices, errors) = devices(rows.all::<DeviceRows>()?);
        let waiting = jobs.iter().filter_map(|job| job.due_at);
        let body = Body {
            pass_type_identifier: &self.address.pass_type,
            serial_number: &self.address.serial,
            revision: pass.revision,
            jobs_waiting: waiting.clone().count(),
            oldest_waiting: waiting.min().and_then(moment),
            last_run: jobs.iter().map(|job| job.started_at).max().and_then(moment),
            dead_tokens_dropped: jobs.iter().fold(0, |sum: i64, job| sum.saturating_add(job.dropped)),
            devices,
            errors,
        };
        Ok(Reply::json(200, &body))
    }
}

fn devices(rows: Vec<DevicesRow>) -> (Devices, Vec<(String, i64)>) {
    let (mut devices, mut errors, mut total) = (Devices::default(), Vec::new(), 0_i64);
    for DevicesRow { state, reason, phones, registrations } in rows {
        total = total.saturating_add(registrations);
        let (counter, failed) = match state.split_once(' ').map_or("", |(_, state)| state) {
            "told" => (&mut devices.pushed, false),
            "waiting" => (&mut devices.waiting, false),
            "failing" => (&mut devices.failing, true),
            "given up" => (&mut devices.given_up, true),
            "queued" => (&mut devices.queued, false),
            "registered since" => (&mut devices.registered_since, false),
            _ => (&mut devices.no_push_service, false),
        };
        *counter = counter.saturating_add(phones);
        if let Some(reason) = reason.filter(|_| failed) {
            add(&mut errors, reason, phones);
        }
    }
    devices.more = total > MOST_REGISTRATIONS;
    (devices, errors)
}
