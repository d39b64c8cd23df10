//! A bucket in memory.

use edgepass::storage::{Objects, ObjectsError};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// A bucket that forgets everything at its end.
#[derive(Debug, Default)]
pub struct Memory {
    files: RefCell<BTreeMap<String, Rc<[u8]>>>,
}

impl Memory {
    pub fn contains(&self, key: &str) -> bool {
        self.files.borrow().contains_key(key)
    }

    pub fn len(&self) -> usize {
        self.files.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Objects for Memory {
    type Body = Rc<[u8]>;

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        let replaced = self.files.borrow_mut().insert(key.to_owned(), bytes.into());
        assert!(replaced.is_none(), "the key {key} was used twice");
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Rc<[u8]>>, ObjectsError> {
        Ok(self.files.borrow().get(key).map(Rc::clone))
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        Ok(self.files.borrow().get(key).map(|file| file.to_vec()))
    }

    async fn delete(&self, keys: &[String]) -> Result<(), ObjectsError> {
        for key in keys {
            self.files.borrow_mut().remove(key);
        }
        Ok(())
    }

    async fn list(&self, after: &str, limit: u32) -> Result<(Vec<String>, bool), ObjectsError> {
        let files = self.files.borrow();
        let mut after = files.keys().filter(|key| key.as_str() > after);
        let listed: Vec<_> = after.by_ref().take(limit as usize).cloned().collect();
        Ok((listed, after.next().is_some()))
    }
}
