//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/diagnosis`
//!
//! Why a card does not update: checks of the file, of the registrations, of push, and of what phones reported. They are in the
//! order in which an issuer would mend what is wrong, so the first problem is the answer. It costs one call of the database and
//! one of the bucket, and changes nothing.
//!
//! `facts` collects what the service knows. The checks are pure functions of it.

mod address;
mod certificates;
mod check;
mod facts;
mod life;
mod pushes;
mod reports;

pub(crate) use facts::Setup;

use self::{
    check::{Check, State},
    facts::{Facts, File},
};
use super::{Address, push::MOST_REGISTRATIONS};
use crate::{
    crypto::Crypto,
    endpoint::{Error, run},
    http::{ClientError, Reply},
    push,
    storage::{
        Batch, Database, Objects, Query,
        sql::issuer::{
            diagnosis::{Lists, Pass, Refusals, Reports, Wallets},
            push::{Devices, Holds, Jobs},
            registrations::Page,
            signing_identity::Show,
        },
    },
    wallet::Wallet,
};
use serde::Serialize;

/// How many devices are named.
const DEVICES: i64 = 5;

/// How many days back reports of phones and refusals of tokens count.
const DAYS: i64 = 7;

/// How long a hold counts after its end, in milliseconds: its probe takes that long.
const HELD_MS: i64 = 60_000;

const SECONDS_A_DAY: i64 = 86_400;

/// An issuer asks why a pass does not update.
pub(crate) struct DiagnosePass<'a> {
    pub(crate) address: Address,
    pub(crate) setup: Setup<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Diagnosis<'a> {
    pass_type_identifier: &'a str,
    serial_number: &'a str,
    verdict: String,
    checks: Vec<Check>,
}

impl DiagnosePass<'_> {
    /// Collects the facts and checks them.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] when the pass was never published, [`Error::InternalError`] when storage does not answer.
    pub(crate) async fn run<D: Database, O: Objects, C: Crypto>(
        &self,
        database: &D,
        objects: &O,
        crypto: &C,
    ) -> Result<Reply, Error> {
        let Self { address, setup } = self;
        let usable = setup.wallets.iter().filter(|(_, unusable)| unusable.is_none());
        let usable = push::names(&usable.map(|(wallet, _)| *wallet).collect::<Vec<Wallet>>());
        let today = setup.now().div_euclid(SECONDS_A_DAY);
        let days: Vec<i64> = (today.saturating_sub(DAYS)..=today).collect();
        let days = serde_json::to_string(&days).unwrap_or_default();
        let rows = run(database, &Batch::repeatable(self.queries(&usable, &days))).await?;
        let Some(pass) = rows.first::<Pass>()? else {
            return Err(ClientError::NotFound("No such pass was published.").into());
        };
        let file = File::read(&pass.object_key, address, setup, objects, crypto).await?;
        let checks = check(&Facts::from_rows(setup, address, pass, file, &rows)?);
        let Address { pass_type, serial } = address;
        let diagnosis = Diagnosis { pass_type_identifier: pass_type, serial_number: serial, verdict: verdict(&checks), checks };
        Ok(Reply::json(200, &diagnosis))
    }

    fn queries<'q>(&'q self, usable: &'q str, days: &'q str) -> Vec<Query<'q>> {
        let Address { pass_type, serial } = &self.address;
        let (clients, now_ms) = (push::ALL_WALLETS, self.setup.now_ms);
        let most = MOST_REGISTRATIONS.saturating_add(1);
        vec![
            Pass { pass_type, serial }.query(),
            Show { pass_type }.query(),
            Wallets { pass_type, serial, most }.query(),
            Page { pass_type, serial, client: None, device: None, limit: DEVICES }.query(),
            Refusals { pass_type, serial }.query(),
            Jobs { pass_type, serial }.query(),
            Devices { pass_type, serial, clients, usable, most }.query(),
            Holds { clients, ended_after: now_ms.saturating_sub(HELD_MS), confirmed_after: now_ms }.query(),
            Lists { pass_type, serial, most }.query(),
            Reports { pass_type, days }.query(),
        ]
    }
}

/// All checks, in the order in which an issuer would mend what is wrong.
fn check(facts: &Facts<'_>) -> Vec<Check> {
    let groups = [
        life::check_service(facts),
        address::check(facts),
        certificates::check(facts),
        life::check_phones(facts),
        pushes::check(facts),
        reports::check(facts),
    ];
    groups.into_iter().flatten().collect()
}

/// The result in some sentences: the first problem, or the first warning.
fn verdict(checks: &[Check]) -> String {
    let first = |state| checks.iter().find(|check| check.state == state);
    let more = |state| checks.iter().filter(|check| check.state == state).count().saturating_sub(1);
    match (first(State::Problem), first(State::Warning)) {
        (Some(problem), _) => match more(State::Problem) {
            0 => problem.evidence.clone(),
            1 => format!("{} There is one more problem.", problem.evidence),
            more => format!("{} There are {more} more problems.", problem.evidence),
        },
        (None, Some(warning)) => {
            format!("There is no problem that the service can see. One thing to look at: {}", warning.evidence)
        }
        (None, None) => "There is no problem that the service can see.".to_owned(),
    }
}
