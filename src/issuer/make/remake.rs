//! Makes a pass again from its template, which has changed meanwhile, and what the pass has of its own.

use super::{
    ATTEMPTS, PassMaker, Stop,
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

/// What became of a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remade {
    /// It is another one to phones now.
    Changed,
    /// It is what it was; or it was withdrawn, or is not made from the template any more.
    Unchanged,
    /// It cannot be made: why.
    Failed(String),
    /// Others were faster again and again: try later.
    Overtaken,
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Makes one pass again.
    ///
    /// # Errors
    /// [`InternalError`] when storage does not answer: nothing is known of the pass then, and doing it again is harmless. InternalError
    /// that would be the same the next time is a [`Remade::Failed`].
    pub async fn remake(&self, address: &Address, template: &str) -> Result<Remade, InternalError> {
        for _ in 0..ATTEMPTS {
            match self.remade(address, template).await {
                Ok(None) => {}
                Ok(Some(remade)) => return Ok(remade),
                Err(Stop::Defects(defects)) => {
                    let first = defects.into_iter().next();
                    return Ok(Remade::Failed(first.map_or_else(String::new, |defect| defect.message)));
                }
                Err(Stop::Error(Error::ClientError(refusal))) => {
                    return Ok(Remade::Failed(refusal.detail().to_owned()));
                }
                Err(Stop::Error(Error::InternalError(trouble))) => return lasting(trouble),
            }
        }
        Ok(Remade::Overtaken)
    }

    /// `None` when somebody else was faster.
    async fn remade(&self, address: &Address, template: &str) -> Result<Option<Remade>, Stop> {
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
        let outcome = self.made_from_template(recipe, &prepared).await?;
        Ok(outcome.map(|outcome| match outcome {
            Outcome::Stored { messages, .. } => {
                self.told.add(messages);
                Remade::Changed
            }
            _ => Remade::Unchanged,
        }))
    }
}

/// What is wrong with one pass alone must not hold up all others.
fn lasting(trouble: InternalError) -> Result<Remade, InternalError> {
    let reason = match trouble {
        InternalError::ObjectMissing(_) => "Its file is not in the bucket. Make it anew.",
        InternalError::Unreadable => "What is stored of it cannot be read. Make it anew.",
        passing => return Err(passing),
    };
    Ok(Remade::Failed(reason.to_owned()))
}
