//! `PATCH /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/json`
//!
//! Sets values of a pass, adds to them, or patches it. A change of values makes the pass from the newest version of its
//! template. A change without values goes on from the pass's own files, as a merge patch does.

use super::{
    ATTEMPTS, ChangeRequest, PassMaker,
    finish::Draft,
    own::{Own, check_types, check_values},
    prepare::{Prepared, Wanted},
    recipe::Recipe,
};
use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, Reply, conditional::WriteConditions},
    issuer::{
        Address,
        publish::{OVERTAKEN, list_defects},
    },
    storage::{Database, Objects, Unreadable},
};
use pkpass::json::merge;

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Changes and publishes a pass.
    ///
    /// # Errors
    /// [`Error::ClientError`] when the change cannot be applied, [`Error::InternalError`] when storage does not answer.
    pub async fn change(
        &self,
        address: &Address,
        change: &ChangeRequest,
        conditions: &WriteConditions,
    ) -> Result<Reply, Error> {
        let reply = if !change.increment.is_empty() {
            self.increase(address, change, conditions).await
        } else if change.values.is_empty() {
            self.patch_own_files(address, &change.patch, &change.external_id, conditions).await
        } else {
            self.set(address, change, conditions).await
        };
        self.show_defects(reply)
    }

    async fn set(&self, address: &Address, change: &ChangeRequest, conditions: &WriteConditions) -> Result<Reply, Error> {
        for _ in 0..ATTEMPTS {
            let prepared = self.prepare(address, Wanted::Own).await?;
            prepared.changeable(conditions)?;
            let draft = self.draft_change((address, conditions), change, &prepared, Increment::AsStored).await?;
            if let Some(outcome) = self.finish(draft, &prepared).await? {
                return Ok(outcome.reply());
            }
        }
        Err(ClientError::Conflict(OVERTAKEN).into())
    }

    /// Writes the changed pass: with all increments that are pending, then with the patch, then with the values.
    pub(super) async fn draft_change<'a>(
        &self,
        (address, conditions): (&'a Address, &'a WriteConditions),
        change: &ChangeRequest,
        prepared: &'a Prepared<C::SigningKey>,
        increment: Increment,
    ) -> Result<Draft<'a>, Error> {
        let current = prepared.current.as_ref().ok_or(Unreadable)?;
        let origin = current.origin.as_ref().ok_or(ClientError::Conflict(UPLOADED))?;
        let template = prepared.template.as_ref().ok_or(ClientError::Conflict(TEMPLATE_REMOVED))?;
        let mut own = Own::from_origin(origin)?;
        let refused = own.fold(&prepared.pending, &template.parts.content);
        if let Some((_, defect)) = refused.into_iter().find(|(id, _)| *id == change.id) {
            return Err(list_defects(&defect.into()).into());
        }
        let mut content = template.parts.content.clone();
        own.fields.apply(&mut content);
        check_types(&content, &change.patch)?;
        own.push(&change.patch)?;
        merge(&mut content, &change.patch);
        for values in [&change.values, &change.increment] {
            check_values(&template.parts.content, &content, values)?;
        }
        own.values.set(&change.values);
        if matches!(increment, Increment::Added) {
            own.add(&change.increment, &content).map_err(|defect| list_defects(&defect.into()))?;
        }
        own.check_size()?;
        let (over, external_id) = (Some(current.over()), change.external_id.clone());
        let recipe = Recipe { address, conditions, own: &own, given: &change.patch, over, external_id };
        self.draft(recipe, prepared).await
    }
}

/// Whether a draft includes the increment of the request itself.
#[derive(Clone, Copy)]
pub(super) enum Increment {
    /// If it is stored and pending.
    AsStored,
    /// Yes: it is not stored yet.
    Added,
}

const UPLOADED: &str = "This pass was uploaded, so it has no template whose values could be set. Change it by a merge patch: \
    PATCH with Content-Type: application/merge-patch+json.";
const TEMPLATE_REMOVED: &str = "The template of this pass was removed, and values need it. Store it again: PUT \
    /issuer/v1/templates/{name}. Or change the pass by a merge patch.";
