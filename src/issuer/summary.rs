//! A pass in the issuer API's JSON, in Apple's own key names where Apple has one.

use crate::{http::date, storage::sql::issuer::list::AllRow};
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

impl<'a> Summary<'a> {
    pub(super) fn new(row: &'a AllRow) -> Self {
        Self {
            pass_type_identifier: &row.pass_type,
            serial_number: &row.serial,
            revision: row.revision,
            last_modified: date::format(row.modified_at),
            etag: format!("\"{}\"", row.etag),
            size: row.size,
            web_service: row.web_service,
            withdrawn: row.withdrawn_at.map(date::format),
            registrations: row.registrations,
        }
    }
}
