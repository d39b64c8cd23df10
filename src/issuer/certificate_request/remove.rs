//! `DELETE /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request/{id}`: 204. Its key is gone, so a certificate for it
//! can never sign.
//!
//! A crash before the batch leaves the request, a crash after it does not.

use super::UNKNOWN;
use crate::{
    endpoint::Endpoint,
    http::Reply,
    storage::{Batch, Rows, Unreadable, sql::issuer::certificate_request as sql},
};

/// An issuer removes a request that waits.
#[derive(Debug)]
pub struct RemoveRequest {
    /// `passTypeIdentifier`
    pub pass_type: String,
    /// Its name.
    pub id: String,
}

impl Endpoint for RemoveRequest {
    /// Not repeatable: the second run would answer 404.
    fn ask(&self) -> Batch<'_> {
        let Self { pass_type, id } = self;
        Batch::once(vec![sql::Show { pass_type, id }.query(), sql::Remove { pass_type, id }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(if rows.any::<sql::Show>()? { Reply::empty(204) } else { UNKNOWN.into() })
    }
}
