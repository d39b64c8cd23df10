//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
//!
//! A pass as JSON, or with `Accept: application/vnd.apple.pkpass` its file.

use super::{Address, summary::PassSummary};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Headers, Reply, accepts, conditional::ReadConditions, file::StoredFile},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::{inspect as sql, list::AllRow},
    },
};

/// An issuer looks at a pass.
pub(crate) struct InspectPass {
    address: Address,
    conditions: ReadConditions,
    file: bool,
    head: bool,
}

impl InspectPass {
    /// Reads the header fields.
    pub(crate) fn from_headers(address: Address, headers: &impl Headers, head: bool) -> Self {
        let file = accepts(headers, pkpass::MEDIA_TYPE);
        Self { address, conditions: ReadConditions::from_headers(headers), file, head }
    }
}

impl Endpoint for InspectPass {
    fn ask(&self) -> Batch<'_> {
        let Address { pass_type, serial } = &self.address;
        Batch::repeatable(vec![sql::Inspect { pass_type, serial }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(row) = rows.first::<sql::Inspect>()? else {
            return Ok(ClientError::NotFound("No such pass was published.").into());
        };
        let sql::InspectRow { object_key, etag, modified_at, size, revision, web_service, withdrawn_at, registrations } = row;
        let reply = if self.file {
            StoredFile { object_key, etag, modified_at, size, media_type: pkpass::MEDIA_TYPE }
                .reply(&self.conditions, self.head)
        } else {
            let Address { pass_type, serial } = self.address.clone();
            let row = AllRow { pass_type, serial, etag, modified_at, size, revision, web_service, withdrawn_at, registrations };
            Reply::json(200, &PassSummary::from_row(&row))
        };
        Ok(reply.with("vary", "accept"))
    }
}
