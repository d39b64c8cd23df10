//! Makes a pass again, from the newest version of its template and the fields of the pass.

use super::{
    ATTEMPTS, PassMaker,
    prepare::{Template, Wanted},
    put::Recipe,
};
use crate::{
    crypto::Crypto,
    endpoint::{Error, InternalError},
    http::conditional::WriteConditions,
    issuer::{Address, publish::Outcome},
    storage::{Database, Objects, Unreadable},
};
use pkpass::json::Patches;
use serde_json::Map;

/// The result for one pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remade {
    /// Phones see a change.
    Changed,
    /// Phones see no change. Or the pass was withdrawn, or is no longer made from the template.
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
        for _ in 0..ATTEMPTS {
            match self.try_remake(address, template).await {
                Ok(None) => {}
                Ok(Some(remade)) => return Ok(remade),
                Err(Error::ClientError(error)) => return Ok(Remade::Failed(error.reason().to_owned())),
                Err(Error::InternalError(error)) => return Remade::from_error(error),
            }
        }
        Ok(Remade::Overtaken)
    }

    /// `None` when another writer was faster.
    async fn try_remake(&self, address: &Address, template: &str) -> Result<Option<Remade>, Error> {
        let prepared = self.prepare(address, Wanted::Own).await?;
        let (Some(current), Some(Template { name, .. })) = (&prepared.current, &prepared.template) else {
            return Ok(Some(Remade::Unchanged));
        };
        let Some(origin) = current.origin.as_ref().filter(|_| name == template && !current.withdrawn) else {
            return Ok(Some(Remade::Unchanged));
        };
        let recipe = Recipe {
            address,
            conditions: &WriteConditions::default(),
            fields: &Patches::parse(&origin.fields).ok_or(Unreadable)?,
            given: &Map::new(),
            over: Some(current.over()),
        };
        let outcome = self.make_from_template(recipe, &prepared).await?;
        Ok(outcome.map(|outcome| match outcome {
            Outcome::Stored { messages, .. } => {
                self.messages.add(messages);
                Remade::Changed
            }
            _ => Remade::Unchanged,
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
