//! What may be known of a signing identity.

use super::SigningIdentity;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    storage::{Batch, Rows, Unreadable, sql::issuer::signing_identity::Show as Statement},
};

/// An issuer looks at the signing identity of a pass type.
#[derive(Debug, Clone)]
pub struct Show {
    /// `passTypeIdentifier`
    pub pass_type: String,
    /// Unix seconds.
    pub now: i64,
}

impl Endpoint for Show {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![Statement { pass_type: &self.pass_type }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match rows.first::<Statement>()? {
            None => ClientError::NotFound("This pass type has no signing identity.").into(),
            Some(row) => Reply::json(200, &SigningIdentity::new(row, self.now)),
        })
    }
}
