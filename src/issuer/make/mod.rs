//! Making passes: template, patches and values → `pass.json` → manifest → signature → archive → stored and published.
//!
//! It costs two calls of the database, one before and one after, and one file written. The isolate keeps templates and signing
//! identities that it has used. The first call asks for their versions, so no isolate uses one that was replaced.
//!
//! Nothing is locked between the two calls. The second call stores the pass only if the version that it replaces, the template
//! and the identity are still the newest. Otherwise another writer was faster, and the pass is made again from the new state,
//! so no change is lost. A crash between the calls leaves a file that no row names, and the sweep deletes it.

mod cache;
mod change;
mod create;
mod current;
mod finish;
mod increment;
mod message;
mod own;
mod patch;
mod prepare;
mod preview;
mod put;
mod recipe;
mod remake;
mod request;

pub use cache::Cache;
pub use increment::due;
pub use remake::Remade;
pub(crate) use request::{BODY_LIMIT, increment_id};
pub use request::{ChangeRequest, MakePassRequest, parse_patch};

use crate::{
    crypto::{Crypto, MasterKey},
    issuer::publish::JobLine,
    message::Message,
    push::Policy,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// How often a pass is made because other writers were faster, before the issuer gets 409.
const ATTEMPTS: usize = 8;

/// Makes passes for one request or message.
pub struct PassMaker<'a, D, O, C: Crypto> {
    /// The database.
    pub database: &'a D,
    /// The bucket.
    pub objects: &'a O,
    /// The platform's cryptography.
    pub crypto: &'a C,
    /// Identities and templates that the isolate keeps.
    pub cache: &'a Cache<C::SigningKey>,
    /// The key that seals private keys, and derives authentication tokens.
    pub master_key: &'a MasterKey,
    /// `webServiceURL` of the passes that are made.
    pub public_url: &'a str,
    /// The identifiers of its publications.
    pub publication_ids: PublicationIds,
    /// The operator's push policy.
    pub policy: Rc<Policy>,
    /// Messages for the queue about passes that were made again.
    pub messages: PendingMessages,
    /// Unix milliseconds.
    pub now_ms: i64,
    /// Whether it only answers what would be.
    pub dry_run: bool,
    /// The line of a job that the pass is made for.
    pub job_line: Option<JobLine>,
}

/// Messages about many passes. Of equal messages, only the earliest is kept.
#[derive(Debug, Default)]
pub struct PendingMessages(RefCell<Vec<Message>>);

impl PendingMessages {
    fn add(&self, messages: Vec<Message>) {
        let mut pending = self.0.borrow_mut();
        for message in messages {
            match pending.iter_mut().find(|known| known.text == message.text) {
                Some(known) => known.delay = known.delay.min(message.delay),
                None => pending.push(message),
            }
        }
    }

    /// Takes them.
    pub fn take(&self) -> Vec<Message> {
        self.0.take()
    }
}

/// Identifiers of publications. Each is a unique text and a number.
///
/// Each attempt needs its own identifier. The statements of a batch see by it whether this batch was admitted.
pub struct PublicationIds {
    unique: String,
    given: Cell<u32>,
}

impl PublicationIds {
    /// Identifiers that begin with `unique`, which must be unique.
    #[must_use]
    pub fn new(unique: String) -> Self {
        Self { unique, given: Cell::new(0) }
    }

    /// Identifiers for a part of the work, by its number.
    fn below(&self, number: i64) -> Self {
        Self::new(format!("{}-{number}", self.unique))
    }

    fn next(&self) -> String {
        self.given.set(self.given.get().wrapping_add(1));
        format!("{}-{}", self.unique, self.given.get())
    }
}

impl<D, O, C: Crypto> PassMaker<'_, D, O, C> {
    /// Sets whether it only answers what would be.
    pub(crate) fn with_dry_run(self, dry_run: bool) -> Self {
        Self { dry_run, ..self }
    }

    /// The same maker for a line of a job. `line` is a number that no other line of this maker has.
    pub(super) fn for_job_line(&self, job_line: JobLine) -> Self {
        Self {
            publication_ids: self.publication_ids.below(job_line.line),
            policy: Rc::clone(&self.policy),
            messages: PendingMessages::default(),
            job_line: Some(job_line),
            ..*self
        }
    }

    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms.div_euclid(1000)
    }
}
