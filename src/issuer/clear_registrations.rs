//! `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?device=`
//!
//! Deletes the registrations of a pass, or that of one device, which is named as the listing shows it. A phone that held one hears
//! of no change until it registers again.
//!
//! One transaction. A crash before it leaves all, one after it leaves them deleted, and doing it again is harmless.

use super::Address;
use crate::{
    endpoint::Endpoint,
    http::{Refusal, Reply, path, query},
    store::{
        Batch, Rows, Unreadable,
        sql::issuer::registrations::{Clear, ClearDevice, Known, Matching},
    },
};
use serde::Serialize;

/// The most registrations that one request deletes: a statement has 30 seconds.
const MOST: i64 = 10_000;

/// What the listing puts behind the beginning of an identifier.
const ELLIPSIS: char = '…';

/// An issuer wants registrations of a pass gone.
#[derive(Debug, Clone)]
pub struct ClearRegistrations {
    address: Address,
    /// The device's identifier, or what is shown of it; `None` for all.
    device: Option<String>,
}

#[derive(Serialize)]
struct Cleared {
    deleted: i64,
    /// Whether there are some left, so that the request is worth repeating.
    more: bool,
}

impl ClearRegistrations {
    /// Reads the query.
    ///
    /// # Errors
    /// [`Refusal::BadRequest`] when `device` cannot be an identifier.
    pub fn of_query(address: Address, query: &str) -> Result<Self, Refusal> {
        let Some(device) = query::value(query, "device") else { return Ok(Self { address, device: None }) };
        let device = device.trim_end_matches(ELLIPSIS).to_owned();
        if path::identifier(&path::encode(&device)).is_none() {
            return Err(Refusal::BadRequest(
                "`device` must be an identifier as the listing shows it, or all of it.",
            ));
        }
        Ok(Self { address, device: Some(device) })
    }
}

impl Endpoint for ClearRegistrations {
    fn ask(&self) -> Batch<'_> {
        let (pass_type, serial) = (self.address.pass_type.as_str(), self.address.serial.as_str());
        let (device, most) = (self.device.as_deref(), MOST.saturating_add(1));
        let matching = Matching { pass_type, serial, device, shown: device, most };
        let delete = match device {
            None => Clear { pass_type, serial, most: MOST }.query(),
            Some(device) => ClearDevice { pass_type, serial, device, shown: device }.query(),
        };
        // Not repeatable: the second would not tell what the first deleted.
        Batch::once(vec![Known { pass_type, serial }.query(), matching.query(), delete])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        if rows.text(0).is_none() {
            return Ok(Refusal::NotFound("No such pass was published.").into());
        }
        let (matching,) = rows.first::<(i64,)>(1)?.ok_or(Unreadable)?;
        if self.device.is_some() && matching > 1 {
            return Ok(Refusal::Conflict(SEVERAL).into());
        }
        let (deleted, more) = (matching.min(MOST), matching > MOST);
        Ok(Reply::json(200, &Cleared { deleted, more }))
    }
}

const SEVERAL: &str = "Several devices that registered the pass begin like this. Give all of the identifier, or delete all \
    registrations of the pass.";
