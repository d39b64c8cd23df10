//! Taking a page: which devices a worker is to push to.
//!
//! One transaction chooses the devices and notes that they are told of all that has changed so far; from then on they are the
//! page's duty. Whoever looks at them meanwhile leaves them alone, so that a phone with nine changed passes is pushed once.
//! A worker that dies before it concludes the page leaves the row: when the lease is over, another one takes the page over.

use super::{Policy, name_of};
use crate::{
    client::Client,
    endpoint::{Trouble, run},
    store::{
        Batch, Database, Rows, Unreadable,
        sql::push::claim::{
            Defer, HandOut, Held, More, Open, Page as PageRow, Proceed, Renew, Reopen, TakeOver, Targets,
        },
    },
};

/// How long a worker starts new pushes, in milliseconds.
const RUN_MS: i64 = 60_000;

/// What it needs from its last start on, in milliseconds: two answers, and writing down what came of it all.
const END_MS: i64 = 40_000;

/// How long a page is its worker's, in milliseconds: a run, the last answers, and a database that takes its time.
const LEASE_MS: i64 = 2 * RUN_MS;

/// Who pushes now.
#[derive(Debug, Clone)]
pub struct Worker {
    /// A name that no other worker ever has.
    pub name: String,
    /// Whose devices it pushes to.
    pub client: Client,
    /// Unix milliseconds at which it took its page.
    pub now_ms: i64,
}

/// Devices that a worker has to push to.
#[derive(Debug, Clone)]
pub struct Page {
    /// The devices.
    pub devices: Vec<Device>,
    /// Pass types ('' for all) that the push service did not take from us when it was asked last.
    pub(super) holds: Vec<Hold>,
    /// Whether devices wait for their interval to be over.
    pub(super) deferred: bool,
    /// Whether there is more to be handed out at once, to another worker.
    pub more: bool,
}

/// A device, and where to push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The pass type of which it is told.
    pub pass_type: String,
    /// `deviceLibraryIdentifier`
    pub device: String,
    /// A push token it has for this pass type.
    pub push_token: String,
    /// Unix seconds at which it registered that last.
    pub registered_at: i64,
    /// Pushes in a row that failed.
    pub attempts: i64,
    /// Unix milliseconds of the first of them.
    pub failing_since: Option<i64>,
}

/// The push service does not take our pushes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) pass_type: String,
    /// Unix milliseconds before which it is not to be asked again.
    pub(super) until: i64,
    /// For which time in a row.
    pub(super) times: i64,
}

/// The places of the statements that answer.
const TARGETS: usize = 7;
const PAGE_ROW: usize = 8;
const HELD: usize = 9;
const MORE: usize = 10;

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
        let (client, worker, now, lease) =
            (name_of(self.client), self.name.as_str(), self.now_ms, self.lease());
        let interval = policy.interval_ms;
        // Not repeatable: the first of two runs would have its page, and the second another one.
        Batch::once(vec![
            TakeOver { client, worker, now, lease }.query(),
            Renew { client, worker, now, lease }.query(),
            Reopen { client, worker, now, lease }.query(),
            Open {
                client,
                worker,
                now,
                lease,
                limit: policy.page,
                pushed_before: now.saturating_sub(interval),
            }
            .query(),
            HandOut { worker }.query(),
            Defer { worker, interval }.query(),
            Proceed { worker, interval }.query(),
            Targets { client, worker, lease }.query(),
            PageRow { client, worker, lease }.query(),
            Held { client }.query(),
            More { client, now }.query(),
        ])
    }
}

/// Takes a page. `None` when there is nothing to do.
///
/// A crash after the commit, or an answer that is lost, leaves a page that another worker takes over.
///
/// # Errors
/// [`Trouble`] when the database does not answer.
pub async fn claim<D: Database>(
    database: &D,
    worker: &Worker,
    policy: &Policy,
) -> Result<Option<Page>, Trouble> {
    let rows = run(database, &worker.ask(policy)).await?;
    Ok(page(&rows)?)
}

fn page(rows: &Rows) -> Result<Option<Page>, Unreadable> {
    let Some((deferred,)) = rows.first::<(i64,)>(PAGE_ROW)? else { return Ok(None) };
    let devices = rows.all(TARGETS)?.into_iter().map(device).collect();
    let holds = rows.all(HELD)?.into_iter().map(hold).collect();
    Ok(Some(Page { devices, holds, deferred: deferred > 0, more: rows.text(MORE).is_some() }))
}

type TargetRow = (String, String, String, i64, i64, Option<i64>);

fn device(row: TargetRow) -> Device {
    let (pass_type, device, push_token, registered_at, attempts, failing_since) = row;
    Device { pass_type, device, push_token, registered_at, attempts, failing_since }
}

fn hold((pass_type, until, times): (String, i64, i64)) -> Hold {
    Hold { pass_type, until, times }
}
