//! From content to a published pass: checked, signed, stored.

use super::{
    PassMaker, Stop,
    cache::Identity,
    prepare::{Current, Prepared},
};
use crate::{
    crypto::Crypto,
    endpoint::{Endpoint, run},
    http::{conditional::WriteConditions, credentials::TokenHash},
    issuer::{
        Address,
        publish::{Made, Origin, Outcome, Over, Publish, Version},
    },
    storage::{Batch, Database, Objects, Unreadable, sql::issuer::make::Relabel},
};
use pkpass::{Expected, Parts, Pass, Unsigned};
use serde_json::{Map, Value};
use std::rc::Rc;

/// A pass that is about to be made.
pub(super) struct Draft<'a> {
    pub(super) address: &'a Address,
    pub(super) conditions: &'a WriteConditions,
    /// What `pass.json` will say.
    pub(super) content: &'a Map<String, Value>,
    /// The other files.
    pub(super) parts: &'a Parts,
    pub(super) made_from: MadeFrom,
    /// The version it is made over; `None` when it may replace any.
    pub(super) over: Option<Over>,
}

/// What a pass is made from.
pub(super) struct MadeFrom {
    pub(super) origin: Option<Origin>,
    /// The version of the template; `None` when the pass is made from its own files.
    pub(super) template_version: Option<String>,
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Makes and publishes the pass. `None` when somebody else was faster, and it has to be made again.
    pub(super) async fn finish(&self, draft: Draft<'_>, prepared: &Prepared<C::SigningKey>) -> Result<Option<Outcome>, Stop> {
        let unsigned = draft.parts.with(draft.content);
        let token = check(&unsigned, draft.address)?;
        if let Some(current) = &prepared.current
            && is_the_same(current, &unsigned, token.as_deref())
        {
            return self.leave(draft.address, &draft.made_from, current).await;
        }
        let file = self.signed(&unsigned, &prepared.identity).await?;
        let pass = Pass {
            authentication_token: token,
            manifest_sha256: unsigned.manifest_sha256(),
            file_sha256: self.crypto.sha256_hex(&file).await?,
        };
        let MadeFrom { origin, template_version } = draft.made_from;
        let identity_version = prepared.identity_version.clone();
        let made = Made { origin, over: draft.over, template_version, identity_version };
        let (address, conditions) = (draft.address.clone(), draft.conditions.clone());
        let version = Version { address, pass, file, conditions, made: Some(made) };
        let publish = Publish::new(version, self.names.next(), self.now_ms).pushed_by(Rc::clone(&self.policy));
        self.store(&publish).await
    }

    async fn signed(&self, unsigned: &Unsigned<'_>, identity: &Identity<C::SigningKey>) -> Result<Vec<u8>, Stop> {
        let attributes = identity.signer.attributes(unsigned.manifest(), self.now()).ok_or(Unreadable)?;
        let signature = self.crypto.sign(&identity.key, &attributes).await?;
        let signature = identity.signer.signature_file(&attributes, &signature).ok_or(Unreadable)?;
        Ok(unsigned.to_file(&signature))
    }

    async fn store(&self, publish: &Publish) -> Result<Option<Outcome>, Stop> {
        if let Some(upload) = publish.upload() {
            self.objects.put(upload.key, upload.bytes).await?;
        }
        let outcome = publish.outcome(&run(self.database, &publish.ask()).await?)?;
        if !matches!(outcome, Outcome::Stored { .. }) {
            // What cannot be deleted now is swept later.
            let _ = self.objects.delete(&[publish.object_key().to_owned()]).await;
        }
        Ok(match outcome {
            // A token that differs now was not there when the pass was prepared.
            Outcome::Overtaken | Outcome::TokenDiffers => None,
            outcome => Some(outcome),
        })
    }

    /// Leaves the pass as it is to a phone, and notes what it is made from now. `None` when somebody else was faster.
    pub(super) async fn leave(
        &self,
        address: &Address,
        made_from: &MadeFrom,
        current: &Current,
    ) -> Result<Option<Outcome>, Stop> {
        if made_from.origin != current.origin {
            let (over_template, over_fields) = Origin::columns(current.origin.as_ref());
            let (template, fields) = Origin::columns(made_from.origin.as_ref());
            let relabel = Relabel {
                pass_type: &address.pass_type,
                serial: &address.serial,
                over: &current.published.etag,
                over_template,
                over_fields,
                template,
                fields,
                template_version: made_from.template_version.as_deref(),
            };
            let rows = run(self.database, &Batch::once(vec![relabel.query()])).await?;
            if !rows.any::<Relabel>()? {
                return Ok(None);
            }
        }
        Ok(Some(Outcome::Unchanged(current.published.clone())))
    }
}

/// Checks what the pass will say, and returns its authentication token.
fn check(unsigned: &Unsigned<'_>, address: &Address) -> Result<Option<String>, Stop> {
    if let Some(defect) = unsigned.too_large() {
        return Err(Stop::Defects(vec![defect]));
    }
    let expected = Expected { pass_type: &address.pass_type, serial: &address.serial };
    pkpass::check_content(unsigned.pass_json(), &expected).map_err(Stop::Defects)
}

/// Whether a phone would see no difference.
fn is_the_same(current: &Current, unsigned: &Unsigned<'_>, token: Option<&str>) -> bool {
    !current.withdrawn
        && current.manifest_sha256 == unsigned.manifest_sha256()
        && current.token_sha256 == token.map(|token| TokenHash::from_token(token).0)
}
