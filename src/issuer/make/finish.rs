//! The last steps: checks the content, signs it, stores the pass.

use super::{PassMaker, cache::Identity, current::Current, prepare::Prepared};
use crate::{
    crypto::Crypto,
    endpoint::{Error, ask, discard, run},
    http::{conditional::WriteConditions, credentials::TokenHash},
    issuer::{
        Address,
        publish::{JobLine, Made, OriginColumns, Outcome, Publish, Published, Version, list_defects},
    },
    storage::{
        Batch, Database, Objects, Unreadable,
        sql::issuer::{
            make as sql,
            publish::{Mark, Settle},
        },
    },
};
use pkpass::{Content, Expected, Parts, Pass, Unsigned, Warning, signature::check_nfc};
use serde_json::{Map, Value};
use std::rc::Rc;

/// A pass before it is signed.
pub(super) struct Draft<'a> {
    pub(super) address: &'a Address,
    pub(super) conditions: &'a WriteConditions,
    /// The content of `pass.json`.
    pub(super) content: Map<String, Value>,
    /// The other files.
    pub(super) parts: &'a Parts,
    pub(super) made: Made,
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Makes and publishes the pass. `None` when another writer was faster: the pass has to be made again.
    pub(super) async fn finish(&self, draft: Draft<'_>, prepared: &Prepared<C::SigningKey>) -> Result<Option<Outcome>, Error> {
        let Draft { address, conditions, content, parts, made } = draft;
        let unsigned = parts.with(&content);
        let Content { authentication_token, warnings, .. } = check(&unsigned, address, &prepared.identity)?;
        if self.dry_run {
            return self.preview(prepared.current.as_ref(), &content, &unsigned, &warnings).await.map(Some);
        }
        if let Some(current) = &prepared.current
            && is_the_same(current, &unsigned, authentication_token.as_deref())
        {
            return self.leave(address, &made, current, warnings).await;
        }
        let file = self.sign(&unsigned, &prepared.identity).await?;
        let file_sha256 = self.crypto.sha256_hex(&file).await?;
        let pass = Pass { authentication_token, manifest_sha256: unsigned.manifest_sha256(), warnings };
        let (address, conditions) = (address.clone(), conditions.clone());
        let version = Version { address, pass, file, file_sha256, conditions, made: Some(made) };
        let publish = Publish::new(version, self.publication_ids.next(), self.now_ms).with_policy(Rc::clone(&self.policy));
        let publish = publish.for_job_line(self.job_line.clone());
        let outcome = publish.outcome(&ask(&publish, self.database, self.objects).await?)?;
        if !matches!(outcome, Outcome::Stored { .. }) {
            discard(publish.object_key().to_owned(), self.objects).await;
        }
        Ok(match outcome {
            // The pass got another token after it was prepared.
            Outcome::Overtaken | Outcome::TokenDiffers => None,
            outcome => Some(outcome),
        })
    }

    async fn sign(&self, unsigned: &Unsigned<'_>, identity: &Identity<C::SigningKey>) -> Result<Vec<u8>, Error> {
        let signature = identity.signer.sign(unsigned.manifest(), &identity.key, self.now(), self.crypto).await?;
        Ok(unsigned.to_file(&signature.ok_or(Unreadable)?))
    }

    /// Leaves the pass as phones see it, and stores only what it is made from now. `None` when another writer was faster.
    pub(super) async fn leave(
        &self,
        address: &Address,
        made: &Made,
        current: &Current,
        warnings: Vec<Warning>,
    ) -> Result<Option<Outcome>, Error> {
        let is_kept = made.origin == current.origin
            && made.external_id.is_kept(current.external_id.as_deref())
            && made.increments == NO_INCREMENTS;
        if !is_kept && !self.dry_run && !self.relabel(address, made, current).await? {
            return Ok(None);
        }
        let values = made.origin.as_ref().map(|origin| origin.values.clone().unwrap_or_default());
        Ok(Some(Outcome::Unchanged(Published { warnings, values, ..current.published.clone() })))
    }

    /// Stores what the pass is made from now. `false` when another writer was faster.
    async fn relabel(&self, address: &Address, made: &Made, current: &Current) -> Result<bool, Error> {
        let Address { pass_type, serial } = address;
        let (over, origin) = (OriginColumns::from(current.origin.as_ref()), OriginColumns::from(made.origin.as_ref()));
        let publication = self.publication_ids.next();
        let allow = sql::Allow {
            pass_type,
            serial,
            over: &current.published.etag,
            over_template: over.template,
            over_fields: over.fields,
            over_values: over.values,
            template: origin.template,
            template_version: made.template_version.as_deref(),
            unique_external_id: made.external_id.unique(),
            increments: &made.increments,
            publication: &publication,
            job: self.job_line.as_ref().map(|line| line.job.as_str()),
            line: self.job_line.as_ref().map_or(0, |line| line.line),
            worker: self.job_line.as_ref().map(|line| line.worker.as_str()),
        };
        let relabel = sql::Relabel {
            pass_type,
            serial,
            template: origin.template,
            fields: origin.fields,
            field_values: origin.values,
            external_id: made.external_id.column(),
            publication: &publication,
        };
        let (increments, publication, now) = (Some(made.increments.as_str()), publication.as_str(), self.now());
        let settle = Settle { pass_type, serial, increments, publication, now };
        let mut queries = vec![allow.query(), relabel.query(), settle.query()];
        if let Some(JobLine { job, line, .. }) = &self.job_line {
            queries.push(Mark { job, line: *line, pass_type, serial, publication, changed: 0 }.query());
        }
        Ok(run(self.database, &Batch::once(queries)).await?.any::<sql::Allow>()?)
    }
}

/// A JSON array of no ids.
pub(super) const NO_INCREMENTS: &str = "[]";

/// Checks the content, and that the certificate is one for it.
pub(super) fn check<K>(unsigned: &Unsigned<'_>, address: &Address, identity: &Identity<K>) -> Result<Content, Error> {
    if let Some(defect) = unsigned.too_large() {
        return Err(list_defects(&defect.into()).into());
    }
    let expected = Expected { pass_type: &address.pass_type, serial: &address.serial };
    let content = pkpass::check_content(unsigned.pass_json(), Some(&expected)).map_err(|report| list_defects(&report))?;
    let file = if content.needs_nfc { "pass.json" } else { "personalization.json" };
    if (content.needs_nfc || unsigned.is_personalized())
        && let Some(defect) = check_nfc(&identity.certificate, file)
    {
        return Err(list_defects(&defect.into()).into());
    }
    Ok(content)
}

/// Whether a phone would see no difference.
pub(super) fn is_the_same(current: &Current, unsigned: &Unsigned<'_>, token: Option<&str>) -> bool {
    !current.withdrawn
        && current.manifest_sha256 == unsigned.manifest_sha256()
        && current.token_sha256 == token.map(|token| TokenHash::from_token(token).0)
}
