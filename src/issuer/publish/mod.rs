//! Publishing stores a version of a pass and has phones told of it.
//!
//! The answer is 201 for a new pass, 200 for one that was replaced or is unchanged. If the manifest equals the stored one, a
//! phone would see no difference, so neither revision nor listing changes. The one exception is a withdrawn pass, which is
//! listed again.
//!
//! The file goes into the bucket before the row that names it, under a key of its own. A crash before the batch leaves an
//! object that no row names, and the sweep deletes it. A crash after it leaves the pass published. It can be repeated.

mod answer;
mod job_line;
mod made;
mod object_key;
mod upload;

pub(crate) use answer::{OVERTAKEN, Published, list_defects};
pub use job_line::JobLine;
pub(crate) use made::OriginColumns;
pub use made::{Made, Origin, Over};
pub(super) use object_key::key_of_template;
pub(crate) use object_key::{address_of_object, template_of_object};
pub(crate) use upload::{BODY_LIMIT, check, preview};

use super::Address;
use crate::{
    endpoint::{Endpoint, Upload},
    http::{Reply, conditional::WriteConditions, credentials::TokenHash, file::StoredFile},
    message::Message,
    push::{self, Policy},
    revision,
    storage::{Batch, Rows, Unreadable, sql::issuer::publish as sql},
};
use pkpass::Pass;
use std::rc::Rc;

/// A version of a pass that was checked.
#[derive(Debug, Clone)]
pub struct Version {
    /// Which pass.
    pub address: Address,
    /// What the checks found in it.
    pub pass: Pass,
    /// The pass file.
    pub file: Vec<u8>,
    /// SHA-256 of it, 64 lowercase hex digits.
    pub file_sha256: String,
    /// The issuer's conditions.
    pub conditions: WriteConditions,
    /// How it was made. `None` when it was uploaded.
    pub made: Option<Made>,
}

/// An issuer publishes a version.
#[derive(Debug, Clone)]
pub struct Publish {
    version: Version,
    token: Option<TokenHash>,
    object_key: String,
    publication: String,
    now_ms: i64,
    policy: Rc<Policy>,
    job_line: Option<JobLine>,
}

/// The result of a publication.
pub(crate) enum Outcome {
    /// The version is stored.
    Stored {
        /// Whether it is the first version of the pass.
        first: bool,
        /// The pass as phones see it.
        published: Published,
        /// The file.
        file: StoredFile,
        /// Messages for the queue.
        messages: Vec<Message>,
    },
    /// The pass has this version already.
    Unchanged(Published),
    /// `If-Match` or `If-None-Match` does not hold.
    PreconditionFailed,
    /// The stored pass has another authentication token.
    TokenDiffers,
    /// It was a dry run, with this answer.
    Previewed(Reply),
    /// Another writer was faster: the version that it replaces, the template or the identity is no longer the newest.
    Overtaken,
}

impl Publish {
    /// `publication` is an identifier that no other publication has. `now_ms` is unix milliseconds.
    #[must_use]
    pub fn new(version: Version, publication: String, now_ms: i64) -> Self {
        let object_key = object_key::key_of_pass(&version.address, &version.file_sha256, &publication);
        let token = version.pass.authentication_token.as_deref().map(TokenHash::from_token);
        Self { version, token, object_key, publication, now_ms, policy: Rc::default(), job_line: None }
    }

    /// Sets the operator's push policy.
    #[must_use]
    pub fn with_policy(self, policy: Rc<Policy>) -> Self {
        Self { policy, ..self }
    }

    /// Sets the line of a job that this publication is for. It marks the line as done, and tells no phone: the job does.
    #[must_use]
    pub fn for_job_line(self, job_line: Option<JobLine>) -> Self {
        Self { job_line, ..self }
    }

    /// Reads the result from the rows.
    pub(crate) fn outcome(&self, rows: &Rows) -> Result<Outcome, Unreadable> {
        let (before, after) = (rows.first::<sql::Before>()?, rows.first::<sql::After>()?);
        match after {
            Some(after) if after.object_key == self.object_key => {
                let messages = self.messages(rows, after.registrations)?;
                let (first, file) = (before.is_none(), self.stored_file(after.modified_at));
                Ok(Outcome::Stored { first, published: self.published(after), file, messages })
            }
            after => self.explain(before, after),
        }
    }

    /// Why the version was not stored.
    fn explain(&self, before: Option<sql::BeforeRow>, after: Option<sql::AfterRow>) -> Result<Outcome, Unreadable> {
        let etag = before.as_ref().map(|before| before.etag.as_str());
        if !self.version.conditions.hold(etag) {
            return Ok(Outcome::PreconditionFailed);
        }
        match (before, after) {
            (Some(sql::BeforeRow { token: Some(token), .. }), _) if Some(token.as_str()) != self.token() => {
                Ok(Outcome::TokenDiffers)
            }
            _ if self.version.made.is_some() => Ok(Outcome::Overtaken),
            (Some(_), Some(after)) => Ok(Outcome::Unchanged(self.published(after))),
            _ => Err(Unreadable),
        }
    }

    /// The messages for the queue. Wallets that another message is on its way for need none.
    fn messages(&self, rows: &Rows, devices: i64) -> Result<Vec<Message>, Unreadable> {
        if self.job_line.is_some() {
            return Ok(Vec::new());
        }
        let (awaited, mut told) = (rows.all::<sql::Awaited>()?, rows.all::<sql::Told>()?);
        told.retain(|told| !awaited.iter().any(|awaited| awaited.client == told.client));
        Ok(push::messages(&told, devices, &self.policy, self.now_ms))
    }

    fn published(&self, after: sql::AfterRow) -> Published {
        let sql::AfterRow { revision, modified_at, etag, registrations, .. } = after;
        let (address, warnings) = (self.version.address.clone(), self.version.pass.warnings.clone());
        let origin = self.version.made.as_ref().and_then(|made| made.origin.as_ref());
        let values = origin.map(|origin| origin.values.clone().unwrap_or_default());
        Published { address, revision, modified_at, etag, registrations, warnings, values }
    }

    fn stored_file(&self, modified_at: i64) -> StoredFile {
        let (object_key, etag) = (self.object_key.clone(), self.version.file_sha256.clone());
        StoredFile { object_key, etag, modified_at, size: self.size(), media_type: pkpass::MEDIA_TYPE }
    }

    fn size(&self) -> i64 {
        i64::try_from(self.version.file.len()).unwrap_or(i64::MAX)
    }

    fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.0.as_str())
    }

    pub(crate) fn object_key(&self) -> &str {
        &self.object_key
    }

    fn admit(&self) -> sql::Admit<'_> {
        let Version { address, pass, conditions, made, .. } = &self.version;
        let made = made.as_ref();
        let over = made.and_then(|made| made.over.as_ref());
        let over_origin = OriginColumns::from(over.and_then(|over| over.origin.as_ref()));
        let origin = OriginColumns::from(made.and_then(|made| made.origin.as_ref()));
        sql::Admit {
            pass_type: &address.pass_type,
            serial: &address.serial,
            token: self.token(),
            manifest: &pass.manifest_sha256,
            over: over.map(|over| over.etag.as_str()),
            over_template: over_origin.template,
            over_fields: over_origin.fields,
            over_values: over_origin.values,
            template: origin.template,
            template_version: made.and_then(|made| made.template_version.as_deref()),
            identity_version: made.map(|made| made.identity_version.as_str()),
            unique_external_id: made.and_then(|made| made.external_id.unique()),
            increments: self.increments(),
            if_match: conditions.if_match.as_deref(),
            if_none_match: conditions.if_none_match.as_deref(),
            publication: &self.publication,
            job: self.job_line.as_ref().map(|line| line.job.as_str()),
            line: self.job_line.as_ref().map_or(0, |line| line.line),
            worker: self.job_line.as_ref().map(|line| line.worker.as_str()),
        }
    }

    /// The increments that the version includes: a JSON array of their ids. `None`: it replaces the values of the pass.
    fn increments(&self) -> Option<&str> {
        self.version.made.as_ref().map(|made| made.increments.as_str())
    }

    fn tell(&self) -> sql::Tell<'_> {
        sql::Tell {
            pass_type: &self.version.address.pass_type,
            serial: &self.version.address.serial,
            publication: &self.publication,
            clients: push::ALL_WALLETS,
            now_ms: self.now_ms,
            interval: self.policy.interval_ms,
        }
    }

    fn store(&self, now: i64) -> sql::Store<'_> {
        let Version { address, pass, file_sha256, made, .. } = &self.version;
        let made = made.as_ref();
        let OriginColumns { template, fields, values } = OriginColumns::from(made.and_then(|made| made.origin.as_ref()));
        sql::Store {
            pass_type: &address.pass_type,
            serial: &address.serial,
            token: self.token(),
            manifest: &pass.manifest_sha256,
            file: file_sha256,
            object_key: &self.object_key,
            size: self.size(),
            template,
            fields,
            field_values: values,
            external_id: made.and_then(|made| made.external_id.column()),
            publication: &self.publication,
            now,
        }
    }
}

impl Endpoint for Publish {
    fn upload(&self) -> Option<Upload<'_>> {
        Some(Upload { key: &self.object_key, bytes: &self.version.file })
    }

    /// Not repeatable: between two runs another version may have been published, which the second run would overwrite.
    fn ask(&self) -> Batch<'_> {
        let Address { pass_type, serial } = &self.version.address;
        let (publication, now) = (self.publication.as_str(), self.now_ms.div_euclid(1000));
        let mut queries = vec![
            sql::Before { pass_type, serial }.query(),
            self.admit().query(),
            sql::Advance { pass_type, publication, now_ms: revision::candidate(self.now_ms) }.query(),
            sql::Retire { pass_type, serial, publication, now }.query(),
        ];
        if let Some(JobLine { job, line, .. }) = &self.job_line {
            queries.push(sql::Mark { job, line: *line, pass_type, serial, publication, changed: 1 }.query());
        }
        queries.extend([
            self.store(now).query(),
            sql::Settle { pass_type, serial, increments: self.increments(), publication, now }.query(),
            sql::After { pass_type, serial }.query(),
        ]);
        if self.job_line.is_none() {
            queries.extend([
                sql::Awaited { pass_type, serial, now_ms: self.now_ms }.query(),
                self.tell().query(),
                sql::Told { pass_type, serial }.query(),
            ]);
        }
        Batch::once(queries)
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let outcome = self.outcome(rows)?;
        let is_stored = matches!(outcome, Outcome::Stored { .. });
        let reply = outcome.reply_to_upload(&self.version.file_sha256);
        Ok(reply.with_discard((!is_stored).then(|| self.object_key.clone())))
    }
}
