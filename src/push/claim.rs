//! A worker takes a page of devices.
//!
//! One transaction chooses the devices and notes that they are told of all changes so far. From then on the page is responsible
//! for them, and no other page takes them. So a phone with nine changed passes gets one push. If the worker dies, the row
//! stays. Another worker takes the page over when the lease ends.

use super::{Policy, PushMessage, name_of};
use crate::{
    endpoint::{InternalError, run},
    message::Message,
    storage::{
        Batch, Database, Rows, Unreadable,
        sql::push::claim::{
            Defer, Delivered, DeliveredRow, HandOut, Held, HeldRow, More, Open, Page as PageRow, Proceed, Renew, Reopen,
            TakeOver, Targets, Wake,
        },
    },
    wallet::Wallet,
};

/// A phone: the receiver of one push. Wallet changes its device identifiers, so one phone may have registered under several of
/// them with one push token. `attempts` are pushes in a row that failed.
pub use crate::storage::sql::push::claim::TargetsRow as Target;

/// How long a worker starts new pushes, in milliseconds.
const RUN_MS: i64 = 60_000;

/// The time that a worker needs after it started its last push, in milliseconds: for two answers, for two answers to a probe,
/// and to store the results.
const END_MS: i64 = 60_000;

/// How long an issuer's permission to delete bad push tokens lasts, in milliseconds: a day.
pub(crate) const CONFIRMED_MS: i64 = 86_400_000;

/// How long a worker has its page, in milliseconds: a run, the last answers, and a slow database.
const LEASE_MS: i64 = 2 * RUN_MS;

/// One run of the push job.
#[derive(Debug, Clone)]
pub struct Worker {
    /// A name that no other worker ever has.
    pub name: String,
    /// The wallet whose devices it pushes to.
    pub wallet: Wallet,
    /// Unix milliseconds at which it took its page.
    pub now_ms: i64,
}

/// The result of a claim.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// The worker's page. `None`: nothing is due.
    pub page: Option<Page>,
    /// Messages to send at once. With them other workers start on the rest of the due work.
    pub messages: Vec<Message>,
}

/// Phones that a worker has to push to.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The phones.
    pub targets: Vec<Target>,
    /// Holds of the push service, also those that ended and were not released.
    pub(super) holds: Vec<HeldRow>,
    /// Pass types for which an issuer permitted the deletion of bad push tokens, however many there are.
    pub(super) confirmed: Vec<String>,
    /// When a push of each pass type was last delivered before this page, in unix milliseconds.
    pub(super) delivered: Vec<DeliveredRow>,
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

impl Worker {
    /// When the worker may start its last push, if it starts the first one now. A slow claim leaves less time, or none.
    pub(super) fn last_start(&self, now_ms: i64) -> i64 {
        now_ms.saturating_add(RUN_MS).min(self.lease().saturating_sub(END_MS))
    }

    /// When the worker loses its page.
    pub(super) fn lease(&self) -> i64 {
        self.now_ms.saturating_add(LEASE_MS)
    }

    fn ask<'a>(&'a self, policy: &Policy) -> Batch<'a> {
        let (client, worker, now, lease) = (name_of(self.wallet), self.name.as_str(), self.now_ms, self.lease());
        let interval = policy.interval_ms;
        // Not repeatable: a second run would take a second page.
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
/// A crash after the commit, or a lost answer, leaves a page that another worker takes over. The cron trigger replaces the
/// messages that were not sent.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn claim<D: Database>(database: &D, worker: &Worker, policy: &Policy) -> Result<Claim, InternalError> {
    let rows = run(database, &worker.ask(policy)).await?;
    let more = rows.any::<More>()?.then_some(worker.now_ms);
    let moments = more.into_iter().chain(read_wake(&rows)?);
    let messages = moments.map(|due| PushMessage(worker.wallet).message(due, worker.now_ms)).collect();
    let page = rows.any::<PageRow>()?.then(|| read_page(&rows, worker.now_ms)).transpose()?;
    Ok(Claim { page, messages })
}

/// When a message has to come, in unix milliseconds.
pub(super) fn read_wake(rows: &Rows) -> Result<Option<i64>, Unreadable> {
    Ok(rows.first::<Wake>()?.map(|wake| wake.at))
}

fn read_page(rows: &Rows, now_ms: i64) -> Result<Page, Unreadable> {
    let mut page = Page { targets: rows.all::<Targets>()?, delivered: rows.all::<Delivered>()?, ..Page::default() };
    for row in rows.all::<Held>()? {
        if row.cause != CONFIRMED {
            page.holds.push(row);
        } else if now_ms.saturating_sub(row.since) <= CONFIRMED_MS {
            page.confirmed.push(row.pass_type);
        }
    }
    Ok(page)
}

/// The cause of a row in `push_holds` that is not a hold: an issuer permitted the deletion of the type's bad push tokens.
pub(crate) const CONFIRMED: &str = "confirmed";
