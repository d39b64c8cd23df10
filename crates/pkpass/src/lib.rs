//! The `.pkpass` file of Apple Wallet. An issuer uploads it, a phone downloads it, and Wallet opens it.
//!
//! A pass file is a ZIP archive with `pass.json` (the content), `manifest.json` (the SHA-1 of every other file), `signature`
//! (the issuer's signature over the manifest) and images. If a file has any fault, Wallet drops it and does not tell the issuer
//! why. [`Inspection`] finds the faults before a phone does, and lists all of them.
//!
//! Everything here is a pure function of the bytes: no clock, no storage, no platform.
//!
//! | Module | Knows |
//! |---|---|
//! | [`archive`] | ZIP: which entries there are, and their bytes |
//! | `layout` | which files a pass must have, and where |
//! | `files` | reading each file once, in bounded memory |
//! | `manifest` | `manifest.json` against the files |
//! | `content` | `pass.json` |
//! | `web_service` | the two keys of `pass.json` that make a pass updatable |
//! | [`signature`] | `signature` and its certificates: made and checked |
//! | [`parts`] | a pass taken apart, to be made into another |
//! | [`template`] | a pass without the data of one person |
//! | [`filled`] | the keys that are filled in when a pass is made |
//! | [`json`] | JSON that keeps every digit, and patches of it |
//! | [`pem`], [`der`] | the forms of certificates and keys |
//! | [`date`] | dates as unix time |
//! | `defect` | the messages that an issuer reads when a check fails |
//! | `digest` | SHA-1 and SHA-256 in hex |
//!
//! Sources: Apple, "Building a Pass" and the reference of the `Pass` object; PKWARE APPNOTE 6.3.10 for ZIP.

pub mod archive;
mod content;
pub mod date;
mod defect;
pub mod der;
mod digest;
mod files;
pub mod filled;
mod inspection;
pub mod json;
mod layout;
mod manifest;
pub mod parts;
pub mod pem;
pub mod signature;
pub mod template;
mod web_service;

use std::fmt;

use self::defect::Defects;
pub use self::{
    defect::{Defect, DefectCode, MAX_DEFECTS},
    digest::{hex, sha256_hex},
    files::MAX_JSON_BYTES,
    inspection::{Examined, Inspection, inspect_all_but_signature},
    parts::{Parts, Unsigned},
};

/// The media type of a pass file.
pub const MEDIA_TYPE: &str = "application/vnd.apple.pkpass";

/// The identity of the pass according to the address of the upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The `passTypeIdentifier`, such as `pass.com.example.coupon`.
    pub pass_type: &'a str,
    /// The `serialNumber`, already percent-decoded.
    pub serial: &'a str,
}

/// The facts that the service stores about a pass file that passed every check.
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    /// Phones show this secret to fetch the pass. `None` when the pass has neither of the service keys, so it is never updated.
    pub authentication_token: Option<String>,
    /// SHA-256 over the exact bytes of `manifest.json`, 64 lowercase hex digits. Two versions of a pass with the same manifest
    /// are the same to a phone.
    pub manifest_sha256: String,
    /// SHA-256 over the whole file, 64 lowercase hex digits.
    pub file_sha256: String,
}

/// Omits the token, so no log can hold it.
impl fmt::Debug for Pass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pass = formatter.debug_struct("Pass");
        pass.field("manifest_sha256", &self.manifest_sha256).field("file_sha256", &self.file_sha256);
        pass.finish_non_exhaustive()
    }
}

/// Checks the content of `pass.json`, and returns the authentication token, if there is one.
///
/// # Errors
///
/// Every defect found, at least one and at most [`MAX_DEFECTS`].
pub fn check_content(bytes: &[u8], expected: &Expected<'_>) -> Result<Option<String>, Vec<Defect>> {
    let mut defects = Defects::default();
    match content::check(bytes, expected, &mut defects) {
        Some(content) if defects.is_empty() => Ok(content.authentication_token),
        _ => Err(defects.into_vec()),
    }
}

/// Whether phones can append `/v1/…` to this address, as a `webServiceURL` requires.
#[must_use]
pub fn is_web_service_url(url: &str) -> bool {
    web_service::fault_of_url(url).is_none()
}
