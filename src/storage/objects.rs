//! The port to the bucket that holds the pass files.

use std::future::Future;

/// The bucket. An object's key is never used twice, so what is read under a key is what was once written there.
pub trait Objects {
    /// A file on its way to a client.
    type Body;

    /// Stores `bytes` under `key`.
    ///
    /// # Errors
    /// [`ObjectsError`] when it is not stored, or when that is unknown.
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

    /// Deletes the files under `keys`, at most 1,000; a missing one is no error.
    ///
    /// # Errors
    /// [`ObjectsError`] when the bucket does not answer.
    fn delete(&self, keys: &[String]) -> impl Future<Output = Result<(), ObjectsError>>;

    /// At most `limit` objects in the order of their keys, from the first key after `after` on, and whether there are more.
    ///
    /// # Errors
    /// [`ObjectsError`] when the bucket does not answer.
    fn list(&self, after: &str, limit: u32) -> impl Future<Output = Result<(Vec<ListedObject>, bool), ObjectsError>>;
}

/// A bucket whose objects need not fit into memory.
pub trait Streams: Objects {
    /// Reads the file under `key` piece by piece. `false`: there is none.
    ///
    /// # Errors
    /// [`ObjectsError`] when the bucket does not answer, or stops to.
    fn scan(&self, key: &str, piece: &mut dyn FnMut(&[u8])) -> impl Future<Output = Result<bool, ObjectsError>>;

    /// One file of these parts, which have `length` bytes together. It breaks off if an object is gone.
    ///
    /// # Errors
    /// [`ObjectsError`] when the platform does not begin.
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

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: String,
}

/// The bucket did not do as asked; its own words, for the operator's log only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectsError(pub String);
