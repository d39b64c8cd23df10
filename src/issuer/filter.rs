//! Which passes a listing shows, and which passes a change by filter changes.
//!
//! A filter chooses the index to walk: that of external identifiers, else that of templates, else the passes themselves. Its
//! other conditions are checked for each pass on the way. A page looks at 10,000 passes at most, so it may have fewer entries
//! than its limit, and a next page all the same.

use crate::{
    http::{ClientError, Problem, date, query},
    revision,
    storage::{
        Query, Rows, Unreadable,
        sql::issuer::list::{Page, PageRow},
    },
};
use serde_json::{Map, Value};

/// The most passes that one page looks at.
const MOST_LOOKED_AT: i64 = 10_000;

/// A pass type and a serial number, after which a page begins. Both are empty at the beginning.
pub type Place = (String, String);

/// The conditions. By default, every pass meets them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pass_type: Option<String>,
    template: Option<String>,
    external_id: Option<String>,
    withdrawn: Option<String>,
    /// Passes that changed after this revision.
    since: i64,
    registered: Option<String>,
    push: Option<String>,
    behind: Option<String>,
    /// A JSON object of own values.
    fields: String,
}

/// The passes of a page, and where the next page begins. `None`: it is the last page.
pub type Found = (Vec<PageRow>, Option<Place>);

impl Default for Filter {
    fn default() -> Self {
        Self {
            pass_type: None,
            template: None,
            external_id: None,
            withdrawn: None,
            since: revision::NONE,
            registered: None,
            push: None,
            behind: None,
            fields: NO_FIELDS.to_owned(),
        }
    }
}

const NO_FIELDS: &str = "{}";

impl Filter {
    /// The conditions that are texts, as query parameters and as members of a JSON object.
    pub const NAMES: [&str; 8] =
        ["passTypeIdentifier", "template", "externalId", "withdrawn", "changedSince", "registered", "push", "behind"];

    /// Reads query parameters. `tracked`: lists are noted, so `behind` has an answer.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when a condition has a value that it does not know.
    pub fn from_query(query: &str, tracked: bool) -> Result<Self, ClientError> {
        let mut filter = Self::default();
        for name in Self::NAMES {
            if let Some(value) = query::value(query, name) {
                filter.set(name, value)?;
            }
        }
        filter.checked(tracked)
    }

    /// Reads the members of a JSON object. Besides the conditions of a query it may have `fields`, an object of values.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] or [`ClientError::Problem`] when there is another member, or a value that is not known.
    pub fn from_members(members: &Map<String, Value>, tracked: bool) -> Result<Self, ClientError> {
        let mut filter = Self::default();
        for (name, value) in members {
            match (name.as_str(), value) {
                ("fields", Value::Object(fields)) if fields.values().all(|it| it.is_string() || it.is_number()) => {
                    filter.fields = value.to_string();
                }
                ("fields", _) => return Err(ClientError::BadRequest(FIELDS)),
                ("withdrawn" | "behind", Value::Bool(flag)) => filter.set(name, flag.to_string())?,
                ("changedSince", Value::Number(revision)) => filter.set(name, revision.to_string())?,
                (known, Value::String(text)) if Self::NAMES.contains(&known) => filter.set(name, text.clone())?,
                _ => return Err(unknown_member(name)),
            }
        }
        filter.checked(tracked)
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), ClientError> {
        match name {
            "passTypeIdentifier" => self.pass_type = Some(value),
            "template" => self.template = Some(value),
            "externalId" => self.external_id = Some(value),
            "withdrawn" => self.withdrawn = one_of(value, &["true", "false"], WITHDRAWN)?,
            "registered" => self.registered = one_of(value, &["never", "removed", "now"], REGISTERED)?,
            "push" => self.push = one_of(value, &["failing"], PUSH)?,
            "behind" => self.behind = one_of(value, &["true"], BEHIND)?,
            _ => self.since = parse_since(&value).ok_or(ClientError::BadRequest(CHANGED_SINCE))?,
        }
        Ok(())
    }

    fn checked(self, tracked: bool) -> Result<Self, ClientError> {
        let answerable = tracked || self.behind.is_none();
        answerable.then_some(self).ok_or(ClientError::BadRequest(NOT_TRACKED))
    }

    /// Whether passes on the walk may be left out.
    fn leaves_out(&self) -> bool {
        let chosen = [&self.withdrawn, &self.registered, &self.push, &self.behind];
        self.since != revision::NONE || self.fields != NO_FIELDS || chosen.into_iter().any(Option::is_some)
    }

    /// How many passes a page with this limit looks at. Where none is left out, one more than the limit tells whether there is
    /// a next page.
    fn look(&self, limit: i64) -> i64 {
        if self.leaves_out() { MOST_LOOKED_AT } else { limit.saturating_add(1) }
    }

    /// The statement that finds a page of at most `limit` passes after a place.
    #[must_use]
    pub fn page<'a>(&'a self, after: &'a Place, limit: i64) -> Query<'a> {
        Page {
            external_id: self.external_id.as_deref(),
            template: self.template.as_deref(),
            pass_type: self.pass_type.as_deref(),
            after_type: if after.0.is_empty() { self.pass_type.as_deref().unwrap_or_default() } else { &after.0 },
            after_serial: &after.1,
            withdrawn: self.withdrawn.as_deref(),
            since: self.since,
            registered: self.registered.as_deref(),
            push: self.push.as_deref(),
            behind: self.behind.as_deref(),
            fields: &self.fields,
            look: self.look(limit),
            limit: limit.saturating_add(1),
        }
        .query()
    }

    /// Reads the rows of [`page`](Self::page) with the same limit.
    ///
    /// # Errors
    /// [`Unreadable`] when the rows are not those of the statement.
    pub fn found(&self, rows: &Rows, limit: i64) -> Result<Found, Unreadable> {
        let place = |row: &PageRow| (row.pass_type.clone(), row.serial.clone());
        let mut found = rows.all::<Page>()?;
        let stopped = found.last().filter(|row| row.place == self.look(limit)).map(place);
        found.retain(|row| row.matches);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if found.len() <= limit {
            return Ok((found, stopped));
        }
        found.truncate(limit);
        let next = found.last().map(place);
        Ok((found, next))
    }
}

/// Reads a revision, a date of ISO 8601 or an HTTP date, as a revision. Revisions are times in milliseconds.
fn parse_since(text: &str) -> Option<i64> {
    match revision::parse_tag(text) {
        revision::NONE => date::parse(text)?.checked_mul(1000),
        revision => Some(revision),
    }
}

fn one_of(value: String, known: &[&str], otherwise: &'static str) -> Result<Option<String>, ClientError> {
    if known.contains(&value.as_str()) { Ok(Some(value)) } else { Err(ClientError::BadRequest(otherwise)) }
}

fn unknown_member(name: &str) -> ClientError {
    let (name, known) = (pkpass::json::echo(name), Filter::NAMES.join("`, `"));
    let detail =
        format!("`{name}` is no member of a filter, or its value is of another type. It may have `{known}` and `fields`.");
    ClientError::Problem(Problem::from_detail(400, "Bad Request", &detail))
}

const WITHDRAWN: &str = "`withdrawn` is true or false.";
const REGISTERED: &str = "`registered` is never, removed or now.";
const PUSH: &str = "`push` is failing.";
const BEHIND: &str = "`behind` is true.";
const CHANGED_SINCE: &str = "`changedSince` is a revision, or a date such as 2026-12-31T20:30:00Z.";
const FIELDS: &str = "`fields` of a filter is an object of keys with texts or numbers.";
const NOT_TRACKED: &str = "`behind` cannot be answered, because the variable TRACK_LISTS is off.";
