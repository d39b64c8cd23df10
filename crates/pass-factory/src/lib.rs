//! Passes: made, signed, broken, read.
//!
//! It shares no code with `pkpass`: a test cannot find a mistake that it shares.
//!
//! ```
//! use pass_factory::{Pass, PassBuilder};
//!
//! let file = PassBuilder::new("pass.com.example.coffee", "S-1").field("/storeCard/primaryFields/0/value", 11).build();
//! assert_eq!(Pass::read(&file).unwrap().serial, "S-1");
//! ```

mod archive;
mod authority;
mod builder;
mod certificate;
pub mod clock;
pub mod crypto;
pub mod pkcs12;
pub mod random;
mod raw;
mod reader;
mod signature;

pub use self::{
    archive::{Layout, write_archive},
    authority::{Identity, IssuedCertificate, TestAuthority},
    builder::{DEFAULT_TEAM, PassBuilder},
    certificate::{Change, Validity},
    raw::{RawArchive, RawEntry},
    reader::{Pass, Unreadable, unpack},
    signature::Signing,
};
