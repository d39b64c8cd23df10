//! Making passes: template and fields → `pass.json` → manifest → signature → archive → stored and published.
//!
//! It costs two calls of the database, one before and one after, and one file written. Templates and signing identities are
//! kept in the isolate once they were used; the first call asks for their versions, so that what was replaced is never
//! used again, anywhere, without a question of its own.
//!
//! Nothing is locked between the two calls. The second stores the pass only if all that it was made over and with is
//! still the newest; otherwise somebody else was faster, and it is made again over what is there now, so that no
//! change is lost. A crash between the calls leaves a file that no row names, which the sweep finds.

mod cache;
mod finish;
mod patch;
mod prepare;
mod put;
mod remake;
mod request;

pub use cache::Cache;
pub use remake::Remade;
pub use request::{BODY_LIMIT, MakePassRequest, read_patch};

use crate::{
    crypto::{Crypto, MasterKey},
    endpoint::{Error, InternalError},
    http::ClientError,
    issuer::publish::refused,
    message::Message,
    push::Policy,
    storage::{Database, Objects},
};
use pkpass::Defect;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// How often a pass is made again because another version was published meanwhile, before the issuer is told.
const ATTEMPTS: usize = 8;

/// What makes passes: storage and cryptography, what the isolate keeps, and the operator's settings.
pub struct PassMaker<'a, D, O, C: Crypto> {
    /// The database.
    pub database: &'a D,
    /// The bucket.
    pub objects: &'a O,
    /// The platform's cryptography.
    pub crypto: &'a C,
    /// What the isolate keeps.
    pub cache: &'a Cache<C::SigningKey>,
    /// The key of sealed keys and authentication tokens.
    pub master_key: &'a MasterKey,
    /// `webServiceURL` of the passes that are made.
    pub public_url: &'a str,
    /// What gives the names under which passes are published.
    pub names: PublicationIds,
    /// What the operator decided about pushing.
    pub policy: Rc<Policy>,
    /// What the queue is to be told of passes that were made again.
    pub told: PendingMessages,
    /// Unix milliseconds.
    pub now_ms: i64,
}

/// Messages of many passes: of those that say the same, the earliest is enough.
#[derive(Debug, Default)]
pub struct PendingMessages(RefCell<Vec<Message>>);

impl PendingMessages {
    fn add(&self, messages: Vec<Message>) {
        let mut told = self.0.borrow_mut();
        for message in messages {
            match told.iter_mut().find(|known| known.text == message.text) {
                Some(known) => known.delay = known.delay.min(message.delay),
                None => told.push(message),
            }
        }
    }

    /// Takes them.
    pub fn take(&self) -> Vec<Message> {
        self.0.take()
    }
}

/// PublicationIds that nothing else was ever published under: one that nothing else has, and a number.
///
/// Each attempt needs one of its own. By it the statements of a batch know whether *they* were admitted.
pub struct PublicationIds {
    unique: String,
    given: Cell<u32>,
}

impl PublicationIds {
    /// PublicationIds that begin with `unique`, which nothing else has.
    #[must_use]
    pub fn new(unique: String) -> Self {
        Self { unique, given: Cell::new(0) }
    }

    fn next(&self) -> String {
        self.given.set(self.given.get().wrapping_add(1));
        format!("{}-{}", self.unique, self.given.get())
    }
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Unix seconds.
    pub(super) fn now(&self) -> i64 {
        self.now_ms.div_euclid(1000)
    }
}

/// Why a pass is not made.
enum Stop {
    /// It would be a defective pass.
    Defects(Vec<Defect>),
    /// Anything else.
    Error(Error),
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Defects(defects) => Self::ClientError(refused(&defects)),
            Stop::Error(failure) => failure,
        }
    }
}

impl From<ClientError> for Stop {
    fn from(refusal: ClientError) -> Self {
        Self::Error(refusal.into())
    }
}

impl<T: Into<InternalError>> From<T> for Stop {
    fn from(trouble: T) -> Self {
        Self::Error(Error::InternalError(trouble.into()))
    }
}
