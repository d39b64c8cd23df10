//! `GET /v1/passes/{passTypeIdentifier}/{serialNumber}`, and HEAD, which phones send too
//!
//! Apple, "Send an Updated Pass": 200 with the pass, 304 when the device has this version, 401 for a wrong token. The file is
//! sent unchanged, as it was signed.

use super::PassAddress;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, conditional::ReadConditions, credentials::TokenHash, file::StoredFile},
    storage::{Batch, Rows, Unreadable, sql::web_service::send_updated_pass as sql},
};

/// A device asks for the newest version of a pass.
#[derive(Debug, Clone)]
pub struct SendUpdatedPass {
    /// The pass.
    pub address: PassAddress,
    /// The token in the request.
    pub token: TokenHash,
    /// The version that the device has.
    pub conditions: ReadConditions,
    /// Whether the method is HEAD: the same answer without the file.
    pub head: bool,
}

impl Endpoint for SendUpdatedPass {
    fn ask(&self) -> Batch<'_> {
        let PassAddress { pass_type, serial } = &self.address;
        Batch::repeatable(vec![sql::SendUpdatedPass { pass_type, serial: &serial.once, token: &self.token.0 }.query()])
    }

    fn otherwise(&self) -> Option<Box<dyn Endpoint>> {
        Some(Box::new(Self { address: self.address.otherwise()?, ..self.clone() }))
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(sql::SendUpdatedPassRow { object_key, etag, modified_at, size }) = rows.first::<sql::SendUpdatedPass>()?
        else {
            return Ok(ClientError::WrongPassToken.into());
        };
        let file = StoredFile { object_key, etag, modified_at, size, media_type: pkpass::MEDIA_TYPE };
        Ok(file.reply(&self.conditions, self.head))
    }
}
