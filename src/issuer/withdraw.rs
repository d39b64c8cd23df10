//! `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
//!
//! Withdraws a pass. Devices can no longer register it, and lists leave it out. Devices that hold it can still fetch and
//! unregister it. Publishing it again ends that. The answer is 204, also for a pass that was withdrawn before.

use super::{Address, preview};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, conditional::WriteConditions},
    storage::{Batch, Rows, Unreadable, sql::issuer::withdraw as sql},
};

/// An issuer takes a pass out of service.
#[derive(Debug, Clone)]
pub struct WithdrawPass {
    /// The pass.
    pub address: Address,
    /// The version that the issuer knows.
    pub conditions: WriteConditions,
    /// Unix seconds.
    pub now: i64,
}

impl Endpoint for WithdrawPass {
    /// Not repeatable: between two runs the pass may have been published again.
    fn ask(&self) -> Batch<'_> {
        let Address { pass_type, serial } = &self.address;
        let WriteConditions { if_match, if_none_match } = &self.conditions;
        let (if_match, if_none_match) = (if_match.as_deref(), if_none_match.as_deref());
        let withdraw = sql::Withdraw { pass_type, serial, if_match, if_none_match, now: self.now };
        Batch::once(vec![
            sql::Before { pass_type, serial }.query(),
            withdraw.query(),
            sql::Untell { pass_type, serial }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match rows.first::<sql::Before>()? {
            None => ClientError::NotFound("No such pass was published.").into(),
            Some(before) if !self.conditions.hold(Some(&before.etag)) => ClientError::PreconditionFailed.into(),
            Some(_) => Reply::empty(204),
        })
    }
}

/// An issuer asks what a withdrawal would do.
pub(crate) struct PreviewWithdrawal(pub(crate) WithdrawPass);

impl Endpoint for PreviewWithdrawal {
    fn ask(&self) -> Batch<'_> {
        let Address { pass_type, serial } = &self.0.address;
        Batch::repeatable(vec![sql::Before { pass_type, serial }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let refusal = self.0.answer(rows)?;
        let before = rows.first::<sql::Before>()?.filter(|_| refusal.status == 204);
        // Phones keep what they have of a withdrawn pass.
        Ok(before.map_or(refusal, |before| preview::preview_without_difference(!before.withdrawn)))
    }
}
