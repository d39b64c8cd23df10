//! `POST /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/messages`
//!
//! A message is a value of the pass, in a field of its own on the back. So a pass has one message, the last one, and phones
//! show it on the lock screen as a change of that field. A pass that was uploaded gets the field by a patch.
//!
//! The message is stored with the version that has it, in one transaction. A crash before it leaves nothing. After a crash
//! behind it the issuer has no answer, and a repetition changes nothing.

use super::{
    ATTEMPTS, ChangeRequest, PassMaker,
    change::Increment,
    finish::NO_INCREMENTS,
    prepare::{Prepared, Wanted},
};
use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, Reply, conditional::WriteConditions},
    issuer::{
        Address, ExternalId,
        message::{MessageRequest, reply},
        preview,
        publish::{Made, OVERTAKEN, Outcome},
    },
    storage::{Database, Objects, Unreadable},
};
use pkpass::{
    card::{MESSAGE_KEY, difference, message_patch},
    json::merge,
};
use serde_json::{Map, Value};

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Writes a message into a pass and publishes it.
    ///
    /// # Errors
    /// [`Error::ClientError`] when the pass cannot be made, [`Error::InternalError`] when storage does not answer.
    pub async fn message(
        &self,
        address: &Address,
        message: &MessageRequest,
        conditions: &WriteConditions,
    ) -> Result<Reply, Error> {
        self.show_defects(self.write_message(address, message, conditions).await)
    }

    async fn write_message(
        &self,
        address: &Address,
        message: &MessageRequest,
        conditions: &WriteConditions,
    ) -> Result<Reply, Error> {
        for _ in 0..ATTEMPTS {
            let prepared = self.prepare(address, Wanted::Own).await?;
            let current = prepared.changeable(conditions)?;
            let before = self.content_before(current).await?;
            let (after, outcome) = match current.origin {
                Some(_) => self.message_by_value(address, message, conditions, &prepared).await?,
                None => self.message_by_patch(address, message, conditions, &prepared).await?,
            };
            let Some(outcome) = outcome else { continue };
            let shown = difference(before.as_ref(), &after);
            let warnings = message.warnings(before.as_ref(), &shown, current.published.registrations, current.was_registered);
            return Ok(match &outcome {
                Outcome::Stored { published, messages, .. } => {
                    reply(published, true, &shown, &warnings).with_messages(messages.clone())
                }
                Outcome::Unchanged(published) => reply(published, false, &shown, &warnings),
                Outcome::Previewed(_) => preview::preview(before.as_ref() != Some(&after), &warnings, before.as_ref(), &after),
                _ => outcome.reply(),
            });
        }
        Err(ClientError::Conflict(OVERTAKEN).into())
    }

    /// Makes the pass with the message as one more value. Returns its content, too.
    async fn message_by_value(
        &self,
        address: &Address,
        message: &MessageRequest,
        conditions: &WriteConditions,
        prepared: &Prepared<C::SigningKey>,
    ) -> Result<(Map<String, Value>, Option<Outcome>), Error> {
        let change = ChangeRequest {
            values: Map::from_iter([(MESSAGE_KEY.to_owned(), message.text.as_str().into())]),
            increment: Map::new(),
            patch: Map::new(),
            external_id: ExternalId::Keep,
            id: String::new(),
        };
        let draft = self.draft_change((address, conditions), &change, prepared, Increment::AsStored).await?;
        let content = draft.content.clone();
        Ok((content, self.finish(draft, prepared).await?))
    }

    /// Patches a pass that has no template. Returns its content, too.
    async fn message_by_patch(
        &self,
        address: &Address,
        message: &MessageRequest,
        conditions: &WriteConditions,
        prepared: &Prepared<C::SigningKey>,
    ) -> Result<(Map<String, Value>, Option<Outcome>), Error> {
        let current = prepared.current.as_ref().ok_or(Unreadable)?;
        let mut content = self.parts_of(current).await?.content;
        let patch = message_patch(&content, &message.text);
        merge(&mut content, &patch);
        let made = Made {
            origin: None,
            over: Some(current.over()),
            template_version: None,
            identity_version: prepared.identity_version.clone(),
            increments: NO_INCREMENTS.to_owned(),
            external_id: ExternalId::Keep,
        };
        Ok((content, self.apply(address, &patch, conditions, prepared, made).await?))
    }
}
