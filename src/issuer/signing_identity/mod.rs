//! `PUT`, `GET`, `DELETE /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity`
//!
//! The certificate that passes of a type are signed with, and its private key. The key is stored sealed and never leaves
//! the service again. A new identity replaces the old one at once: passes that are made from then on are signed with it.

mod remove;
mod show;
mod store;
mod summary;

pub use remove::Remove;
pub use show::Show;
pub use store::{BODY_LIMIT, Store, check};
pub(super) use summary::SigningIdentity;

/// From how many days before a certificate's end on it is warned of.
pub const WARNING_DAYS: i64 = 30;
