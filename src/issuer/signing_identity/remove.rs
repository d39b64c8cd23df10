//! Removing a signing identity: 204. Passes of the type can no longer be made. Passes that it signed stay.

use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    storage::{Batch, Rows, Unreadable, sql::issuer::signing_identity as sql},
};

/// An issuer removes the signing identity of a pass type.
pub(crate) struct RemoveIdentity {
    /// `passTypeIdentifier`
    pub(crate) pass_type: String,
}

impl Endpoint for RemoveIdentity {
    /// Not repeatable: between two runs another one may have been stored.
    fn ask(&self) -> Batch<'_> {
        let pass_type = self.pass_type.as_str();
        Batch::once(vec![sql::Before { pass_type }.query(), sql::Remove { pass_type }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(if rows.any::<sql::Before>()? {
            Reply::empty(204)
        } else {
            ClientError::NotFound("This pass type has no signing identity.").into()
        })
    }
}
