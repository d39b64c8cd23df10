//! Passes: made, signed, broken, read.
//!
//! ```
//! use edgepass_support::pass::{Pass, PassBuilder};
//!
//! let file = PassBuilder::new("pass.com.example.coffee", "S-1").field("/storeCard/primaryFields/0/value", 11).build();
//! assert_eq!(Pass::read(&file).unwrap().serial, "S-1");
//! ```

mod archive;
mod authority;
mod builder;
mod certificate;
mod raw;
mod reader;
mod signature;

pub use self::{
    archive::{Layout, write_archive},
    authority::{Identity, TestAuthority},
    builder::{DEFAULT_TEAM, PassBuilder},
    certificate::Validity,
    raw::{RawArchive, RawEntry},
    reader::{Pass, Unreadable, unpack},
    signature::Signing,
};
