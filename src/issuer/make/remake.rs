//! Makes a pass again, from the newest version of its template and what the pass has of its own.

use super::{
    ATTEMPTS, PassMaker,
    own::Own,
    prepare::{Template, Wanted},
    recipe::Recipe,
};
use crate::{
    crypto::Crypto,
    endpoint::{Error, InternalError},
    http::conditional::WriteConditions,
    issuer::{Address, ExternalId, publish::Outcome},
    storage::{Database, Objects},
};
use serde_json::Map;

/// The result for one pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remade {
    /// Phones see a change.
    Changed,
    /// Phones see no change, and nothing is pending. Or the pass was withdrawn, or is no longer made from the template.
    Unchanged,
    /// It cannot be made, with the reason.
    Failed(String),
    /// Other writers were faster again and again. Try later.
    Overtaken,
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Makes one pass again.
    ///
    /// # Errors
    /// [`InternalError`] when storage does not answer. Making the pass again is harmless. An error of this pass alone is
    /// [`Remade::Failed`], so that it does not stop the run.
    pub async fn remake(&self, address: &Address, template: &str) -> Result<Remade, InternalError> {
        self.remake_if(address, |name| name == template).await
    }

    /// Makes one pass again, from the template it has.
    async fn remake_if(&self, address: &Address, wanted: impl Fn(&str) -> bool) -> Result<Remade, InternalError> {
        for _ in 0..ATTEMPTS {
            match self.try_remake(address, &wanted).await {
                Ok(None) => {}
                Ok(Some(remade)) => return Ok(remade),
                Err(Error::ClientError(error)) => return Ok(Remade::Failed(error.reason().to_owned())),
                Err(Error::InternalError(error)) => return Remade::from_error(error),
            }
        }
        Ok(Remade::Overtaken)
    }

    /// Makes one pass again for the increments that are pending.
    ///
    /// # Errors
    /// As [`remake`](Self::remake).
    pub async fn apply_increments(&self, address: &Address) -> Result<Remade, InternalError> {
        self.remake_if(address, |_| true).await
    }

    /// `None` when another writer was faster.
    async fn try_remake(&self, address: &Address, wanted: impl Fn(&str) -> bool) -> Result<Option<Remade>, Error> {
        let prepared = self.prepare(address, Wanted::Own).await?;
        let (Some(current), Some(Template { name, parts, .. })) = (&prepared.current, &prepared.template) else {
            return Ok(Some(Remade::Unchanged));
        };
        let Some(origin) = current.origin.as_ref().filter(|_| wanted(name) && !current.withdrawn) else {
            return Ok(Some(Remade::Unchanged));
        };
        let mut own = Own::from_origin(origin)?;
        let refused = own.fold(&prepared.pending, &parts.content);
        let recipe = Recipe {
            address,
            conditions: &WriteConditions::default(),
            own: &own,
            given: &Map::new(),
            over: Some(current.over()),
            external_id: ExternalId::Keep,
        };
        let outcome = self.finish(self.draft(recipe, &prepared).await?, &prepared).await?;
        Ok(outcome.map(|outcome| match outcome {
            Outcome::Stored { messages, .. } => {
                self.messages.add(messages);
                Remade::Changed
            }
            _ => refused.into_iter().next().map_or(Remade::Unchanged, |(_, defect)| Remade::Failed(defect.message)),
        }))
    }
}

impl Remade {
    /// [`Remade::Failed`] when the error would be the same the next time.
    fn from_error(error: InternalError) -> Result<Self, InternalError> {
        let reason = match error {
            InternalError::ObjectMissing(_) => "Its file is not in the bucket. Make it anew.",
            InternalError::Unreadable => "What is stored of it cannot be read. Make it anew.",
            error => return Err(error),
        };
        Ok(Self::Failed(reason.to_owned()))
    }
}
