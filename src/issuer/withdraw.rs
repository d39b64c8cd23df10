//! `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
//!
//! Withdraws a pass: devices can no longer register it and lists leave it out, while those that hold it can still fetch
//! and unregister it. Publishing it again ends that. 204, also when it was withdrawn before; nothing is deleted.

use super::Address;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, conditional::WriteConditions},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::withdraw::{Before, Untell, Withdraw as Statement},
    },
};

/// An issuer takes a pass out of service.
#[derive(Debug, Clone)]
pub struct Withdraw {
    /// Which pass.
    pub address: Address,
    /// Which version of it.
    pub conditions: WriteConditions,
    /// Unix seconds.
    pub now: i64,
}

impl Endpoint for Withdraw {
    /// Not repeatable: between two runs the pass may have been published again.
    fn ask(&self) -> Batch<'_> {
        let (pass_type, serial) = (self.address.pass_type.as_str(), self.address.serial.as_str());
        let withdraw = Statement {
            pass_type,
            serial,
            if_match: self.conditions.if_match.as_deref(),
            if_none_match: self.conditions.if_none_match.as_deref(),
            now: self.now,
        };
        Batch::once(vec![Before { pass_type, serial }.query(), withdraw.query(), Untell { pass_type, serial }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match rows.first::<Before>()? {
            None => ClientError::NotFound("No such pass was published.").into(),
            Some(before) if !self.conditions.hold(Some(&before.etag)) => ClientError::PreconditionFailed.into(),
            Some(_) => Reply::empty(204),
        })
    }
}
