//! How a request meets storage.
//!
//! An endpoint is two pure functions: *ask*, from the request to one batch of statements, and *answer*, from the rows to
//! the reply. [`serve`] runs the batch between them. That a question costs one round trip to the database is thereby
//! a property of the type [`Endpoint`], and every endpoint runs in a test on SQLite just as it runs on D1. A request is
//! one question, unless it can be read in two ways and is refused in the first.

use crate::{
    crypto::CryptoError,
    http::{Body, ClientError, Reply},
    storage::{Batch, Database, DatabaseError, Fault, Objects, ObjectsError, Rows, Unreadable},
};

/// The status of a reply that says the token opens nothing.
const REFUSED: u16 = 401;

/// A request that was understood.
pub trait Endpoint {
    /// A file to store before anything is asked. If the answer turns out not to name it, the reply discards it.
    fn upload(&self) -> Option<Upload<'_>> {
        None
    }

    /// What to ask the database.
    fn ask(&self) -> Batch<'_>;

    /// The other reading of an ambiguous request, for when this one is refused. Having written nothing then, each asks in a
    /// transaction of its own.
    fn otherwise(&self) -> Option<Box<dyn Endpoint>> {
        None
    }

    /// What the rows mean.
    ///
    /// # Errors
    /// [`Unreadable`] when the rows are not those the statements give.
    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable>;
}

/// A file on its way into the bucket.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// A key that was never used before.
    pub key: &'a str,
    /// The file.
    pub bytes: &'a [u8],
}

/// An answer with the body in hand.
#[derive(Debug)]
pub struct Answer<B> {
    /// The answer; where its body is an object, `object` is that.
    pub reply: Reply,
    /// The object, on its way to the client.
    pub object: Option<B>,
}

impl<B> From<Reply> for Answer<B> {
    fn from(reply: Reply) -> Self {
        Self { reply, object: None }
    }
}

/// InternalError of storage or the platform, for the operator's log. The client is told [`ClientError::Unavailable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InternalError {
    /// The database did not answer.
    Database(DatabaseError),
    /// The bucket did not answer.
    Objects(ObjectsError),
    /// A row names an object that the bucket does not have.
    ObjectMissing(String),
    /// The platform's cryptography did not do as asked.
    Crypto(CryptoError),
    /// The queue did not take a message; its own words.
    Queue(String),
    /// A row or file is not of the form this program gives it.
    Unreadable,
}

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The client's doing.
    ClientError(ClientError),
    /// Storage's, or the platform's.
    InternalError(InternalError),
}

impl From<ClientError> for Error {
    fn from(refusal: ClientError) -> Self {
        Self::ClientError(refusal)
    }
}

impl<T: Into<InternalError>> From<T> for Error {
    fn from(trouble: T) -> Self {
        Self::InternalError(trouble.into())
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

impl From<&InternalError> for ClientError {
    fn from(_: &InternalError) -> Self {
        Self::Unavailable
    }
}

/// Serves a request: stores its file if it brings one, asks the database, answers. If that is 401 and the request can
/// be read otherwise, it is asked and answered as that, which is final.
///
/// A crash after the upload and before the batch leaves an object that no row names, which the sweep finds; a crash
/// after the batch leaves everything done and the client without an answer, so that it asks again, and asking again is
/// harmless.
///
/// # Errors
/// [`InternalError`] when storage does not answer.
pub async fn serve<D: Database, O: Objects>(
    endpoint: &dyn Endpoint,
    database: &D,
    objects: &O,
) -> Result<Answer<O::Body>, InternalError> {
    if let Some(upload) = endpoint.upload() {
        objects.put(upload.key, upload.bytes).await?;
    }
    let mut reply = reply(endpoint, database).await?;
    if reply.status == REFUSED
        && let Some(otherwise) = endpoint.otherwise()
    {
        reply = self::reply(&*otherwise, database).await?;
    }
    if let Some(key) = reply.discard.take() {
        // What cannot be deleted now is swept later.
        let _ = objects.delete(&[key]).await;
    }
    with_object(reply, objects).await
}

async fn reply<D: Database>(endpoint: &dyn Endpoint, database: &D) -> Result<Reply, InternalError> {
    let rows = run(database, &endpoint.ask()).await?;
    Ok(endpoint.answer(&rows)?)
}

/// Gets the object that a reply names.
///
/// # Errors
/// [`InternalError`] when the bucket does not answer, or does not have it.
pub async fn with_object<O: Objects>(reply: Reply, objects: &O) -> Result<Answer<O::Body>, InternalError> {
    let object = match &reply.body {
        Body::Object(key) => {
            let object = objects.get(key).await?;
            Some(object.ok_or_else(|| InternalError::ObjectMissing(key.clone()))?)
        }
        Body::Empty | Body::Text(_) | Body::Bytes(_) => None,
    };
    Ok(Answer { reply, object })
}

/// Runs a batch; once more if the connection broke and running it twice does no harm.
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
