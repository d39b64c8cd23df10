//! The port to the bucket that holds the pass files.

use std::future::Future;

/// The bucket. A key is never used twice, so its object never changes.
pub trait Objects {
    /// A file as the body of a response.
    type Body;

    /// Stores `bytes` under `key`.
    ///
    /// # Errors
    /// [`ObjectsError`] when it was not stored, or when that is unknown.
    fn put(&self, key: &str, bytes: &[u8]) -> impl Future<Output = Result<(), ObjectsError>>;

    /// The file under `key`, or `None`.
    ///
    /// # Errors
    /// [`ObjectsError`] when the bucket does not answer.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Self::Body>, ObjectsError>>;

    /// The bytes of the file under `key`, or `None`.
    ///
    /// # Errors
    /// [`ObjectsError`] when the bucket does not answer.
    fn read(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, ObjectsError>>;

    /// Deletes the files under `keys`, at most 1,000. A missing file is no error.
    ///
    /// # Errors
    /// [`ObjectsError`] when the bucket does not answer.
    fn delete(&self, keys: &[String]) -> impl Future<Output = Result<(), ObjectsError>>;

    /// At most `limit` keys of objects, in order, from the first one after `after`, and whether there are more.
    ///
    /// # Errors
    /// [`ObjectsError`] when the bucket does not answer.
    fn list(&self, after: &str, limit: u32) -> impl Future<Output = Result<(Vec<String>, bool), ObjectsError>>;
}

/// A bucket whose objects need not fit into memory.
pub trait Streams: Objects {
    /// Reads the file under `key` piece by piece. Returns `false` when there is none.
    ///
    /// # Errors
    /// [`ObjectsError`] when the bucket does not answer, or stops answering.
    fn scan(&self, key: &str, piece: &mut dyn FnMut(&[u8])) -> impl Future<Output = Result<bool, ObjectsError>>;

    /// Joins these parts into one file of `length` bytes. The file is incomplete if an object is missing.
    ///
    /// # Errors
    /// [`ObjectsError`] when the platform cannot start.
    fn concatenate(&self, parts: &[Part], length: usize) -> Result<Self::Body, ObjectsError>;
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The file under this key.
    Object(String),
}

/// An operation of the bucket failed. The message is the bucket's, for the log only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectsError(pub String);
