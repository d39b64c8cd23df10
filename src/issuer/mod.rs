//! What an issuer does, one file or folder per endpoint. Everything here asks for the issuer key, but for opening a link.
//!
//! | Module | Does |
//! |---|---|
//! | [`publish`] | stores a version of a pass; checks one that was signed elsewhere |
//! | [`make`] | makes versions from templates and changes, and signs them |
//! | [`inspect`], [`list`], [`registrations`], [`clear_registrations`], [`withdraw`] | look at passes and their devices, and take them out of service |
//! | [`signing_identity`], [`pass_types`] | certificates and their keys |
//! | [`template`], [`republish`] | templates, and making all their passes again |
//! | [`link`] | addresses at which a person gets a pass |
//! | [`device_log`] | what devices reported |

pub mod clear_registrations;
pub mod device_log;
pub mod inspect;
pub mod link;
pub mod list;
pub mod make;
pub mod pass_types;
pub mod publish;
pub mod push;
pub mod registrations;
pub mod republish;
pub mod signing_identity;
pub mod template;
pub mod withdraw;

mod address;
mod body;
mod page;
mod summary;

pub use address::{Address, pass_type};
pub use clear_registrations::ClearRegistrations;
pub use device_log::DeviceLog;
pub use inspect::Inspect;
pub use list::List;
pub use pass_types::PassTypes;
pub use publish::Publish;
pub use registrations::Registrations;
pub use withdraw::Withdraw;
