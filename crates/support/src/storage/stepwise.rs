//! Storage whose calls take a while, so that other tasks can run in between.

use edgepass::storage::{Batch, Database, DatabaseError, Objects, ObjectsError, Rows, Usage};
use std::{
    future::{Future, poll_fn},
    task::Poll,
};

/// Lets other tasks run once before each call, and once before its answer arrives.
#[derive(Debug)]
pub struct Stepwise<S>(pub S);

/// Is pending once. Groups of futures poll only those that woke them.
fn pause() -> impl Future<Output = ()> {
    let mut asked = false;
    poll_fn(move |context| {
        if asked {
            return Poll::Ready(());
        }
        asked = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

async fn step<T>(call: impl Future<Output = T>) -> T {
    pause().await;
    let answer = call.await;
    pause().await;
    answer
}

impl<D: Database> Database for Stepwise<D> {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        step(self.0.run(batch)).await
    }

    fn usage(&self) -> Usage {
        self.0.usage()
    }
}

impl<O: Objects> Objects for Stepwise<O> {
    type Body = O::Body;

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        step(self.0.put(key, bytes)).await
    }

    async fn get(&self, key: &str) -> Result<Option<O::Body>, ObjectsError> {
        step(self.0.get(key)).await
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        step(self.0.read(key)).await
    }

    async fn delete(&self, keys: &[String]) -> Result<(), ObjectsError> {
        step(self.0.delete(keys)).await
    }

    async fn list(&self, after: &str, limit: u32) -> Result<(Vec<String>, bool), ObjectsError> {
        step(self.0.list(after, limit)).await
    }
}
