//! A pass in the issuer API's JSON, in Apple's own key names where Apple has one.

use crate::http::date;
use serde::Serialize;

/// What the service knows of a pass.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary<'a> {
    pub(super) pass_type_identifier: &'a str,
    pub(super) serial_number: &'a str,
    /// The number of the newest change; in decimal it is the update tag.
    pub(super) revision: i64,
    /// As phones get it in `Last-Modified`.
    pub(super) last_modified: String,
    /// As in the header field `ETag`, with quotes.
    pub(super) etag: String,
    /// Bytes.
    pub(super) size: i64,
    /// Whether devices can register it.
    pub(super) web_service: bool,
    /// When it was withdrawn, or null.
    pub(super) withdrawn: Option<String>,
    /// How many devices registered it.
    pub(super) registrations: i64,
}

/// Columns of a pass as the statements give them, from the ETag on.
pub(super) type Columns = (String, i64, i64, i64, bool, Option<i64>, i64);

impl<'a> Summary<'a> {
    pub(super) fn new(pass_type: &'a str, serial: &'a str, columns: Columns) -> Self {
        let (etag, modified_at, size, revision, web_service, withdrawn_at, registrations) = columns;
        Self {
            pass_type_identifier: pass_type,
            serial_number: serial,
            revision,
            last_modified: date::format(modified_at),
            etag: format!("\"{etag}\""),
            size,
            web_service,
            withdrawn: withdrawn_at.map(date::format),
            registrations,
        }
    }
}
