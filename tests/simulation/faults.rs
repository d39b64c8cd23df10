//! Storage that fails before a call, or after it: then only the answer is lost.

use edgepass::storage::{Batch, Database, DatabaseError, Fault, Objects, ObjectsError, Rows, Usage};
use edgepass_support::{
    chance::Chance,
    storage::{Memory, Sqlite},
};
use std::{cell::Cell, future::Future, rc::Rc};

pub(crate) struct Faulty {
    pub(crate) sqlite: Sqlite,
    chance: Chance,
    pub(crate) percent: Cell<usize>,
}

impl Faulty {
    pub(crate) fn new(seed: u64) -> Self {
        Self { sqlite: Sqlite::new(), chance: Chance::new(seed), percent: Cell::new(0) }
    }

    fn error(&self) -> DatabaseError {
        let message =
            *self.chance.pick(&["Network connection lost.", "D1 DB is overloaded.", "D1_ERROR: something else"]).unwrap();
        DatabaseError { fault: Fault::from_message(message), message: message.to_owned() }
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

pub(crate) struct FaultyBucket {
    pub(crate) memory: Memory,
    chance: Chance,
    pub(crate) percent: Cell<usize>,
}

impl FaultyBucket {
    pub(crate) fn new(seed: u64) -> Self {
        Self { memory: Memory::default(), chance: Chance::new(seed), percent: Cell::new(0) }
    }

    async fn fail<T>(&self, call: impl Future<Output = Result<T, ObjectsError>>) -> Result<T, ObjectsError> {
        if !self.chance.percent(self.percent.get()) {
            return call.await;
        }
        if self.chance.percent(50) {
            call.await?;
        }
        Err(ObjectsError("the bucket does not answer".to_owned()))
    }
}

impl Objects for FaultyBucket {
    type Body = Rc<[u8]>;

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        self.fail(self.memory.put(key, bytes)).await
    }

    async fn get(&self, key: &str) -> Result<Option<Rc<[u8]>>, ObjectsError> {
        self.fail(self.memory.get(key)).await
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        self.fail(self.memory.read(key)).await
    }

    async fn delete(&self, keys: &[String]) -> Result<(), ObjectsError> {
        self.fail(self.memory.delete(keys)).await
    }

    async fn list(&self, after: &str, limit: u32) -> Result<(Vec<String>, bool), ObjectsError> {
        self.fail(self.memory.list(after, limit)).await
    }
}
