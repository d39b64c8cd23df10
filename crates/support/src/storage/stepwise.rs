//! Storage whose calls take a while, so that whoever waits for one can be overtaken.

use edgepass::storage::{Batch, Database, DatabaseError, Objects, ObjectsError, Rows, Usage};
use std::{
    future::{Future, poll_fn},
    task::Poll,
};

/// Storage that lets others go first, once before each call is carried out, and once before its answer arrives.
#[derive(Debug)]
pub struct Stepwise<S>(pub S);

/// Is not ready the first time it is asked.
fn pause() -> impl Future<Output = ()> {
    let mut asked = false;
    poll_fn(move |_| {
        if asked {
            return Poll::Ready(());
        }
        asked = true;
        Poll::Pending
    })
}

impl<D: Database> Database for Stepwise<D> {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        pause().await;
        let answer = self.0.run(batch).await;
        pause().await;
        answer
    }

    fn usage(&self) -> Usage {
        self.0.usage()
    }
}

impl<O: Objects> Objects for Stepwise<O> {
    type Body = O::Body;

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        pause().await;
        let answer = self.0.put(key, bytes).await;
        pause().await;
        answer
    }

    async fn get(&self, key: &str) -> Result<Option<O::Body>, ObjectsError> {
        pause().await;
        let answer = self.0.get(key).await;
        pause().await;
        answer
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        pause().await;
        let answer = self.0.read(key).await;
        pause().await;
        answer
    }

    async fn delete(&self, keys: &[String]) -> Result<(), ObjectsError> {
        pause().await;
        let answer = self.0.delete(keys).await;
        pause().await;
        answer
    }

    async fn list(&self, after: &str, limit: u32) -> Result<(Vec<String>, bool), ObjectsError> {
        pause().await;
        let answer = self.0.list(after, limit).await;
        pause().await;
        answer
    }
}
