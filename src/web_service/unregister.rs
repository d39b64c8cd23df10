//! `DELETE /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
//!
//! Apple, "Unregister a Pass for Update Notifications": 200, or 401 when the token is wrong. It is idempotent: phones
//! repeat it, and a registration that is not there is as good as one that was deleted. 204 would be retried as a failure.

use super::RegistrationAddress;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, credentials::TokenHash},
    storage::{
        Batch, Rows, Unreadable,
        sql::web_service::unregister::{Authorized, Unregister as Statement},
    },
};

/// A device no longer wants to hear of a pass's changes.
#[derive(Debug, Clone)]
pub struct Unregister {
    /// Which device and pass.
    pub address: RegistrationAddress,
    /// What the device presents.
    pub token: TokenHash,
}

impl Endpoint for Unregister {
    fn ask(&self) -> Batch<'_> {
        let RegistrationAddress { device, pass } = &self.address;
        let authorized = Authorized { pass_type: &pass.pass_type, serial: &pass.serial.once, token: &self.token.0 };
        let unregister = Statement { device, pass_type: &pass.pass_type, serial: &pass.serial.once, token: &self.token.0 };
        Batch::repeatable(vec![authorized.query(), unregister.query()])
    }

    fn otherwise(&self) -> Option<Box<dyn Endpoint>> {
        Some(Box::new(Self { address: self.address.otherwise()?, ..self.clone() }))
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(if rows.any::<Authorized>()? { Reply::empty(200) } else { ClientError::WrongPassToken.into() })
    }
}
