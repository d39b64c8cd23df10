//! Showing a signing identity, without its key.

use super::SigningIdentity;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    storage::{Batch, Rows, Unreadable, sql::issuer::signing_identity::Show},
};

/// An issuer looks at the signing identity of a pass type.
#[derive(Debug, Clone)]
pub struct ShowIdentity {
    /// `passTypeIdentifier`
    pub pass_type: String,
    /// Unix seconds.
    pub now: i64,
}

impl Endpoint for ShowIdentity {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![Show { pass_type: &self.pass_type }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match rows.first::<Show>()? {
            None => ClientError::NotFound("This pass type has no signing identity.").into(),
            Some(row) => Reply::json(200, &SigningIdentity::from_row(row, self.now)),
        })
    }
}
