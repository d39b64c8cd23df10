//! Apple's web service, one file per endpoint.
//!
//! The contract is Apple's "Adding a Web Service to Update Passes". Phones are stricter than that page. They accept only 200
//! and 201 for a registration, 200 and 204 for a list, 200 and 304 for a pass, and 200 for a log. They retry after any other
//! answer, and wait longer each time.

pub mod list_updatable_passes;
pub mod log;
pub mod refusal;
pub mod register;
pub mod send_updated_pass;
pub mod unregister;

mod address;

pub use address::{PassAddress, RegistrationAddress};
pub use list_updatable_passes::ListUpdatablePasses;
pub use log::Log;
pub use refusal::Refusal;
pub use register::Register;
pub use send_updated_pass::SendUpdatedPass;
pub use unregister::Unregister;
