//! The issuer API, one file or folder per endpoint. Every request needs the issuer key, except opening a link.
//!
//! | Module | Does |
//! |---|---|
//! | [`publish`] | stores a version of a pass; checks one that was signed elsewhere |
//! | [`validate`] | checks a file and stores nothing |
//! | [`make`] | makes versions from templates and changes, and signs them |
//! | [`message`] | messages to the holder of a pass |
//! | [`inspect`], [`list`], [`withdraw`] | shows passes, and takes them out of service |
//! | [`filter`], [`by_external_id`] | which passes a listing shows; passes by the issuer's own identifier |
//! | [`registrations`], [`clear_registrations`] | shows the devices of a pass, and deletes their registrations |
//! | [`signing_identity`], [`pass_types`] | certificates and their keys |
//! | [`certificate_request`] | requests for certificates, with keys that are made here |
//! | [`template`], [`republish`] | templates, and making all their passes again |
//! | [`bulk`] | jobs: work on many passes |
//! | [`link`] | addresses at which a person gets a pass |
//! | [`push`] | how far pushes came |
//! | [`diagnosis`] | says why a pass does not update |
//! | [`device_log`] | the complaints of devices |
//! | [`idempotency`] | keeps the answers to requests with an `Idempotency-Key` |

pub mod bulk;
pub(crate) mod by_external_id;
pub mod certificate_request;
pub(crate) mod clear_registrations;
pub(crate) mod device_log;
pub(crate) mod diagnosis;
pub mod filter;
pub(crate) mod idempotency;
pub(crate) mod inspect;
pub(crate) mod link;
pub mod list;
pub mod make;
pub mod message;
pub(crate) mod pass_types;
pub mod publish;
pub(crate) mod push;
pub(crate) mod registrations;
pub mod republish;
pub mod signing_identity;
pub mod template;
pub(crate) mod validate;
pub mod withdraw;

mod address;
mod body;
mod external_id;
mod page;
pub(crate) mod preview;
mod summary;

pub use address::Address;
pub(crate) use address::decode_identifier;
pub(crate) use by_external_id::ByExternalId;
pub(crate) use clear_registrations::ClearRegistrations;
pub(crate) use device_log::ShowDeviceLog;
pub use external_id::ExternalId;
pub use filter::Filter;
pub(crate) use inspect::InspectPass;
pub use list::ListPasses;
pub(crate) use pass_types::ListPassTypes;
pub use publish::Publish;
pub(crate) use registrations::ListRegistrations;
pub(crate) use withdraw::PreviewWithdrawal;
pub use withdraw::WithdrawPass;
