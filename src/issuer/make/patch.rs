//! `PATCH /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/merge-patch+json`
//!
//! Changes fields of the stored pass, and signs it again with the same files. The pass may have been made here or uploaded. Its
//! type needs a signing identity.

use super::{
    ATTEMPTS, PassMaker,
    finish::{self, Draft},
    prepare::{Current, Prepared, Wanted},
};
use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, Reply, conditional::WriteConditions},
    issuer::{
        Address,
        publish::{Made, OVERTAKEN, Origin, Outcome, list_defects},
    },
    storage::{Database, Objects, Unreadable},
};
use pkpass::{
    Report,
    filled::{self, Filled},
    json::{MAX_VALUES, Patches, merge},
};
use serde_json::{Map, Value};

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Changes and publishes a pass.
    ///
    /// # Errors
    /// [`Error::ClientError`] when the patch cannot be applied, [`Error::InternalError`] when storage does not answer.
    pub async fn patch(
        &self,
        address: &Address,
        patch: &Map<String, Value>,
        conditions: &WriteConditions,
    ) -> Result<Reply, Error> {
        for _ in 0..ATTEMPTS {
            let prepared = self.prepare(address, Wanted::Nothing).await?;
            let current = prepared.current.as_ref().ok_or(Unreadable)?;
            if !conditions.hold(Some(&current.published.etag)) {
                return Err(ClientError::PreconditionFailed.into());
            }
            if current.withdrawn {
                return Err(ClientError::Conflict(WITHDRAWN).into());
            }
            if let Some(outcome) = self.apply(address, patch, conditions, &prepared, current).await? {
                return Ok(outcome.reply());
            }
        }
        Err(ClientError::Conflict(OVERTAKEN).into())
    }

    async fn apply(
        &self,
        address: &Address,
        patch: &Map<String, Value>,
        conditions: &WriteConditions,
        prepared: &Prepared<C::SigningKey>,
        current: &Current,
    ) -> Result<Option<Outcome>, Error> {
        let parts = self.parts_of(current).await?;
        let text = |key| parts.content.get(key).and_then(Value::as_str);
        let filled = Filled {
            pass_type: &address.pass_type,
            serial: &address.serial,
            team: &prepared.identity.team,
            web_service: text("webServiceURL").zip(text("authenticationToken")),
        };
        let conflicts = filled.conflicts(patch);
        if !conflicts.is_empty() {
            return Err(list_defects(&Report::from(conflicts)).into());
        }
        let mut content = parts.content.clone();
        merge(&mut content, patch);
        filled.write(&mut content);
        let origin = current.origin.as_ref().map(|origin| patch_origin(origin, patch)).transpose()?;
        let (over, identity_version) = (Some(current.over()), prepared.identity_version.clone());
        let made = Made { origin, over, template_version: None, identity_version };
        if content == parts.content {
            // The pass stays, even where newer checks would refuse it.
            let checked = finish::check(&parts.with(&content), address, &prepared.identity);
            let warnings = checked.map(|content| content.warnings).unwrap_or_default();
            return self.leave(address, &made, current, warnings).await;
        }
        self.finish(Draft { address, conditions, content: &content, parts: &parts, made }, prepared).await
    }
}

/// Adds the patch to the fields of the pass, so that it stays when the template changes.
fn patch_origin(origin: &Origin, patch: &Map<String, Value>) -> Result<Origin, Error> {
    let mut own = patch.clone();
    filled::clear(&mut own);
    let mut fields = Patches::parse(&origin.fields).ok_or(Unreadable)?;
    fields.push(Patches::new(own));
    let values = fields.count_values();
    let fields = fields.to_json();
    if fields.len() > MOST_FIELDS || values > MAX_VALUES {
        return Err(ClientError::Conflict(TOO_MANY_FIELDS).into());
    }
    Ok(Origin { template: origin.template.clone(), fields })
}

/// The most bytes of patches of a pass. A row of the database has room for 2 MB.
const MOST_FIELDS: usize = 512 * 1024;

const TOO_MANY_FIELDS: &str = "The changes to this pass since it was made take up more than 512 KiB, or have more than \
    10,000 values. Make it anew: PUT it with its template and all that it has of its own.";
const WITHDRAWN: &str = "The pass was withdrawn. PUT publishes it again.";
