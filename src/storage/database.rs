//! The database port.

use super::{Query, Rows};
use std::future::Future;

/// Statements that run in one round trip and one transaction: all of them or none.
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    /// What to run, in this order.
    pub queries: Vec<Query<'a>>,
    /// Whether it may run again when its answer was lost: a second run changes nothing.
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

/// The database. One call is one round trip, which is nearly all of a request's latency.
pub trait Database {
    /// Runs the batch in one transaction.
    ///
    /// # Errors
    /// [`DatabaseError`] when the batch did not run, or when it is unknown whether it ran.
    fn run(&self, batch: &Batch<'_>) -> impl Future<Output = Result<Rows, DatabaseError>>;

    /// How much this handle has used so far.
    fn usage(&self) -> Usage;
}

/// The figures that D1 bills by, and the time spent waiting for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Round trips.
    pub calls: u32,
    /// Rows read, index entries included.
    pub rows_read: usize,
    /// Rows written, index entries included.
    pub rows_written: usize,
    /// Milliseconds waited, if that is measured.
    pub milliseconds: u64,
}

/// The database did not answer a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseError {
    /// Whether to try again.
    pub fault: Fault,
    /// The database's message, for the log only.
    pub message: String,
}

/// Whether another attempt makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection or the database's host was lost. The batch may have run. One more attempt makes sense.
    Interrupted,
    /// The database has too much to do. Another attempt makes it worse.
    Overloaded,
    /// Another attempt would fail too.
    Other,
}

impl Fault {
    /// Reads D1's message. Cloudflare's page "Debug D1" has the texts, and says which of them may be retried.
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
