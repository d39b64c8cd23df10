//! Taking a page: which devices a worker is to push to.
//!
//! One transaction chooses the devices and notes that they are told of all that has changed so far; from then on they are the
//! page's duty. Whoever looks at them meanwhile leaves them alone, so that a phone with nine changed passes is pushed once.
//! A worker that dies before it concludes the page leaves the row: when the lease is over, another one takes the page over.

use super::{Policy, PushMessage, name_of};
use crate::{
    endpoint::{InternalError, run},
    message::Message,
    storage::{
        Batch, Database, Rows, Unreadable,
        sql::push::claim::{
            Defer, Delivered, DeliveredRow, HandOut, Held, HeldRow, More, Open, Page as PageRow, Proceed, Renew, Reopen,
            TakeOver, Targets, TargetsRow, Wake,
        },
    },
    wallet::Wallet,
};

/// How long a worker starts new pushes, in milliseconds.
const RUN_MS: i64 = 60_000;

/// What it needs from its last start on, in milliseconds: two answers, two of a probe, and writing down what came of it all.
const END_MS: i64 = 60_000;

/// How long an issuer's word holds that bad push tokens may go, in milliseconds: a day.
pub(crate) const CONFIRMED_MS: i64 = 86_400_000;

/// How long a page is its worker's, in milliseconds: a run, the last answers, and a database that takes its time.
const LEASE_MS: i64 = 2 * RUN_MS;

/// Who pushes now.
#[derive(Debug, Clone)]
pub struct Worker {
    /// A name that no other worker ever has.
    pub name: String,
    /// Whose devices it pushes to.
    pub client: Wallet,
    /// Unix milliseconds at which it took its page.
    pub now_ms: i64,
}

/// What a claim gave.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// The worker's page. `None`: nothing is due.
    pub page: Option<Page>,
    /// What to send at once, so that other workers begin with what else is due, now or later.
    pub messages: Vec<Message>,
}

/// Phones that a worker has to push to.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Where to push.
    pub targets: Vec<Target>,
    /// What the push service did not take from us when it was asked last.
    pub(super) holds: Vec<Hold>,
    /// Pass types whose bad push tokens may go, however many they are: an issuer said so.
    pub(super) confirmed: Vec<String>,
    /// When a push of a pass type was last delivered before this page, in unix milliseconds.
    pub(super) delivered: Vec<DeliveredRow>,
}

/// A phone: where one push goes. Wallet changes its device identifiers, so that one phone may have registered under several, with
/// one push token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The pass type of which it is told.
    pub pass_type: String,
    /// The serial number of one of its passes.
    pub serial: String,
    /// The push token.
    pub push_token: String,
    /// `deviceLibraryIdentifier` of each registration that has the token.
    pub devices: Vec<String>,
    /// Unix seconds at which the token was registered last.
    pub registered_at: i64,
    /// Pushes in a row that failed.
    pub attempts: i64,
    /// Unix milliseconds of the first of them.
    pub failing_since: Option<i64>,
}

impl Target {
    /// Pass type and serial number.
    pub(super) fn pass(&self) -> (String, String) {
        (self.pass_type.clone(), self.serial.clone())
    }

    /// Pass type and identifier of each device.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.devices.iter().map(|device| (self.pass_type.as_str(), device.as_str()))
    }
}

/// The push service does not take our pushes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hold {
    /// Empty for all.
    pub(super) pass_type: String,
    /// Unix milliseconds before which it is not to be asked again.
    pub(super) until: i64,
    /// For which time in a row.
    pub(super) times: i64,
    pub(super) reason: String,
}

impl Worker {
    /// When it starts its last push, if it starts the first one now. A claim that took long leaves less time, and none when
    /// the lease is nearly over.
    pub(super) fn last_start(&self, now_ms: i64) -> i64 {
        now_ms.saturating_add(RUN_MS).min(self.lease().saturating_sub(END_MS))
    }

    /// Until when the page is its own.
    pub(super) fn lease(&self) -> i64 {
        self.now_ms.saturating_add(LEASE_MS)
    }

    fn ask<'a>(&'a self, policy: &Policy) -> Batch<'a> {
        let (client, worker, now, lease) = (name_of(self.client), self.name.as_str(), self.now_ms, self.lease());
        let interval = policy.interval_ms;
        // Not repeatable: the first of two runs would have its page, and the second another one.
        Batch::once(vec![
            TakeOver { client, worker, now, lease }.query(),
            Renew { client, worker, now, lease }.query(),
            Reopen { client, worker, now, lease }.query(),
            Open { client, worker, now, lease, limit: policy.page, pushed_before: now.saturating_sub(interval) }.query(),
            HandOut { worker }.query(),
            Defer { worker, interval }.query(),
            Proceed { worker, interval }.query(),
            Targets { client, worker, lease }.query(),
            PageRow { client, worker, lease }.query(),
            Held { client }.query(),
            Delivered { client, worker, lease }.query(),
            More { client, now }.query(),
            Wake { client, now }.query(),
        ])
    }
}

/// Takes a page, if something is due.
///
/// A crash after the commit, or an answer that is lost, leaves a page that another worker takes over. The messages that were not
/// sent then are made up for by the cron trigger.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn claim<D: Database>(database: &D, worker: &Worker, policy: &Policy) -> Result<Claim, InternalError> {
    let rows = run(database, &worker.ask(policy)).await?;
    let more = rows.any::<More>()?.then_some(worker.now_ms);
    let moments = more.into_iter().chain(wake(&rows)?);
    let messages = moments.map(|due| PushMessage(worker.client).message(due, worker.now_ms)).collect();
    let page = rows.any::<PageRow>()?.then(|| page(&rows, worker.now_ms)).transpose()?;
    Ok(Claim { page, messages })
}

/// When a message has to come, in unix milliseconds.
pub(super) fn wake(rows: &Rows) -> Result<Option<i64>, Unreadable> {
    Ok(rows.first::<Wake>()?.map(|wake| wake.at))
}

fn page(rows: &Rows, now_ms: i64) -> Result<Page, Unreadable> {
    let targets = rows.all::<Targets>()?.into_iter().map(target).collect();
    let mut page = Page { targets, delivered: rows.all::<Delivered>()?, ..Page::default() };
    for HeldRow { pass_type, until, times, cause, reason, since } in rows.all::<Held>()? {
        if cause != CONFIRMED {
            page.holds.push(Hold { pass_type, until, times, reason });
        } else if now_ms.saturating_sub(since) <= CONFIRMED_MS {
            page.confirmed.push(pass_type);
        }
    }
    Ok(page)
}

/// The cause of a row in `push_holds` that is no hold: an issuer said that bad push tokens of the type may go.
pub(crate) const CONFIRMED: &str = "confirmed";

fn target(row: TargetsRow) -> Target {
    let TargetsRow { pass_type, serial, push_token, devices, registered_at, attempts, failing_since } = row;
    Target { pass_type, serial, push_token, devices, registered_at, attempts, failing_since }
}
