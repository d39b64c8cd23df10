//! A pass in the issuer API's JSON, in Apple's own key names where Apple has one.

use crate::{http::date, storage::sql::issuer::list as sql};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PassSummary<'a> {
    pass_type_identifier: &'a str,
    serial_number: &'a str,
    /// The number of the newest change. In decimal it is the update tag.
    revision: i64,
    /// As in the header field `Last-Modified` for phones.
    last_modified: String,
    /// As in the header field `ETag`, with quotes.
    etag: String,
    /// Bytes.
    size: i64,
    /// Whether devices can register it.
    web_service: bool,
    /// When it was withdrawn, or null.
    withdrawn: Option<String>,
    /// How many devices registered it.
    registrations: i64,
}

impl<'a> PassSummary<'a> {
    pub(super) fn from_row(row: &'a sql::AllRow) -> Self {
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
