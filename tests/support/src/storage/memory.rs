//! A bucket in memory.

use edgepass::store::{ListedObject, Objects, ObjectsError};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

/// A bucket that forgets everything at its end.
#[derive(Debug, Default)]
pub struct Memory {
    files: RefCell<BTreeMap<String, Stored>>,
    now: Cell<i64>,
}

/// A file, and the unix second it was put there.
type Stored = (Rc<[u8]>, i64);

impl Memory {
    /// Sets the time, in unix seconds, that uploads are stamped with.
    pub fn set_now(&self, now: i64) {
        self.now.set(now);
    }

    /// Whether there is a file under `key`.
    pub fn contains(&self, key: &str) -> bool {
        self.files.borrow().contains_key(key)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.borrow().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Objects for Memory {
    type Body = Rc<[u8]>;

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        let replaced = self.files.borrow_mut().insert(key.to_owned(), (bytes.into(), self.now.get()));
        assert!(replaced.is_none(), "the key {key} was used twice");
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Rc<[u8]>>, ObjectsError> {
        Ok(self.files.borrow().get(key).map(|(bytes, _)| Rc::clone(bytes)))
    }

    async fn delete(&self, keys: &[String]) -> Result<(), ObjectsError> {
        for key in keys {
            self.files.borrow_mut().remove(key);
        }
        Ok(())
    }

    async fn list(&self, after: &str, limit: u32) -> Result<Vec<ListedObject>, ObjectsError> {
        let files = self.files.borrow();
        let listed = files
            .iter()
            .filter(|(key, _)| key.as_str() > after)
            .take(limit as usize)
            .map(|(key, (_, uploaded_at))| ListedObject { key: key.clone(), uploaded_at: *uploaded_at });
        Ok(listed.collect())
    }
}
