//! `PUT`, `GET`, `DELETE /issuer/v1/templates/{name}` and `GET /issuer/v1/templates`
//!
//! Templates that passes are made from. Storing a new version changes no pass. The request `republish` does that.

mod list;
mod remove;
mod show;
mod store;

pub(crate) use list::ListTemplates;
pub(crate) use remove::RemoveTemplate;
pub(crate) use show::ShowTemplate;
pub(crate) use store::{BODY_LIMIT, preview};
pub use store::{StoreTemplate, check};

use crate::http::{ClientError, date};
use pkpass::Warning;
use serde::Serialize;

/// The media type of a template.
pub(crate) const MEDIA_TYPE: &str = "application/zip";

/// The longest name, in bytes.
const LONGEST_NAME: usize = 64;

/// Reads a template's name from its path segment.
pub(crate) fn parse_name(segment: &str) -> Result<String, ClientError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_name = (1..=LONGEST_NAME).contains(&segment.len())
        && segment.bytes().all(is_plain)
        && segment.bytes().any(|byte| byte != b'.');
    is_name
        .then(|| segment.to_owned())
        .ok_or(ClientError::BadRequest("A template's name has 1 to 64 ASCII letters, digits, dots, hyphens and underscores."))
}

/// A template in the issuer API's JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TemplateSummary<'a> {
    name: &'a str,
    /// As in the header field `ETag`, with quotes.
    etag: String,
    last_modified: String,
    /// Bytes of the prepared file.
    size: i64,
    /// How many passes were made from it. Only in the answer for one template.
    #[serde(skip_serializing_if = "Option::is_none")]
    passes: Option<i64>,
    /// What works on a phone but disappoints. Only in the answer to an upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<&'a [Warning]>,
}

impl<'a> TemplateSummary<'a> {
    fn new(name: &'a str, version: &str, modified_at: i64, size: i64) -> Self {
        let (etag, last_modified) = (format!("\"{version}\""), date::format(modified_at));
        Self { name, etag, last_modified, size, passes: None, warnings: None }
    }
}

const UNKNOWN: ClientError = ClientError::NotFound("There is no template of this name.");
