//! A database that fails: before a batch, so that it did not run, or after its commit, so that only the answer is lost.

use crate::chance::Chance;
use edgepass::store::{Batch, Database, DatabaseError, Fault, Rows, Usage};
use edgepass_support::storage::Sqlite;
use std::cell::Cell;

pub(crate) struct Faulty {
    pub(crate) sqlite: Sqlite,
    chance: Chance,
    /// How many of 100 calls fail.
    pub(crate) percent: Cell<usize>,
}

impl Faulty {
    pub(crate) fn new(seed: u64) -> Self {
        Self { sqlite: Sqlite::new(), chance: Chance::new(seed), percent: Cell::new(0) }
    }

    fn error(&self) -> DatabaseError {
        let message = *self
            .chance
            .pick(&["Network connection lost.", "D1 DB is overloaded.", "D1_ERROR: something else"])
            .unwrap();
        DatabaseError { fault: Fault::of_message(message), message: message.to_owned() }
    }
}

impl Database for Faulty {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        if !self.chance.percent(self.percent.get()) {
            return self.sqlite.run(batch).await;
        }
        if self.chance.percent(50) {
            self.sqlite.run(batch).await?;
        }
        Err(self.error())
    }

    fn usage(&self) -> Usage {
        self.sqlite.usage()
    }
}
