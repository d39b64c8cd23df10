//! `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/json`
//!
//! Makes a pass from a template and the fields of this pass. It replaces any earlier version, but the pass keeps its
//! authentication token, because phones have it.

use super::{
    ATTEMPTS, MakePassRequest, PassMaker,
    finish::Draft,
    prepare::{Current, NOT_UNDERSTOOD, Prepared, Template, Wanted},
};
use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, Reply, conditional::WriteConditions, credentials::TokenHash},
    issuer::{
        Address,
        publish::{Made, OVERTAKEN, Origin, Outcome, Over, list_defects},
    },
    storage::{Database, Objects, Unreadable},
};
use pkpass::{
    Report,
    filled::{self, Filled},
    json::Patches,
    parts::content_of,
};
use serde_json::{Map, Value};

/// The request for a pass.
pub(super) struct Recipe<'a> {
    pub(super) address: &'a Address,
    pub(super) conditions: &'a WriteConditions,
    /// The fields of this pass.
    pub(super) fields: &'a Patches,
    /// All fields that the issuer gives, also those that the service fills in.
    pub(super) given: &'a Map<String, Value>,
    /// The version that it replaces. `None` when it may replace any.
    pub(super) over: Option<Over>,
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Makes and publishes a pass.
    ///
    /// # Errors
    /// [`Error::ClientError`] when the pass cannot be made, [`Error::InternalError`] when storage does not answer.
    pub async fn put(&self, address: &Address, body: &MakePassRequest, conditions: &WriteConditions) -> Result<Reply, Error> {
        let mut own = body.fields.clone();
        filled::clear(&mut own);
        let fields = Patches::new(own);
        for _ in 0..ATTEMPTS {
            let prepared = self.prepare(address, Wanted::Template(&body.template)).await?;
            let etag = prepared.current.as_ref().map(|current| current.published.etag.as_str());
            if !conditions.hold(etag) {
                return Err(ClientError::PreconditionFailed.into());
            }
            let recipe = Recipe { address, conditions, fields: &fields, given: &body.fields, over: None };
            if let Some(outcome) = self.make_from_template(recipe, &prepared).await? {
                return Ok(outcome.reply());
            }
        }
        Err(ClientError::Conflict(OVERTAKEN).into())
    }

    /// Makes a pass from the template that was prepared.
    pub(super) async fn make_from_template(
        &self,
        recipe: Recipe<'_>,
        prepared: &Prepared<C::SigningKey>,
    ) -> Result<Option<Outcome>, Error> {
        let Recipe { address, conditions, fields, given, over } = recipe;
        let Template { name, version, parts } = prepared.template.as_ref().ok_or(Unreadable)?;
        let token = self.token(address, prepared.current.as_ref(), given).await?;
        let filled = Filled {
            pass_type: &address.pass_type,
            serial: &address.serial,
            team: &prepared.identity.team,
            web_service: Some((self.public_url, &token)),
        };
        let conflicts = filled.conflicts(given);
        if !conflicts.is_empty() {
            return Err(list_defects(&Report::from(conflicts)).into());
        }
        let mut content = parts.content.clone();
        fields.apply(&mut content);
        filled.write(&mut content);
        let origin = Some(Origin { template: name.clone(), fields: fields.to_json() });
        let (template_version, identity_version) = (Some(version.clone()), prepared.identity_version.clone());
        let made = Made { origin, over, template_version, identity_version };
        self.finish(Draft { address, conditions, content: &content, parts, made }, prepared).await
    }

    /// The pass's authentication token: the one it has. For a new pass, the one that the issuer gives, or a derived one.
    async fn token(&self, address: &Address, current: Option<&Current>, given: &Map<String, Value>) -> Result<String, Error> {
        let derived = self.master_key.authentication_token(&address.pass_type, &address.serial);
        let current = current.and_then(|current| Some((current, current.token_sha256.as_deref()?)));
        let Some((current, hash)) = current else {
            let given = given.get("authenticationToken").and_then(Value::as_str);
            return Ok(given.map_or(derived, str::to_owned));
        };
        if TokenHash::from_token(&derived).0 == hash {
            return Ok(derived);
        }
        // The pass was uploaded, or made under another master key. Its token is in the file. The rest of that file is not
        // needed, so it may have defects that this version refuses.
        let content = content_of(&self.file(&current.object_key).await?).ok_or(ClientError::Conflict(NOT_UNDERSTOOD))?;
        let token = content.get("authenticationToken").and_then(Value::as_str);
        Ok(token.ok_or(Unreadable)?.to_owned())
    }
}
