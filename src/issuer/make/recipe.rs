//! A pass from its template: what it is made of, and its content.

use super::{
    PassMaker,
    current::Current,
    finish::Draft,
    own::Own,
    prepare::{NOT_UNDERSTOOD, Prepared, Template},
};
use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, conditional::WriteConditions, credentials::TokenHash},
    issuer::{
        Address, ExternalId,
        publish::{Made, Over, list_defects},
    },
    storage::{Database, Objects, Unreadable},
};
use pkpass::{Report, card::resolve, filled::Filled, parts::content_of};
use serde_json::{Map, Value};

/// What a pass is made of besides its template.
pub(super) struct Recipe<'a, 'r> {
    pub(super) address: &'a Address,
    pub(super) conditions: &'a WriteConditions,
    /// What this pass has of its own.
    pub(super) own: &'r Own,
    /// All fields that the issuer gives, also those that the service fills in.
    pub(super) given: &'r Map<String, Value>,
    /// The version that it replaces. `None` when it may replace any.
    pub(super) over: Option<Over>,
    /// What becomes of the issuer's own identifier.
    pub(super) external_id: ExternalId,
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Writes a pass after the template that was prepared.
    pub(super) async fn draft<'a>(
        &self,
        recipe: Recipe<'a, '_>,
        prepared: &'a Prepared<C::SigningKey>,
    ) -> Result<Draft<'a>, Error> {
        let Recipe { address, conditions, own, given, over, external_id } = recipe;
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
        let content = resolve(&parts.content, &own.fields, &own.values, &address.serial);
        let mut content = content.map_err(|defects| list_defects(&Report::from(defects)))?;
        filled.write(&mut content);
        let made = Made {
            origin: Some(own.to_origin(name)),
            over,
            template_version: Some(version.clone()),
            identity_version: prepared.identity_version.clone(),
            increments: own.settled(),
            external_id,
        };
        Ok(Draft { address, conditions, content, parts, made })
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
