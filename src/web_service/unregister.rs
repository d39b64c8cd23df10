//! `DELETE /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
//!
//! Apple, "Unregister a Pass for Update Notifications": 200, or 401 for a wrong token. A registration that does not exist is
//! 200 too, as phones repeat the request. They would take 204 for a failure.
//!
//! The service notes on the pass when its owner removed it. A crash before the batch leaves the registration, and one after it
//! leaves the removal with its time. Repeating the request changes neither.

use super::RegistrationAddress;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, credentials::TokenHash},
    storage::{Batch, Rows, Unreadable, sql::web_service::unregister as sql},
};

/// A device removes its registration of a pass.
#[derive(Debug, Clone)]
pub struct Unregister {
    /// The device and the pass.
    pub address: RegistrationAddress,
    /// The token in the request.
    pub token: TokenHash,
    /// Unix seconds.
    pub now: i64,
}

impl Endpoint for Unregister {
    fn ask(&self) -> Batch<'_> {
        let RegistrationAddress { device, pass } = &self.address;
        let (pass_type, serial, token) = (pass.pass_type.as_str(), pass.serial.once.as_str(), self.token.0.as_str());
        Batch::repeatable(vec![
            sql::Authorized { pass_type, serial, token }.query(),
            sql::NoteRemoval { device, pass_type, serial, token, now: self.now }.query(),
            sql::Unregister { device, pass_type, serial, token }.query(),
        ])
    }

    fn otherwise(&self) -> Option<Box<dyn Endpoint>> {
        Some(Box::new(Self { address: self.address.otherwise()?, ..self.clone() }))
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(if rows.any::<sql::Authorized>()? { Reply::empty(200) } else { ClientError::WrongPassToken.into() })
    }
}
