//! `PUT`, `GET`, `DELETE /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity`
//!
//! The certificate that signs the passes of a type, and its private key. The key is stored sealed and never leaves the service.
//! A new identity replaces the old one at once: all passes that are made afterwards are signed with it.

mod remove;
mod show;
mod store;
mod summary;

pub(crate) use remove::RemoveIdentity;
pub(crate) use show::ShowIdentity;
pub(crate) use store::BODY_LIMIT;
pub(super) use store::list_defects;
pub use store::{StoreIdentity, check};
pub(super) use summary::SigningIdentity;

/// How many days before a certificate's end the warnings begin.
pub(crate) const WARNING_DAYS: i64 = 30;
