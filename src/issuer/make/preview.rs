//! Dry runs: what a request would make.

use super::{PassMaker, current::Current, finish::is_the_same};
use crate::{
    crypto::Crypto,
    endpoint::{Error, InternalError},
    http::Reply,
    issuer::{preview, publish::Outcome},
    storage::{Database, Objects},
};
use pkpass::{Unsigned, Warning, parts::content_of};
use serde_json::{Map, Value};

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// What the pass would be, compared with the stored version.
    pub(super) async fn preview(
        &self,
        current: Option<&Current>,
        content: &Map<String, Value>,
        unsigned: &Unsigned<'_>,
        warnings: &[Warning],
    ) -> Result<Outcome, Error> {
        let before = match current {
            Some(current) => self.content_before(current).await?,
            None => None,
        };
        let token = content.get("authenticationToken").and_then(Value::as_str);
        let changed = !current.is_some_and(|current| is_the_same(current, unsigned, token));
        Ok(Outcome::Previewed(preview::preview(changed, warnings, before.as_ref(), content)))
    }

    /// The content of the stored version. `None` if its file is lost: what makes the pass anew does not need it.
    pub(super) async fn content_before(&self, current: &Current) -> Result<Option<Map<String, Value>>, Error> {
        match self.file(&current.object_key).await {
            Ok(file) => Ok(content_of(&file)),
            Err(InternalError::ObjectMissing(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// In a dry run, an answer that lists defects is what was asked for.
    pub(super) fn show_defects(&self, result: Result<Reply, Error>) -> Result<Reply, Error> {
        if self.dry_run { preview::show_defects(result) } else { result }
    }
}
