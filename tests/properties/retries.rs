//! A batch is sent again once, if the connection broke and the batch may run twice.

use edgepass::{
    endpoint::run,
    storage::{Batch, Database, DatabaseError, Fault, Rows, Usage},
};
use edgepass_support::storage::block_on;
use std::cell::Cell;

/// A database that always fails in the same way.
struct Failing {
    message: &'static str,
    calls: Cell<u32>,
}

impl Database for Failing {
    async fn run(&self, _: &Batch<'_>) -> Result<Rows, DatabaseError> {
        self.calls.set(self.calls.get() + 1);
        Err(DatabaseError { fault: Fault::from_message(self.message), message: self.message.to_owned() })
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }
}

fn calls(message: &'static str, batch: &Batch<'_>) -> u32 {
    let database = Failing { message, calls: Cell::new(0) };
    assert!(block_on(run(&database, batch)).is_err());
    database.calls.get()
}

#[test]
fn a_broken_connection_is_tried_once_more() {
    for message in [
        "D1_ERROR: Network connection lost.",
        "D1_ERROR: Internal error in D1 DB storage caused object to be reset.",
        "D1_ERROR: Internal error while starting up D1 DB storage caused object to be reset",
    ] {
        assert_eq!(calls(message, &Batch::repeatable(Vec::new())), 2, "{message}");
    }
}

#[test]
fn what_counts_is_not_counted_twice() {
    assert_eq!(calls("D1_ERROR: Network connection lost.", &Batch::once(Vec::new())), 1);
}

#[test]
fn a_database_with_too_much_to_do_is_left_alone() {
    for message in [
        "D1 DB is overloaded. Requests queued for too long.",
        "D1 DB storage operation exceeded timeout which caused object to be reset.",
        "D1_ERROR: no such table",
    ] {
        assert_eq!(calls(message, &Batch::repeatable(Vec::new())), 1, "{message}");
    }
}
