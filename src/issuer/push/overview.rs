//! `GET /issuer/v1/push`
//!
//! By wallet: what waits and since when, what came of all pushes so far, and what a push service does not take from us.

use super::{add, as_object, moment};
use crate::{
    endpoint::Endpoint,
    http::Reply,
    push::{self, CONFIRMED, CONFIRMED_MS},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::push::{Counters, CountersRow, Holds, HoldsRow, Waiting, WaitingRow},
    },
    wallet::Wallet,
};
use serde::Serialize;

/// Up to which number what waits is counted.
const MOST_WAITING: i64 = 100_000;

/// How long after its end a hold is shown, in milliseconds.
const SHOWN_MS: i64 = 3_600_000;

/// An issuer asks how push does.
#[derive(Debug, Clone)]
pub struct PushOverview {
    /// How the push services are set up.
    pub setup: Vec<Setup>,
    /// Unix milliseconds.
    pub now_ms: i64,
}

/// How a wallet's push service is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The wallet.
    pub client: Wallet,
    /// Why nothing can be pushed; `None` when it can.
    pub unusable: Option<&'static str>,
}

#[derive(Serialize)]
struct Body {
    clients: Vec<State>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State {
    client: &'static str,
    configured: bool,
    /// What is missing or wrong.
    problem: Option<&'static str>,
    held: Vec<Hold>,
    /// Pass types of which bad push tokens go, however many they are: an issuer said so.
    bad_tokens_deleted: Vec<Deleting>,
    jobs_waiting: i64,
    devices_waiting: i64,
    oldest_waiting: Option<String>,
    last_run: Option<String>,
    devices_pushed: i64,
    dead_tokens: i64,
    given_up: i64,
    /// All else that came of pushes, by reason.
    #[serde(serialize_with = "as_object")]
    errors: Vec<(String, i64)>,
}

/// What the push service does not take from us.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hold {
    /// `null`: nothing at all.
    pass_type_identifier: Option<String>,
    cause: String,
    reason: String,
    since: Option<String>,
    retry_at: Option<String>,
}

/// For how long bad push tokens of a pass type go.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleting {
    pass_type_identifier: String,
    until: Option<String>,
}

impl Endpoint for PushOverview {
    fn ask(&self) -> Batch<'_> {
        let clients = push::ALL_WALLETS;
        Batch::repeatable(vec![
            Waiting { clients, most: MOST_WAITING }.query(),
            Counters { clients }.query(),
            Holds {
                clients,
                ended_after: self.now_ms.saturating_sub(SHOWN_MS),
                confirmed_after: self.now_ms.saturating_sub(CONFIRMED_MS),
            }
            .query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let (waiting, counters, holds) = (rows.all::<Waiting>()?, rows.all::<Counters>()?, rows.all::<Holds>()?);
        let clients = self.setup.iter().map(|setup| setup.state(&waiting, &counters, &holds)).collect();
        Ok(Reply::json(200, &Body { clients }))
    }
}

impl Setup {
    fn state(&self, waiting: &[WaitingRow], counters: &[CountersRow], holds: &[HoldsRow]) -> State {
        let name = push::name_of(self.client);
        let waiting = waiting.iter().find(|row| row.client == name);
        let (confirmed, holds): (Vec<_>, Vec<_>) =
            holds.iter().filter(|row| row.client == name).partition(|row| row.cause == CONFIRMED);
        let mut state = State {
            client: self.client.name(),
            configured: self.unusable.is_none(),
            problem: self.unusable,
            held: holds.into_iter().map(hold).collect(),
            bad_tokens_deleted: confirmed.into_iter().map(deleting).collect(),
            jobs_waiting: waiting.map_or(0, |row| row.jobs),
            devices_waiting: waiting.map_or(0, |row| row.devices),
            oldest_waiting: waiting.and_then(|row| row.oldest_job.into_iter().chain(row.oldest_device).min()).and_then(moment),
            last_run: None,
            devices_pushed: 0,
            dead_tokens: 0,
            given_up: 0,
            errors: Vec::new(),
        };
        let mut last_run = 0;
        for row in counters.iter().filter(|row| row.client == name) {
            last_run = last_run.max(row.last_at);
            state.add(&row.outcome, &row.reason, row.count);
        }
        state.last_run = moment(last_run);
        state
    }
}

impl State {
    fn add(&mut self, outcome: &str, reason: &str, number: i64) {
        let counter = match outcome {
            "delivered" => &mut self.devices_pushed,
            "dead" => &mut self.dead_tokens,
            "given up" => &mut self.given_up,
            _ => return add(&mut self.errors, reason.to_owned(), number),
        };
        *counter = counter.saturating_add(number);
    }
}

fn deleting(row: &HoldsRow) -> Deleting {
    Deleting { pass_type_identifier: row.pass_type.clone(), until: moment(row.since.saturating_add(CONFIRMED_MS)) }
}

fn hold(row: &HoldsRow) -> Hold {
    Hold {
        pass_type_identifier: Some(row.pass_type.clone()).filter(|pass_type| !pass_type.is_empty()),
        cause: row.cause.clone(),
        reason: row.reason.clone(),
        since: moment(row.since),
        retry_at: moment(row.until),
    }
}
