//! What the queue and the cron trigger run, on ports only: the Worker calls it with the platform's, the simulation with its own. So
//! the loop that is simulated is the loop that runs.

use crate::{
    crypto::Crypto,
    endpoint::InternalError,
    issuer::{
        make::PassMaker,
        republish::{self, Next, RepublishMessage},
    },
    message::Message,
    push::{self, PageResults, Policy, Providers, Transport, Worker},
    storage::{Database, Objects},
    wallet::Wallet,
};
use std::future::Future;

/// The queue of work that goes on after its request was answered.
pub trait Queue {
    /// Sends messages. Losing one loses nothing: the work is noted in the database, and the cron trigger finds it. So a failure is
    /// the operator's to know, and nobody else's.
    fn send(&self, messages: &[Message]) -> impl Future<Output = ()>;
}

/// Seconds until a message whose work failed comes again.
pub const RETRY_SECONDS: u32 = 30;

/// Pushes to one page of phones, if something is due. As soon as the page is taken, other workers begin with what else is due.
///
/// # Errors
/// [`InternalError`] when the database does not answer: the message should come again. What that leaves is in [`mod@crate::push`].
pub async fn push<D: Database, T: Transport, Q: Queue>(
    worker: &Worker,
    providers: &Providers,
    policy: &Policy,
    database: &D,
    transport: &T,
    queue: &Q,
) -> Result<Option<PageResults>, InternalError> {
    if !providers.serves(worker.client) {
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

/// Makes the next passes of a template again, and lets their phones know. Whether the message is done with; otherwise it should
/// come again later.
///
/// # Errors
/// [`InternalError`] when storage does not answer: the message should come again.
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

/// What the cron trigger found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resumed {
    /// Messages that were sent.
    pub messages: usize,
    /// Wallets with something to tell whose push service is not set up.
    pub not_configured: Vec<Wallet>,
}

/// Sends the messages of runs that seem to be lost; how many.
///
/// # Errors
/// [`InternalError`] when the database does not answer: the next run looks again.
pub async fn resume_republishing<D: Database, Q: Queue>(database: &D, queue: &Q, now_ms: i64) -> Result<usize, InternalError> {
    let runs = republish::resume(database, now_ms.div_euclid(1000)).await?;
    queue.send(&runs.iter().map(RepublishMessage::to_message).collect::<Vec<_>>()).await;
    Ok(runs.len())
}

/// Sends messages for pushes that are due and seem to have none.
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
