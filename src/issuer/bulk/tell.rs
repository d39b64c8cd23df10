//! Writes the changes of a chunk into the outbox of push, once all changes of the job are published.
//!
//! One transaction writes them, deletes the outcomes, and notes how far it came. So a crash leaves the chunk told or not told.
//! Chunks are due one after the other, so that a large job is spread over minutes.

use super::run::Done;
use crate::{
    crypto::Crypto,
    endpoint::{InternalError, run},
    issuer::make::PassMaker,
    push,
    storage::{
        Batch, Database,
        sql::issuer::{bulk as sql, publish::ToldRow},
    },
};

/// Milliseconds between the pushes of two lines: 500 lines a second.
const SPREAD_MS: i64 = 2;

pub(super) async fn tell<D: Database, O, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    job: &str,
    worker: &str,
    chunk: sql::UntoldChunkRow,
) -> Result<Done, InternalError> {
    let sql::UntoldChunkRow { first_line, last_line } = chunk;
    let (now_ms, interval) = (maker.now_ms, maker.policy.interval_ms);
    let due_at = now_ms.saturating_add(first_line.saturating_sub(1).saturating_mul(SPREAD_MS));
    let clients = push::ALL_WALLETS;
    let queries = vec![
        sql::Tell { job, worker, first_line, last_line, clients, due_at, interval }.query(),
        sql::Told { job, first_line, last_line }.query(),
        sql::Forget { job, worker, first_line, last_line }.query(),
        sql::Proceed { job, worker, first_line, last_line, now: maker.now() }.query(),
    ];
    // If its answer is lost, the cron trigger finds the outbox without its messages.
    let rows = run(maker.database, &Batch::once(queries)).await?;
    let told = rows.all::<sql::Told>()?.into_iter();
    let told = told.map(|sql::ToldRow { client, due_at, devices }| ToldRow { client, due_at, devices });
    let told: Vec<_> = told.collect();
    let devices = told.iter().fold(0, |sum: i64, told| sum.saturating_add(told.devices));
    let messages = push::messages(&told, devices, &maker.policy, now_ms);
    Ok(Done { messages, ..Done::step(rows.any::<sql::Proceed>()?) })
}
