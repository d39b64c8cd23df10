//! What an issuer does, one file per endpoint: publish a pass, look at it, withdraw it, list passes and their
//! registrations, read what devices reported. Everything here asks for the issuer key.

pub mod device_log;
pub mod inspect;
pub mod list;
pub mod publish;
pub mod registrations;
pub mod withdraw;

mod address;
mod summary;

pub use address::Address;
pub use device_log::DeviceLog;
pub use inspect::Inspect;
pub use list::List;
pub use publish::Publish;
pub use registrations::Registrations;
pub use withdraw::Withdraw;
