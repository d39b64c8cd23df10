#![doc = include_str!("../README.md")]
//! # Modules
//!
//! | Module | Knows |
//! |---|---|
//! | [`archive`] | ZIP: which entries there are, and their bytes |
//! | `kind` | the two kinds of archive: passes and templates |
//! | `layout` | which files a pass must have, and where |
//! | `leftovers` | which files are of other systems, and no part of a pass |
//! | `files` | reading each file once, in bounded memory |
//! | `images` | whether images are PNG files of a fitting size |
//! | `manifest` | `manifest.json` against the files |
//! | `content` | `pass.json` |
//! | `web_service` | the two keys of `pass.json` that make a pass updatable |
//! | `reach` | hosts that phones on the internet cannot reach |
//! | [`signature`] | `signature` and its certificates: made and checked |
//! | [`parts`] | a pass taken apart, to be made into another |
//! | [`template`] | a pass without the data of one person |
//! | [`card`] | the values that one pass has in the fields of its template, and what a phone shows of a change |
//! | `fields` | where a pass has fields |
//! | [`cover`], [`color`] | what a page shows of a pass |
//! | [`link_page`] | what an issuer says on the page of a link |
//! | [`filled`] | the keys that are filled in when a pass is made |
//! | [`json`] | JSON that keeps every digit, and patches of it |
//! | [`pem`] | the text form of certificates and keys |
//! | [`date`] | dates as unix time |
//! | `defect`, `warning`, `report` | the messages that an issuer reads |
//! | `digest` | SHA-1 and SHA-256 in hex |
//!
//! Sources: Apple, "Building a Pass" and the reference of the `Pass` object; PKWARE APPNOTE 6.3.10 for ZIP.

pub mod archive;
pub mod card;
pub mod color;
mod content;
pub mod cover;
pub mod date;
mod defect;
mod digest;
mod fields;
mod files;
pub mod filled;
mod images;
mod inspect;
pub mod json;
mod kind;
mod layout;
mod leftovers;
pub mod link_page;
mod manifest;
pub mod parts;
pub mod pem;
mod reach;
mod report;
pub mod signature;
pub mod template;
mod warning;
mod web_service;

use std::fmt;

use self::report::Notes;
pub use self::{
    defect::{Defect, DefectCode},
    digest::{hex, sha256_hex},
    files::MAX_JSON_BYTES,
    inspect::{inspect, inspect_all_but_signature},
    parts::{Parts, Unsigned},
    reach::fault_of_host,
    report::{MAX_OF_A_CODE, Report},
    signature::Rsa,
    warning::{Warning, WarningCode},
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
    /// What works on a phone but disappoints.
    pub warnings: Vec<Warning>,
}

/// Omits the token, so no log can hold it.
impl fmt::Debug for Pass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pass = formatter.debug_struct("Pass");
        pass.field("manifest_sha256", &self.manifest_sha256).field("warnings", &self.warnings);
        pass.finish_non_exhaustive()
    }
}

/// The facts about a `pass.json` that passed every check.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// As in [`Pass`].
    pub authentication_token: Option<String>,
    /// Whether it has an `nfc` dictionary, so that its certificate must be one for NFC.
    pub needs_nfc: bool,
    /// What works on a phone but disappoints.
    pub warnings: Vec<Warning>,
}

/// Checks the content of `pass.json`. Without `expected`, any pass type and serial number will do.
///
/// # Errors
///
/// Everything that is wrong, at least one defect.
pub fn check_content(bytes: &[u8], expected: Option<&Expected<'_>>) -> Result<Content, Report> {
    if bytes.len() > MAX_JSON_BYTES {
        return Err(files::too_large(layout::PASS_JSON, bytes.len(), MAX_JSON_BYTES).into());
    }
    let mut notes = Notes::default();
    let content = content::check(bytes, expected, &mut notes);
    let report = notes.into_report();
    match content {
        Some(content::Content { authentication_token, needs_nfc, .. }) if report.defects.is_empty() => {
            Ok(Content { authentication_token, needs_nfc, warnings: report.warnings })
        }
        _ => Err(report),
    }
}

/// Whether phones can append `/v1/…` to this address, as a `webServiceURL` requires.
#[must_use]
pub fn is_web_service_url(url: &str) -> bool {
    fault_of_web_service_url(url).is_none()
}

/// The rule of a `webServiceURL` that this address breaks, such as "must begin with https://…".
#[must_use]
pub fn fault_of_web_service_url(url: &str) -> Option<&'static str> {
    web_service::fault_of_url(url)
}
