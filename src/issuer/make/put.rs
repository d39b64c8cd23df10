//! `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/json`
//!
//! Makes a pass from a template and what this pass has of its own. It replaces whatever the pass was before, but for its
//! authentication token, which stays what it was when phones got the pass.

use super::{
    ATTEMPTS, MakePassRequest, PassMaker, Stop,
    finish::{Draft, MadeFrom},
    prepare::{Current, Prepared, Template, Wanted},
};
use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, Reply, conditional::WriteConditions, credentials::TokenHash},
    issuer::{
        Address,
        publish::{OVERTAKEN, Origin, Outcome, Over, outcome_reply},
    },
    storage::{Database, Objects, Unreadable},
};
use pkpass::{
    filled::{self, Filled},
    json::Patches,
};
use serde_json::{Map, Value};

/// What a pass is to be made of.
pub(super) struct Recipe<'a> {
    pub(super) address: &'a Address,
    pub(super) conditions: &'a WriteConditions,
    /// What the pass has of its own.
    pub(super) fields: &'a Patches,
    /// What the issuer gives for the keys that are filled in.
    pub(super) given: &'a Map<String, Value>,
    /// The version it is made over; `None` when it may replace any.
    pub(super) over: Option<Over>,
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Makes and publishes a pass.
    ///
    /// # Errors
    /// [`Error::ClientError`] when the order cannot be carried out, [`Error::InternalError`] when storage does not answer.
    pub async fn put(&self, address: &Address, order: &MakePassRequest, conditions: &WriteConditions) -> Result<Reply, Error> {
        let mut own = order.fields.clone();
        filled::clear(&mut own);
        let fields = Patches::new(own);
        for _ in 0..ATTEMPTS {
            let prepared = self.prepare(address, Wanted::Template(&order.template)).await?;
            let etag = prepared.current.as_ref().map(|current| current.published.etag.as_str());
            if !conditions.hold(etag) {
                return Err(ClientError::PreconditionFailed.into());
            }
            let recipe = Recipe { address, conditions, fields: &fields, given: &order.fields, over: None };
            if let Some(outcome) = self.made_from_template(recipe, &prepared).await? {
                return Ok(outcome_reply(&outcome));
            }
        }
        Err(ClientError::Conflict(OVERTAKEN).into())
    }

    /// Makes a pass from the template that was prepared.
    pub(super) async fn made_from_template(
        &self,
        recipe: Recipe<'_>,
        prepared: &Prepared<C::SigningKey>,
    ) -> Result<Option<Outcome>, Stop> {
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
            return Err(Stop::Defects(conflicts));
        }
        let mut content = parts.content.clone();
        fields.apply(&mut content);
        filled.write(&mut content);
        let origin = Some(Origin { template: name.clone(), fields: fields.to_json() });
        let made_from = MadeFrom { origin, template_version: Some(version.clone()) };
        self.finish(Draft { address, conditions, content: &content, parts, made_from, over }, prepared).await
    }

    /// The pass's authentication token: the one it has, the one the issuer gives to a new pass, or one of its own.
    async fn token(&self, address: &Address, current: Option<&Current>, given: &Map<String, Value>) -> Result<String, Stop> {
        let derived = self.master_key.authentication_token(&address.pass_type, &address.serial);
        let current = current.and_then(|current| Some((current, current.token_sha256.as_deref()?)));
        let Some((current, hash)) = current else {
            let given = given.get("authenticationToken").and_then(Value::as_str);
            return Ok(given.map_or(derived, str::to_owned));
        };
        if TokenHash::from_token(&derived).0 == hash {
            return Ok(derived);
        }
        // It was uploaded with the pass, or the master key was another one then; the pass itself holds it.
        let parts = self.parts_of(current).await?;
        let token = parts.content.get("authenticationToken").and_then(Value::as_str);
        Ok(token.ok_or(Unreadable)?.to_owned())
    }
}
