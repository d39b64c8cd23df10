//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
//!
//! What the service knows of a pass as JSON; with `Accept: application/vnd.apple.pkpass` the file itself.

use super::{Address, summary::Summary};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Headers, Reply, accepts, conditional::ReadConditions, file::StoredFile},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::{
            inspect::{Inspect as Statement, InspectRow},
            list::AllRow,
        },
    },
};

/// An issuer looks at a pass.
#[derive(Debug, Clone)]
pub struct Inspect {
    address: Address,
    conditions: ReadConditions,
    file: bool,
    head: bool,
}

impl Inspect {
    /// Takes from the header fields what is wanted of the pass.
    #[must_use]
    pub fn new(address: Address, headers: &impl Headers, head: bool) -> Self {
        let file = accepts(headers, pkpass::MEDIA_TYPE);
        Self { address, conditions: ReadConditions::from_headers(headers), file, head }
    }
}

impl Endpoint for Inspect {
    fn ask(&self) -> Batch<'_> {
        let statement = Statement { pass_type: &self.address.pass_type, serial: &self.address.serial };
        Batch::repeatable(vec![statement.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(row) = rows.first::<Statement>()? else {
            return Ok(ClientError::NotFound("No such pass was published.").into());
        };
        let InspectRow { object_key, etag, modified_at, size, .. } = row;
        let reply = if self.file {
            StoredFile { object_key, etag, modified_at, size, media_type: pkpass::MEDIA_TYPE }
                .reply(&self.conditions, self.head)
        } else {
            let Address { pass_type, serial } = self.address.clone();
            let InspectRow { revision, web_service, withdrawn_at, registrations, .. } = row;
            let listed =
                AllRow { pass_type, serial, etag, modified_at, size, revision, web_service, withdrawn_at, registrations };
            Reply::json(200, &Summary::new(&listed))
        };
        Ok(reply.with("vary", "accept"))
    }
}
