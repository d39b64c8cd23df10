//! `?dryRun=true`: what a write would do. It stores nothing and tells no phone.

use crate::{
    endpoint::Error,
    http::{ClientError, Reply, query},
};
use pkpass::{
    Defect, Report, Warning,
    card::{Difference, difference},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a write would do.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Preview<'a> {
    dry_run: bool,
    /// Whether there are no defects.
    valid: bool,
    /// Whether phones, or for a template its passes, would get a new version.
    changed: bool,
    defects: &'a [Defect],
    warnings: &'a [Warning],
    /// What a phone would show.
    difference: &'a Difference,
    /// The texts that would be on the lock screen.
    lock_screen: &'a [String],
}

/// Whether a query asks for a dry run.
///
/// # Errors
/// [`ClientError::BadRequest`] when it says something else.
pub(crate) fn is_dry_run(query: &str) -> Result<bool, ClientError> {
    match query::value(query, "dryRun").as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ClientError::BadRequest("`dryRun` is true or false.")),
    }
}

/// The answer to a dry run of a write that would be carried out. `before` is the content that is stored.
pub(super) fn preview(
    changed: bool,
    warnings: &[Warning],
    before: Option<&Map<String, Value>>,
    after: &Map<String, Value>,
) -> Reply {
    reply(changed, &[], warnings, &difference(before, after))
}

/// The answer to a dry run that changes nothing that a phone shows.
pub(super) fn preview_without_difference(changed: bool) -> Reply {
    reply(changed, &[], &[], &Difference::default())
}

/// The answer to a dry run that was refused. Defects are what it asks for.
///
/// # Errors
/// The error, if it is another one.
pub(crate) fn show_defects(result: Result<Reply, Error>) -> Result<Reply, Error> {
    match &result {
        Err(Error::ClientError(error)) if let Some(Report { defects, warnings }) = error.report() => {
            Ok(reply(false, defects, warnings, &Difference::default()))
        }
        _ => result,
    }
}

fn reply(changed: bool, defects: &[Defect], warnings: &[Warning], difference: &Difference) -> Reply {
    let lock_screen = &difference.lock_screen;
    let valid = defects.is_empty();
    Reply::json(200, &Preview { dry_run: true, valid, changed, defects, warnings, difference, lock_screen })
}
