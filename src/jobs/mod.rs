//! The work of the queue and of the cron trigger, on ports only. The Worker passes in the platform's ports, and the simulation
//! its own. So both run the same loop.

use crate::{
    crypto::Crypto,
    endpoint::{Error, InternalError},
    issuer::{
        Address,
        bulk::{self, Done, JobMessage, Next as NextStep},
        make::{PassMaker, Remade},
        republish::{self, Next, RepublishMessage},
    },
    message::Message,
    push::{self, PageResults, Policy, Providers, Transport, Worker},
    storage::{Database, Objects},
    wallet::Wallet,
};
use std::future::Future;

/// The queue.
pub trait Queue {
    /// Sends messages. A failure is only logged: the work is noted in the database, and the cron trigger finds it.
    fn send(&self, messages: &[Message]) -> impl Future<Output = ()>;
}

/// Seconds until a message whose work failed is delivered again.
pub const RETRY_SECONDS: u32 = 30;

/// Pushes to one page of phones, if something is due. Sends messages as soon as it has the page, so that other workers start on
/// the rest of the due work.
///
/// # Errors
/// [`InternalError`] when the database does not answer: the message should be delivered again. [`mod@crate::push`] says what a
/// failure leaves.
pub async fn push<D: Database, T: Transport, Q: Queue>(
    worker: &Worker,
    providers: &Providers,
    policy: &Policy,
    database: &D,
    transport: &T,
    queue: &Q,
) -> Result<Option<PageResults>, InternalError> {
    if !providers.serves(worker.wallet) {
        return Ok(None);
    }
    let claim = push::claim(database, worker, policy).await?;
    queue.send(&claim.messages).await;
    let Some(page) = claim.page else { return Ok(None) };
    let delivered = push::deliver(page, worker, providers, transport).await;
    let results = push::record_results(database, worker, &delivered).await?;
    queue.send(&results.messages).await;
    Ok(Some(results))
}

/// Makes the next passes of a template again, and sends messages to push to their phones. Returns whether the message is done;
/// otherwise it should be delivered again later.
///
/// # Errors
/// [`InternalError`] when storage does not answer: the message should be delivered again.
pub async fn republish<D: Database, O: Objects, C: Crypto, Q: Queue>(
    maker: &PassMaker<'_, D, O, C>,
    message: &RepublishMessage,
    queue: &Q,
) -> Result<bool, InternalError> {
    let next = republish::remake_batch(maker, message).await?;
    let mut messages = maker.messages.take();
    if next == Next::Batch {
        messages.push(message.to_message());
    }
    queue.send(&messages).await;
    Ok(next != Next::Later)
}

/// Makes passes whose increments are pending for long: their requests crashed, or other writers were faster again and again.
/// A pass that cannot be made is tried again later, at longer and longer intervals.
///
/// # Errors
/// [`InternalError`] when storage does not answer: a later run tries again.
pub async fn apply_increments<D: Database, O: Objects, C: Crypto, Q: Queue>(
    maker: &PassMaker<'_, D, O, C>,
    passes: &[Address],
    queue: &Q,
) -> Result<Applied, InternalError> {
    let mut applied = Applied::default();
    for address in passes {
        let counter = match maker.apply_increments(address).await? {
            Remade::Changed => &mut applied.made,
            Remade::Failed(_) => &mut applied.failed,
            Remade::Unchanged | Remade::Overtaken => continue,
        };
        *counter = counter.saturating_add(1);
    }
    queue.send(&maker.messages.take()).await;
    Ok(applied)
}

/// What became of passes with pending increments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Passes with a new version.
    pub made: usize,
    /// Passes that cannot be made. Their increments stay pending.
    pub failed: usize,
}

/// Does the next step of a job on many passes, and sends its messages. `worker` is a name that no other worker ever has.
/// Returns what was done.
///
/// # Errors
/// [`Error`] when storage does not answer, or a setting is missing: the message should be delivered again.
pub async fn work<D: Database, O: Objects, C: Crypto, Q: Queue>(
    maker: &PassMaker<'_, D, O, C>,
    message: &JobMessage,
    worker: &str,
    queue: &Q,
) -> Result<Done, Error> {
    let mut done = bulk::step(maker, &message.0, worker).await?;
    if done.next == NextStep::Step {
        done.messages.push(message.to_message());
    }
    queue.send(&done.messages).await;
    Ok(done)
}

/// Sends the lost messages of jobs again. Returns their number.
///
/// # Errors
/// [`InternalError`] when the database does not answer: the next run looks again.
pub async fn resume_jobs<D: Database, Q: Queue>(database: &D, queue: &Q, now_ms: i64) -> Result<usize, InternalError> {
    let jobs = bulk::resume(database, now_ms.div_euclid(1000)).await?;
    queue.send(&jobs.iter().map(JobMessage::to_message).collect::<Vec<_>>()).await;
    Ok(jobs.len())
}

/// What a look for due work found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resumed {
    /// The number of messages that were sent.
    pub messages: usize,
    /// Wallets whose devices wait because their push service is not configured.
    pub not_configured: Vec<Wallet>,
}

/// Sends the lost messages of republications again. Returns their number.
///
/// # Errors
/// [`InternalError`] when the database does not answer: the next run looks again.
pub async fn resume_republishing<D: Database, Q: Queue>(database: &D, queue: &Q, now_ms: i64) -> Result<usize, InternalError> {
    let runs = republish::resume(database, now_ms.div_euclid(1000)).await?;
    queue.send(&runs.iter().map(RepublishMessage::to_message).collect::<Vec<_>>()).await;
    Ok(runs.len())
}

/// Sends messages for due pushes that seem to have none.
///
/// # Errors
/// [`InternalError`] when the database does not answer: the next run looks again.
pub async fn resume_pushing<D: Database, Q: Queue>(
    policy: &Policy,
    database: &D,
    queue: &Q,
    now_ms: i64,
) -> Result<Resumed, InternalError> {
    let left = push::resume(database, policy, now_ms).await?;
    queue.send(&left.messages).await;
    Ok(Resumed { messages: left.messages.len(), not_configured: left.unusable })
}
