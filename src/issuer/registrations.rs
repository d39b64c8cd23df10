//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?cursor=&limit=`
//!
//! The devices that registered a pass. Device identifiers and push tokens are secrets of the devices and are shortened;
//! the cursor is therefore a count, not a place.

use super::{
    Address,
    page::{Limit, bounded},
};
use crate::{
    endpoint::Endpoint,
    http::{Refusal, Reply, date},
    store::{
        Batch, Rows, Unreadable,
        sql::issuer::registrations::{Known, Page},
    },
};
use serde::Serialize;

/// The highest cursor; far beyond what a database holds, and exact as a JavaScript number.
const MOST_SKIPPED: i64 = 1 << 40;

/// Characters of a secret that are shown; `clear_registrations` and its SQL find a device by them.
const SHOWN: usize = 8;

/// An issuer looks at who holds a pass.
#[derive(Debug, Clone)]
pub struct Registrations {
    address: Address,
    skip: i64,
    limit: Limit,
}

impl Registrations {
    /// Reads the query.
    ///
    /// # Errors
    /// [`Refusal::BadRequest`] when a parameter makes no sense.
    pub fn of_query(address: Address, query: &str) -> Result<Self, Refusal> {
        let skip = bounded(query, "cursor", 0, MOST_SKIPPED)
            .map_err(|_| Refusal::BadRequest("`cursor` is not one that a listing gave."))?;
        Ok(Self { address, skip, limit: Limit::of_query(query)? })
    }
}

#[derive(Serialize)]
struct Holders<'a> {
    registrations: Vec<Registration<'a>>,
    cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Registration<'a> {
    device_library_identifier: String,
    push_token: String,
    client: &'a str,
    registered: String,
}

impl Endpoint for Registrations {
    fn ask(&self) -> Batch<'_> {
        let (pass_type, serial) = (self.address.pass_type.as_str(), self.address.serial.as_str());
        let page = Page { pass_type, serial, skip: self.skip, limit: self.limit.and_one_more() };
        Batch::repeatable(vec![Known { pass_type, serial }.query(), page.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        if rows.text(0).is_none() {
            return Ok(Refusal::NotFound("No such pass was published.").into());
        }
        let found: Vec<(String, String, Option<String>, i64)> = rows.all(1)?;
        let (page, more) = self.limit.page_of(&found);
        let next = self.skip.saturating_add(self.limit.get()).to_string();
        let registrations: Vec<_> = page
            .iter()
            .map(|(device, push_token, client, registered_at)| Registration {
                device_library_identifier: shortened(device),
                push_token: shortened(push_token),
                client: client.as_deref().unwrap_or("ApplePass"),
                registered: date::format(*registered_at),
            })
            .collect();
        let cursor = more.then_some(next);
        Ok(Reply::json(200, &Holders { registrations, cursor }))
    }
}

/// The beginning of a secret, and at most half of it.
fn shortened(secret: &str) -> String {
    let half = secret.chars().count() / 2;
    let shown: String = secret.chars().take(SHOWN.min(half)).collect();
    format!("{shown}…")
}
