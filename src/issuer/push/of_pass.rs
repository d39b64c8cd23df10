//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/push`

use super::{add, as_object, moment};
use crate::{
    endpoint::Endpoint,
    http::{Refusal, Reply},
    issuer::Address,
    push,
    store::{
        Batch, Rows, Unreadable,
        sql::issuer::push::{Devices as DeviceRows, Jobs, Pass},
    },
};
use serde::Serialize;

/// The most devices that are looked at.
const MOST_DEVICES: i64 = 10_000;

/// An issuer asks how far the devices of a pass were told of its newest change.
#[derive(Debug, Clone)]
pub struct OfPass {
    /// Which pass.
    pub address: Address,
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

/// Devices that registered the pass.
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
    /// Not reached yet, or registered since the newest change.
    not_yet: i64,
    /// Whether there are more devices than were looked at.
    more: bool,
}

impl Endpoint for OfPass {
    fn ask(&self) -> Batch<'_> {
        let Address { pass_type, serial } = &self.address;
        Batch::repeatable(vec![
            Pass { pass_type, serial }.query(),
            Jobs { pass_type, serial }.query(),
            DeviceRows { pass_type, serial, clients: push::CLIENTS, most: MOST_DEVICES.saturating_add(1) }
                .query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some((revision,)) = rows.first::<(i64,)>(0)? else {
            return Ok(Refusal::NotFound("No such pass was published.").into());
        };
        let jobs: Vec<(String, Option<i64>, i64, i64)> = rows.all(1)?;
        let jobs: Vec<_> =
            jobs.into_iter().filter(|(client, ..)| push::client_of(client).is_some()).collect();
        let (devices, errors) = devices(rows.all(2)?);
        let waiting = jobs.iter().filter_map(|(_, due, ..)| *due);
        let body = Body {
            pass_type_identifier: &self.address.pass_type,
            serial_number: &self.address.serial,
            revision,
            jobs_waiting: waiting.clone().count(),
            oldest_waiting: waiting.min().and_then(moment),
            last_run: jobs.iter().map(|(_, _, started, _)| *started).max().and_then(moment),
            dead_tokens_dropped: jobs.iter().fold(0, |sum: i64, (.., dropped)| sum.saturating_add(*dropped)),
            devices,
            errors,
        };
        Ok(Reply::json(200, &body))
    }
}

fn devices(rows: Vec<(String, Option<String>, i64)>) -> (Devices, Vec<(String, i64)>) {
    let (mut devices, mut errors, mut total) = (Devices::default(), Vec::new(), 0_i64);
    for (state, reason, number) in rows {
        total = total.saturating_add(number);
        let counter = match state.as_str() {
            "told" => &mut devices.pushed,
            "waiting" => &mut devices.waiting,
            "failing" => &mut devices.failing,
            "given up" => &mut devices.given_up,
            _ => &mut devices.not_yet,
        };
        *counter = counter.saturating_add(number);
        if let Some(reason) = reason.filter(|_| matches!(state.as_str(), "failing" | "given up")) {
            add(&mut errors, reason, number);
        }
    }
    devices.more = total > MOST_DEVICES;
    (devices, errors)
}
