//! The port to the database.

use super::{Query, Rows};
use std::future::Future;

/// Statements that run in one round trip and one transaction: all of them or none.
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    /// What to run, in this order.
    pub queries: Vec<Query<'a>>,
    /// Whether running it twice leaves what running it once leaves, and a client sends it again by itself anyway, so that
    /// it may be sent again when its answer got lost.
    pub repeatable: bool,
}

impl<'a> Batch<'a> {
    /// A batch that may safely run twice.
    #[must_use]
    pub fn repeatable(queries: Vec<Query<'a>>) -> Self {
        Self { queries, repeatable: true }
    }

    /// A batch that must not run twice, such as one that counts.
    #[must_use]
    pub fn once(queries: Vec<Query<'a>>) -> Self {
        Self { queries, repeatable: false }
    }
}

/// The database: one call is one round trip, and that is the latency of a request.
pub trait Database {
    /// Runs the batch in one transaction.
    ///
    /// # Errors
    /// [`DatabaseError`] when the batch did not run, or when it is unknown whether it ran.
    fn run(&self, batch: &Batch<'_>) -> impl Future<Output = Result<Rows, DatabaseError>>;

    /// What this handle has used so far.
    fn usage(&self) -> Usage;
}

/// What was asked of the database: the figures D1 bills by, and the time spent waiting for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Round trips.
    pub calls: u32,
    /// Rows read, index entries included.
    pub rows_read: usize,
    /// Rows written, index entries included.
    pub rows_written: usize,
    /// Milliseconds waited, where that is measured.
    pub milliseconds: u64,
}

/// The database did not answer a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseError {
    /// What to do about it.
    pub fault: Fault,
    /// The database's own words, for the operator's log only.
    pub message: String,
}

/// Whether another attempt makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection or the database's host went away; the batch may or may not have run. Worth one more attempt.
    Interrupted,
    /// Too much to do. Another attempt at once makes it worse.
    Overloaded,
    /// Anything else: the attempt would fail again.
    Other,
}

impl Fault {
    /// Judges D1's message. The texts are from Cloudflare's "Debug D1" page, which says which of them may be retried.
    #[must_use]
    pub fn from_message(message: &str) -> Self {
        const INTERRUPTED: [&str; 4] = [
            "Network connection lost",
            "storage caused object to be reset",
            "Internal error in D1 DB storage",
            "Internal error while starting up D1 DB storage",
        ];
        const OVERLOADED: [&str; 2] = ["overloaded", "exceeded timeout"];
        let says = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
        if says(&OVERLOADED) {
            Self::Overloaded
        } else if says(&INTERRUPTED) {
            Self::Interrupted
        } else {
            Self::Other
        }
    }
}
