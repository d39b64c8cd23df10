//! Showing a signing identity, without its key.

use super::SigningIdentity;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    storage::{Batch, Rows, Unreadable, sql::issuer::signing_identity as sql},
};

/// An issuer looks at the signing identity of a pass type.
pub(crate) struct ShowIdentity {
    /// `passTypeIdentifier`
    pub(crate) pass_type: String,
    /// Unix seconds.
    pub(crate) now: i64,
}

impl Endpoint for ShowIdentity {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::Show { pass_type: &self.pass_type }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(match rows.first::<sql::Show>()? {
            None => ClientError::NotFound("This pass type has no signing identity.").into(),
            Some(row) => Reply::json(200, &SigningIdentity::from_row(row, self.now)),
        })
    }
}
