//! `PATCH /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/merge-patch+json`
//!
//! Changes fields of the stored pass, and signs it again with the same files. The pass may have been made here or uploaded. Its
//! type needs a signing identity.

use super::{
    ATTEMPTS, PassMaker,
    finish::{self, Draft, NO_INCREMENTS},
    own::{Own, check_types},
    prepare::{Prepared, Wanted},
};
use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, Reply, conditional::WriteConditions},
    issuer::{
        Address, ExternalId,
        publish::{Made, OVERTAKEN, Origin, Outcome, list_defects},
    },
    storage::{Database, Objects, Unreadable},
};
use pkpass::{Report, filled::Filled, json::merge};
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
        self.show_defects(self.patch_own_files(address, patch, &ExternalId::Keep, conditions).await)
    }

    /// Changes a pass on top of its own files, and the issuer's identifier of it.
    pub(super) async fn patch_own_files(
        &self,
        address: &Address,
        patch: &Map<String, Value>,
        external_id: &ExternalId,
        conditions: &WriteConditions,
    ) -> Result<Reply, Error> {
        for _ in 0..ATTEMPTS {
            let prepared = self.prepare(address, Wanted::Nothing).await?;
            let current = prepared.changeable(conditions)?;
            let made = Made {
                origin: current.origin.as_ref().map(|origin| patch_origin(origin, patch)).transpose()?,
                over: Some(current.over()),
                template_version: None,
                identity_version: prepared.identity_version.clone(),
                increments: NO_INCREMENTS.to_owned(),
                external_id: external_id.clone(),
            };
            if let Some(outcome) = self.apply(address, patch, conditions, &prepared, made).await? {
                return Ok(outcome.reply());
            }
        }
        Err(ClientError::Conflict(OVERTAKEN).into())
    }

    pub(super) async fn apply(
        &self,
        address: &Address,
        patch: &Map<String, Value>,
        conditions: &WriteConditions,
        prepared: &Prepared<C::SigningKey>,
        made: Made,
    ) -> Result<Option<Outcome>, Error> {
        let current = prepared.current.as_ref().ok_or(Unreadable)?;
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
        check_types(&parts.content, patch)?;
        let mut content = parts.content.clone();
        merge(&mut content, patch);
        filled.write(&mut content);
        if content == parts.content && !self.dry_run {
            // The pass stays, even where newer checks would refuse it.
            let checked = finish::check(&parts.with(&content), address, &prepared.identity);
            let warnings = checked.map(|content| content.warnings).unwrap_or_default();
            return self.leave(address, &made, current, warnings).await;
        }
        self.finish(Draft { address, conditions, content, parts: &parts, made }, prepared).await
    }
}

/// Adds the patch to what the pass has of its own, so that it stays when the template changes.
fn patch_origin(origin: &Origin, patch: &Map<String, Value>) -> Result<Origin, Error> {
    let mut own = Own::from_origin(origin)?;
    own.push(patch)?;
    Ok(own.to_origin(&origin.template))
}
