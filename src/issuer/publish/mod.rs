//! Publishing: a version of a pass goes into storage, and phones are told of it.
//!
//! 201 when it is new, 200 when it was replaced or is unchanged. A pass whose manifest equals the stored one *is* the stored
//! one to a phone, so nothing changes then: no revision, no listing. The one exception is a withdrawn pass, which is listed
//! again.
//!
//! The file goes into the bucket before the row that names it, under a key of its own. A crash before the batch leaves an
//! object nobody names, which the sweep finds; a crash after it leaves the pass published, and publishing it again
//! changes nothing.

mod answer;
mod object_key;
mod upload;

pub(crate) use answer::{OVERTAKEN, outcome_reply};
pub use answer::{Published, refused};
pub(super) use object_key::key_of_template;
pub use object_key::{address_of_object, template_of_object};
pub use upload::{BODY_LIMIT, check};

use super::Address;
use crate::{
    endpoint::{Endpoint, Upload},
    http::{Reply, conditional::WriteConditions, credentials::TokenHash},
    message::Message,
    push::{self, Policy},
    revision,
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::publish::{Admit, Advance, After, AfterRow, Awaited, Before, BeforeRow, Retire, Store, Tell, Told},
    },
};
use pkpass::Pass;
use std::rc::Rc;

/// A version of a pass that passed all checks it can be given by itself.
#[derive(Debug, Clone)]
pub struct Version {
    /// Which pass.
    pub address: Address,
    /// What is stored about it.
    pub pass: Pass,
    /// The pass file.
    pub file: Vec<u8>,
    /// What the issuer asks to be so.
    pub conditions: WriteConditions,
    /// How it was made; `None` when it was uploaded.
    pub made: Option<Made>,
}

/// How a version was made, and what must not have changed meanwhile.
#[derive(Debug, Clone)]
pub struct Made {
    /// What it was made from, if from a template.
    pub origin: Option<Origin>,
    /// The version it was made over, which has to be the one in service still; `None` when it may replace any.
    pub over: Option<Over>,
    /// The version of the template, which has to be the newest still: a run that makes all passes of the template again
    /// would otherwise miss one that is made at the same time.
    pub template_version: Option<String>,
    /// The version of the signing identity, which has to be the newest still: what was replaced signs nothing any more.
    pub identity_version: String,
}

/// A version in service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    /// SHA-256 of its file.
    pub etag: String,
    /// What it was made from.
    pub origin: Option<Origin>,
}

/// What a pass was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The template's name.
    pub template: String,
    /// What the pass has of its own: a JSON array of merge patches.
    pub fields: String,
}

impl Origin {
    /// Template and fields as the columns have them.
    pub(super) fn columns(origin: Option<&Self>) -> (Option<&str>, Option<&str>) {
        origin.map(|Self { template, fields }| (template.as_str(), fields.as_str())).unzip()
    }
}

/// A version on its way into storage.
#[derive(Debug, Clone)]
pub struct Publish {
    version: Version,
    token: Option<TokenHash>,
    object_key: String,
    publication: String,
    now_ms: i64,
    policy: Rc<Policy>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored, as the first version or over another.
    Stored {
        /// Whether it is the first.
        first: bool,
        /// What phones will see.
        published: Published,
        /// What the queue is to be told.
        messages: Vec<Message>,
    },
    /// It is the stored one already.
    Unchanged(Published),
    /// `If-Match` or `If-None-Match` does not hold.
    PreconditionFailed,
    /// The stored one has another authentication token.
    TokenDiffers,
    /// Somebody else was faster: what it was made over, or with, is not the newest any more.
    Overtaken,
}

impl Publish {
    /// `publication` is a name that nothing else was ever published under; `now_ms` is unix milliseconds.
    #[must_use]
    pub fn new(version: Version, publication: String, now_ms: i64) -> Self {
        let object_key = object_key::key_of_pass(&version.address, &version.pass.file_sha256, &publication);
        let token = version.pass.authentication_token.as_deref().map(TokenHash::from_token);
        Self { version, token, object_key, publication, now_ms, policy: Rc::default() }
    }

    /// With what the operator decided about pushing.
    #[must_use]
    pub fn pushed_by(mut self, policy: Rc<Policy>) -> Self {
        self.policy = policy;
        self
    }

    /// What the rows say became of it.
    ///
    /// # Errors
    /// [`Unreadable`] when the rows are not those that the statements give.
    pub fn outcome(&self, rows: &Rows) -> Result<Outcome, Unreadable> {
        let (before, after) = (rows.first::<Before>()?, rows.first::<After>()?);
        match after {
            Some(after) if after.object_key == self.object_key => {
                let messages = self.messages(rows, after.registrations)?;
                Ok(Outcome::Stored { first: before.is_none(), published: self.published(after), messages })
            }
            after => self.not_stored(before, after),
        }
    }

    /// Why the version was not admitted, or that there was nothing to do.
    fn not_stored(&self, before: Option<BeforeRow>, after: Option<AfterRow>) -> Result<Outcome, Unreadable> {
        let etag = before.as_ref().map(|before| before.etag.as_str());
        if !self.version.conditions.hold(etag) {
            return Ok(Outcome::PreconditionFailed);
        }
        match (before, after) {
            (Some(BeforeRow { token: Some(token), .. }), _) if Some(token.as_str()) != self.token() => {
                Ok(Outcome::TokenDiffers)
            }
            _ if self.version.made.is_some() => Ok(Outcome::Overtaken),
            (Some(_), Some(after)) => Ok(Outcome::Unchanged(self.published(after))),
            _ => Err(Unreadable),
        }
    }

    /// What the queue is told: which devices are to hear of the change, and when.
    fn messages(&self, rows: &Rows, devices: i64) -> Result<Vec<Message>, Unreadable> {
        let (awaited, mut told) = (rows.all::<Awaited>()?, rows.all::<Told>()?);
        told.retain(|told| !awaited.iter().any(|awaited| awaited.client == told.client));
        Ok(push::messages(&told, devices, &self.policy, self.now_ms))
    }

    fn published(&self, after: AfterRow) -> Published {
        let AfterRow { revision, modified_at, etag, registrations, .. } = after;
        Published { address: self.version.address.clone(), revision, modified_at, etag, registrations }
    }

    fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.0.as_str())
    }

    /// The key under which the file is stored.
    #[must_use]
    pub fn object_key(&self) -> &str {
        &self.object_key
    }
}

/// The statements that say most.
impl Publish {
    fn admit(&self) -> Admit<'_> {
        let Version { address, pass, conditions, made, .. } = &self.version;
        let made = made.as_ref();
        let over = made.and_then(|made| made.over.as_ref());
        let (over_template, over_fields) = Origin::columns(over.and_then(|over| over.origin.as_ref()));
        let (template, _) = Origin::columns(made.and_then(|made| made.origin.as_ref()));
        Admit {
            pass_type: &address.pass_type,
            serial: &address.serial,
            token: self.token(),
            manifest: &pass.manifest_sha256,
            over: over.map(|over| over.etag.as_str()),
            over_template,
            over_fields,
            template,
            template_version: made.and_then(|made| made.template_version.as_deref()),
            identity_version: made.map(|made| made.identity_version.as_str()),
            if_match: conditions.if_match.as_deref(),
            if_none_match: conditions.if_none_match.as_deref(),
            publication: &self.publication,
        }
    }

    fn tell(&self) -> Tell<'_> {
        Tell {
            pass_type: &self.version.address.pass_type,
            serial: &self.version.address.serial,
            publication: &self.publication,
            clients: push::ALL_WALLETS,
            now_ms: self.now_ms,
            interval: self.policy.interval_ms,
        }
    }

    fn store(&self, now: i64) -> Store<'_> {
        let Version { address, pass, file, made, .. } = &self.version;
        let (template, fields) = Origin::columns(made.as_ref().and_then(|made| made.origin.as_ref()));
        Store {
            pass_type: &address.pass_type,
            serial: &address.serial,
            token: self.token(),
            manifest: &pass.manifest_sha256,
            file: &pass.file_sha256,
            object_key: &self.object_key,
            size: i64::try_from(file.len()).unwrap_or(i64::MAX),
            template,
            fields,
            publication: &self.publication,
            now,
        }
    }
}

impl Endpoint for Publish {
    fn upload(&self) -> Option<Upload<'_>> {
        Some(Upload { key: &self.object_key, bytes: &self.version.file })
    }

    /// Not repeatable: between two runs somebody else may have published, and would be overwritten without notice.
    fn ask(&self) -> Batch<'_> {
        let Address { pass_type, serial } = &self.version.address;
        let (publication, now) = (self.publication.as_str(), self.now_ms.div_euclid(1000));
        Batch::once(vec![
            Before { pass_type, serial }.query(),
            self.admit().query(),
            Advance { pass_type, publication, now_ms: revision::candidate(self.now_ms) }.query(),
            Retire { pass_type, serial, publication, now }.query(),
            self.store(now).query(),
            Awaited { pass_type, serial, now_ms: self.now_ms }.query(),
            self.tell().query(),
            After { pass_type, serial }.query(),
            Told { pass_type, serial }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let outcome = self.outcome(rows)?;
        let unneeded = !matches!(outcome, Outcome::Stored { .. });
        let reply = answer::reply_to_upload(&outcome, &self.version.pass.file_sha256);
        Ok(reply.discarding(unneeded.then(|| self.object_key.clone())))
    }
}
