//! `GET /v1/passes/{passTypeIdentifier}/{serialNumber}`, and HEAD, which phones really send
//!
//! Apple, "Send an Updated Pass": 200 with the pass, 304 when the device has this version, 401 when the token is wrong.
//! The bytes are served as they were signed.

use super::PassAddress;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, conditional::ReadConditions, credentials::TokenHash, file::StoredFile},
    storage::{
        Batch, Rows, Unreadable,
        sql::web_service::send_updated_pass::{SendUpdatedPass as Statement, SendUpdatedPassRow},
    },
};

/// A device wants the newest version of a pass.
#[derive(Debug, Clone)]
pub struct SendUpdatedPass {
    /// Which pass.
    pub address: PassAddress,
    /// What the device presents.
    pub token: TokenHash,
    /// Which version it has.
    pub conditions: ReadConditions,
    /// HEAD: the same answer without the file.
    pub head: bool,
}

impl Endpoint for SendUpdatedPass {
    fn ask(&self) -> Batch<'_> {
        let statement =
            Statement { pass_type: &self.address.pass_type, serial: &self.address.serial.once, token: &self.token.0 };
        Batch::repeatable(vec![statement.query()])
    }

    fn otherwise(&self) -> Option<Box<dyn Endpoint>> {
        Some(Box::new(Self { address: self.address.otherwise()?, ..self.clone() }))
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(SendUpdatedPassRow { object_key, etag, modified_at, size }) = rows.first::<Statement>()? else {
            return Ok(ClientError::WrongPassToken.into());
        };
        let file = StoredFile { object_key, etag, modified_at, size, media_type: pkpass::MEDIA_TYPE };
        Ok(file.reply(&self.conditions, self.head))
    }
}
