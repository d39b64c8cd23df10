//! The templates that a job names.

use crate::{
    crypto::Crypto,
    endpoint::Error,
    http::{ClientError, Problem},
    issuer::{bulk::ChangeByFilter, make::PassMaker},
    storage::{Database, Objects},
};
use pkpass::{
    card::{self, MESSAGE_KEY, Values},
    json::merge,
};
use serde_json::{Map, Value};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// The most templates that a job may name. Each costs a call of the database and one of the bucket.
const MOST: usize = 50;

/// The templates so far, by name. `Err` says what is wrong.
#[derive(Default)]
pub(super) struct Templates(BTreeMap<String, Result<Known, String>>);

/// What a job needs to know of a template.
pub(super) struct Known {
    keys: BTreeSet<String>,
    /// Those whose field has a number.
    numbers: BTreeSet<String>,
    content: Map<String, Value>,
}

impl Templates {
    /// The template of this name, or what is wrong with it.
    pub(super) async fn get<D: Database, O: Objects, C: Crypto>(
        &mut self,
        name: &str,
        maker: &PassMaker<'_, D, O, C>,
    ) -> Result<Result<&Known, String>, Error> {
        if !self.0.contains_key(name) {
            if self.0.len() >= MOST {
                return Ok(Err(TOO_MANY.to_owned()));
            }
            let known = match maker.content_of_template(name).await {
                Ok(parts) => Ok(Known::new(&parts.content)),
                Err(Error::ClientError(error)) => Err(error.reason().to_owned()),
                Err(error) => return Err(error),
            };
            self.0.insert(name.to_owned(), known);
        }
        Ok(match self.0.get(name) {
            Some(Ok(known)) => Ok(known),
            Some(Err(fault)) => Err(fault.clone()),
            None => Err(TOO_MANY.to_owned()),
        })
    }
}

/// Checks that a change by filter can be made, if the filter names a template.
///
/// # Errors
/// [`ClientError::Problem`] when there is no such template, or it lacks a key. [`Error::InternalError`] when storage does not
/// answer.
pub async fn check_change<D: Database, O: Objects, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    change: &ChangeByFilter,
) -> Result<(), Error> {
    let Some(template) = change.template().filter(|_| change.needs_template()) else { return Ok(()) };
    let mut templates = Templates::default();
    let known = templates.get(template, maker).await?;
    let checked = known.and_then(|known| change.values().try_for_each(|it| known.check(it, change.patch())));
    Ok(checked.map_err(|fault| ClientError::Problem(Problem::from_detail(400, "Bad Request", &fault)))?)
}

const TOO_MANY: &str = "A job may name at most 50 templates.";

impl Known {
    fn new(content: &Map<String, Value>) -> Self {
        let keys = card::keys(content);
        let is_number = |key: &&String| card::value_of(content, key).is_some_and(Value::is_number);
        Self { numbers: keys.iter().filter(is_number).cloned().collect(), keys, content: content.clone() }
    }

    /// Checks the values of a pass. `patch` may have fields that the template does not have.
    pub(super) fn check(&self, values: &Map<String, Value>, patch: Option<&Map<String, Value>>) -> Result<(), String> {
        let mut content = Cow::Borrowed(&self.content);
        if let Some(patch) = patch.filter(|patch| !patch.is_empty()) {
            merge(content.to_mut(), patch);
        }
        let checked = Values::check(values, &self.content, &content);
        checked.map_err(|defects| defects.into_iter().map(|defect| defect.message).collect::<Vec<_>>().join(" "))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Whether the template's field with this key has a number.
    pub(super) fn is_number(&self, key: &str) -> bool {
        self.numbers.contains(key)
    }

    /// The keys that an issuer may set, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        self.keys.iter().filter(|key| *key != MESSAGE_KEY).cloned()
    }
}
