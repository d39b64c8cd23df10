//! `GET /issuer/v1/push`
//!
//! For each wallet: the jobs and devices that wait and since when, the results of all pushes so far, and the holds.

use super::{add, as_object, format_ms};
use crate::{
    endpoint::Endpoint,
    http::Reply,
    push::{self, CONFIRMED, CONFIRMED_MS},
    storage::{Batch, Rows, Unreadable, sql::issuer::push as sql},
    wallet::Wallet,
};
use serde::Serialize;

/// Jobs and devices that wait are counted up to this number.
const MOST_WAITING: i64 = 100_000;

/// How long a hold is shown after its end, in milliseconds.
const SHOWN_MS: i64 = 3_600_000;

/// An issuer looks at the push services.
pub(crate) struct PushOverview {
    /// The wallets.
    pub(crate) setup: Vec<WalletSetup>,
    /// Unix milliseconds.
    pub(crate) now_ms: i64,
}

/// Whether a wallet's push service is set up.
pub(crate) struct WalletSetup {
    /// The wallet.
    pub(crate) wallet: Wallet,
    /// Why nothing can be pushed. `None` when it is set up.
    pub(crate) unusable: Option<&'static str>,
}

#[derive(Serialize)]
struct Body {
    clients: Vec<WalletState>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WalletState {
    client: &'static str,
    configured: bool,
    /// The setting that is missing or wrong.
    problem: Option<&'static str>,
    held: Vec<Hold>,
    /// Pass types whose bad push tokens are deleted, however many they are, because an issuer confirmed it.
    bad_tokens_deleted: Vec<Confirmed>,
    jobs_waiting: i64,
    devices_waiting: i64,
    oldest_waiting: Option<String>,
    last_run: Option<String>,
    devices_pushed: i64,
    dead_tokens: i64,
    given_up: i64,
    /// All other results of pushes, by reason.
    #[serde(serialize_with = "as_object")]
    errors: Vec<(String, i64)>,
}

/// A push service, or one of its pass types, that takes no pushes now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hold {
    /// `null` for all pass types.
    pass_type_identifier: Option<String>,
    cause: String,
    reason: String,
    since: Option<String>,
    retry_at: Option<String>,
}

/// How long bad push tokens of a pass type are deleted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Confirmed {
    pass_type_identifier: String,
    until: Option<String>,
}

impl Endpoint for PushOverview {
    fn ask(&self) -> Batch<'_> {
        let clients = push::ALL_WALLETS;
        Batch::repeatable(vec![
            sql::Waiting { clients, most: MOST_WAITING }.query(),
            sql::Counters { clients }.query(),
            sql::Holds {
                clients,
                ended_after: self.now_ms.saturating_sub(SHOWN_MS),
                confirmed_after: self.now_ms.saturating_sub(CONFIRMED_MS),
            }
            .query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let (waiting, counters, holds) = (rows.all::<sql::Waiting>()?, rows.all::<sql::Counters>()?, rows.all::<sql::Holds>()?);
        let clients = self.setup.iter().map(|setup| setup.state(&waiting, &counters, &holds)).collect();
        Ok(Reply::json(200, &Body { clients }))
    }
}

impl WalletSetup {
    fn state(&self, waiting: &[sql::WaitingRow], counters: &[sql::CountersRow], holds: &[sql::HoldsRow]) -> WalletState {
        let name = push::name_of(self.wallet);
        let waiting = waiting.iter().find(|row| row.client == name);
        let (confirmed, holds): (Vec<_>, Vec<_>) =
            holds.iter().filter(|row| row.client == name).partition(|row| row.cause == CONFIRMED);
        let mut state = WalletState {
            client: self.wallet.name(),
            configured: self.unusable.is_none(),
            problem: self.unusable,
            held: holds.into_iter().map(Hold::from_row).collect(),
            bad_tokens_deleted: confirmed.into_iter().map(Confirmed::from_row).collect(),
            jobs_waiting: waiting.map_or(0, |row| row.jobs),
            devices_waiting: waiting.map_or(0, |row| row.devices),
            oldest_waiting: waiting
                .and_then(|row| row.oldest_job.into_iter().chain(row.oldest_device).min())
                .and_then(format_ms),
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
        state.last_run = format_ms(last_run);
        state
    }
}

impl WalletState {
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

impl Confirmed {
    fn from_row(row: &sql::HoldsRow) -> Self {
        let until = format_ms(row.since.saturating_add(CONFIRMED_MS));
        Self { pass_type_identifier: row.pass_type.clone(), until }
    }
}

impl Hold {
    fn from_row(row: &sql::HoldsRow) -> Self {
        Self {
            pass_type_identifier: Some(row.pass_type.clone()).filter(|pass_type| !pass_type.is_empty()),
            cause: row.cause.clone(),
            reason: row.reason.clone(),
            since: format_ms(row.since),
            retry_at: format_ms(row.until),
        }
    }
}
