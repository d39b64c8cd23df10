//! A pass in the issuer API's JSON, in Apple's own key names where Apple has one.

use crate::{http::date, storage::sql::issuer::list::PageRow};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PassSummary<'a> {
    pass_type_identifier: &'a str,
    serial_number: &'a str,
    /// The template that it was made from, or null.
    template: Option<&'a str>,
    /// The issuer's own identifier, or null.
    external_id: Option<&'a str>,
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
    registered: Registered,
}

/// The life of a pass on phones.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    /// How many devices have it registered now.
    now: i64,
    /// Whether a device ever registered it.
    ever: bool,
    /// When the first device did, or null.
    first: Option<String>,
    /// When a device last ended its registration, or null.
    last_removed: Option<String>,
    /// When a list last told one of these devices of the newest change, or null.
    last_listed: Option<String>,
}

impl<'a> PassSummary<'a> {
    /// `tracked`: lists to devices are noted. Otherwise the notes are old.
    pub(super) fn from_row(row: &'a PageRow, tracked: bool) -> Self {
        Self {
            pass_type_identifier: &row.pass_type,
            serial_number: &row.serial,
            template: row.template.as_deref(),
            external_id: row.external_id.as_deref(),
            revision: row.revision,
            last_modified: date::format(row.modified_at),
            etag: format!("\"{}\"", row.etag),
            size: row.size,
            web_service: row.web_service,
            withdrawn: row.withdrawn_at.map(date::format),
            registrations: row.registrations,
            registered: Registered {
                now: row.registrations,
                ever: row.first_registered_at.is_some(),
                first: row.first_registered_at.map(date::format),
                last_removed: row.last_removed_at.map(date::format),
                last_listed: row.last_listed_at.filter(|_| tracked).map(date::format),
            },
        }
    }
}
