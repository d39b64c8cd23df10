//! Endpoints, and how they use storage.
//!
//! An endpoint is two pure functions. *Ask* turns the request into one batch of statements. *Answer* turns the rows into the
//! reply. [`serve`] runs the batch between them. So the type [`Endpoint`] ensures that a request costs one round trip to the
//! database, and every endpoint runs in a test on SQLite as it runs on D1. Only an ambiguous request may cost a second one.

use crate::{
    crypto::CryptoError,
    http::{Body, ClientError, Reply},
    storage::{Batch, Database, DatabaseError, Fault, Objects, ObjectsError, Rows, Unreadable},
};

/// The status of a reply to a token that opens nothing.
const UNAUTHORIZED: u16 = 401;

/// A parsed request.
pub trait Endpoint {
    /// A file to store before the batch runs. If no row names it afterwards, the reply discards it.
    fn upload(&self) -> Option<Upload<'_>> {
        None
    }

    /// The statements that the request needs.
    fn ask(&self) -> Batch<'_>;

    /// The other reading of an ambiguous request. It runs in a second transaction if the first reading is answered with 401,
    /// which has written nothing then.
    fn otherwise(&self) -> Option<Box<dyn Endpoint>> {
        None
    }

    /// Turns the rows into the reply.
    ///
    /// # Errors
    /// [`Unreadable`] when the rows are not those of the statements.
    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable>;
}

/// A file to store in the bucket.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// A key that was never used before.
    pub key: &'a str,
    /// The file.
    pub bytes: &'a [u8],
}

/// A reply with the object that its body names.
#[derive(Debug)]
pub struct Answer<B> {
    /// The reply.
    pub reply: Reply,
    /// The object, as a stream.
    pub object: Option<B>,
}

impl<B> From<Reply> for Answer<B> {
    fn from(reply: Reply) -> Self {
        Self { reply, object: None }
    }
}

/// A failure of storage or the platform, for the operator's log. The client gets [`ClientError::Unavailable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InternalError {
    /// The database did not answer.
    Database(DatabaseError),
    /// The bucket did not answer.
    Objects(ObjectsError),
    /// A row names an object that the bucket does not have.
    ObjectMissing(String),
    /// The platform's cryptography failed.
    Crypto(CryptoError),
    /// The queue did not take a message. The text is its own.
    Queue(String),
    /// A row or file does not have the form that this program gives it.
    Unreadable,
}

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The client has to change something.
    ClientError(ClientError),
    /// Storage or the platform failed.
    InternalError(InternalError),
}

impl From<ClientError> for Error {
    fn from(error: ClientError) -> Self {
        Self::ClientError(error)
    }
}

impl<E: Into<InternalError>> From<E> for Error {
    fn from(error: E) -> Self {
        Self::InternalError(error.into())
    }
}

impl From<Unreadable> for InternalError {
    fn from(_: Unreadable) -> Self {
        Self::Unreadable
    }
}

impl From<DatabaseError> for InternalError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl From<ObjectsError> for InternalError {
    fn from(error: ObjectsError) -> Self {
        Self::Objects(error)
    }
}

impl From<CryptoError> for InternalError {
    fn from(error: CryptoError) -> Self {
        Self::Crypto(error)
    }
}

/// Serves a request: runs the endpoint, and its other reading if the first one is answered with 401.
///
/// A crash between the upload and the batch leaves an object that no row names, and the sweep deletes it. A crash after the
/// batch leaves the change, and a client without an answer. The client repeats the request, which is harmless.
///
/// # Errors
/// [`InternalError`] when storage does not answer.
pub async fn serve<D: Database, O: Objects>(
    endpoint: &dyn Endpoint,
    database: &D,
    objects: &O,
) -> Result<Answer<O::Body>, InternalError> {
    let mut reply = endpoint.answer(&ask(endpoint, database, objects).await?)?;
    if reply.status == UNAUTHORIZED
        && let Some(otherwise) = endpoint.otherwise()
    {
        reply = otherwise.answer(&ask(&*otherwise, database, objects).await?)?;
    }
    if let Some(key) = reply.discard.take() {
        discard(key, objects).await;
    }
    with_object(reply, objects).await
}

/// Stores the endpoint's file, if it has one, and runs its batch.
///
/// # Errors
/// [`InternalError`] when storage does not answer.
pub async fn ask<D: Database, O: Objects>(endpoint: &dyn Endpoint, database: &D, objects: &O) -> Result<Rows, InternalError> {
    if let Some(upload) = endpoint.upload() {
        objects.put(upload.key, upload.bytes).await?;
    }
    Ok(run(database, &endpoint.ask()).await?)
}

/// Deletes an object that no row names. If that fails, the sweep deletes it later.
pub async fn discard<O: Objects>(key: String, objects: &O) {
    let _ = objects.delete(&[key]).await;
}

/// Gets the object that a reply names.
///
/// # Errors
/// [`InternalError`] when the bucket does not answer, or does not have the object.
pub async fn with_object<O: Objects>(reply: Reply, objects: &O) -> Result<Answer<O::Body>, InternalError> {
    let Body::Object(key) = &reply.body else { return Ok(reply.into()) };
    let object = objects.get(key).await?.ok_or_else(|| InternalError::ObjectMissing(key.clone()))?;
    Ok(Answer { reply, object: Some(object) })
}

/// Runs a batch. If the connection broke and the batch is repeatable, it runs once more.
///
/// # Errors
/// [`DatabaseError`] of the last attempt.
pub async fn run<D: Database>(database: &D, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
    let outcome = match database.run(batch).await {
        Err(error) if error.fault == Fault::Interrupted && batch.repeatable => database.run(batch).await,
        outcome => outcome,
    };
    Ok(outcome?.from_batch(batch))
}
