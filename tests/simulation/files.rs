//! Pass files by content number. Their signature is one byte, as the simulation does not sign.

use edgepass_support::{
    pass::{RawArchive, RawEntry},
    random::to_hex,
};
use pkpass::sha256_hex;
use serde_json::json;
use sha1::{Digest, Sha1};

/// A file, and the digest of its manifest.
pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    pub(crate) manifest: String,
}

pub(crate) fn file(pass_type: &str, serial: &str, token: &str, content: u64) -> File {
    let pass = json!({
        "formatVersion": 1, "passTypeIdentifier": pass_type, "serialNumber": serial, "teamIdentifier": "TEAM",
        "organizationName": "Example", "description": format!("content {content}"), "generic": {},
        "webServiceURL": "https://example.com/", "authenticationToken": token,
    })
    .to_string();
    let hex = |bytes: &[u8]| to_hex(&Sha1::digest(bytes));
    let manifest = json!({ "pass.json": hex(pass.as_bytes()), "icon.png": hex(b"icon") }).to_string();
    let entries = [("pass.json", pass.as_str()), ("icon.png", "icon"), ("manifest.json", &manifest), ("signature", "s")]
        .map(|(name, content)| RawEntry::stored(name, content));
    File { bytes: RawArchive::new(entries).build(), manifest: sha256_hex(manifest.as_bytes()) }
}

pub(crate) fn content(file: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(file);
    let (_, rest) = text.split_once("content ").unwrap();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}
