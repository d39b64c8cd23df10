//! The files of a pass before they are packed.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::{
    EXPECTED,
    writer::{Item, archive},
};

pub(super) const PASS_JSON: &str = "pass.json";
pub(super) const MANIFEST_JSON: &str = "manifest.json";
pub(super) const SIGNATURE: &str = "signature";
pub(super) const TOKEN: &str = "vxwxd7J8AlNNFPS8k0a0FfUFtq0ewzFdc";

/// A pass without defect, until a test changes it.
#[derive(Debug, Clone)]
pub(super) struct PassFiles {
    pub(super) pass: Value,
    /// The bytes of `pass.json` where they are not those of `pass`.
    pub(super) pass_text: Option<Vec<u8>>,
    /// The bytes of `manifest.json` where they are not those of `manifest()`.
    pub(super) manifest_text: Option<Vec<u8>>,
    pub(super) signature: Vec<u8>,
    /// What lies beside the three files of the format.
    pub(super) others: BTreeMap<String, Vec<u8>>,
}

impl PassFiles {
    pub(super) fn good() -> Self {
        let pass = json!({
            "formatVersion": 1,
            "passTypeIdentifier": EXPECTED.pass_type,
            "serialNumber": EXPECTED.serial,
            "teamIdentifier": "A1B2C3D4E5",
            "organizationName": "Example",
            "description": "Coupon",
            "webServiceURL": "https://passes.example.com/",
            "authenticationToken": TOKEN,
            "coupon": {"primaryFields": []},
            "aKeyOfNextYear": [{"deep": [1]}]
        });
        let icon = b"\x89PNG".as_slice();
        let strings = b"\"a\"=\"b\";".as_slice();
        let others = [("icon.png", icon), ("icon@2x.png", icon), ("icon@3x.png", icon), ("en.lproj/pass.strings", strings)];
        let others = others.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into();
        Self { pass, pass_text: None, manifest_text: None, signature: b"0\x80".to_vec(), others }
    }

    pub(super) fn manifest(&self) -> Value {
        let pass = self.pass_bytes();
        let others = self.others.iter().map(|(name, bytes)| (name.as_str(), bytes));
        let sha1 = |bytes: &Vec<u8>| {
            let digits: Vec<_> = Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            digits.concat()
        };
        let files = others.chain([(PASS_JSON, &pass)]);
        files.map(|(name, bytes)| (name.to_owned(), Value::String(sha1(bytes)))).collect()
    }

    fn pass_bytes(&self) -> Vec<u8> {
        self.pass_text.clone().unwrap_or_else(|| self.pass.to_string().into_bytes())
    }

    fn manifest_bytes(&self) -> Vec<u8> {
        self.manifest_text.clone().unwrap_or_else(|| self.manifest().to_string().into_bytes())
    }

    /// The files by their names, as they have to come out of the archive.
    pub(super) fn unpacked(&self) -> BTreeMap<String, Vec<u8>> {
        let fixed =
            [(PASS_JSON, self.pass_bytes()), (MANIFEST_JSON, self.manifest_bytes()), (SIGNATURE, self.signature.clone())];
        let others = self.others.iter().map(|(name, bytes)| (name.clone(), bytes.clone()));
        others.chain(fixed.map(|(name, bytes)| (name.to_owned(), bytes))).collect()
    }

    /// The entries of the archive, packed in each way in turn.
    pub(super) fn items(&self) -> Vec<Item> {
        let manifest = self.manifest_bytes();
        let pass = self.pass_bytes();
        let fixed = [(PASS_JSON, &pass), (MANIFEST_JSON, &manifest), (SIGNATURE, &self.signature)];
        let others = self.others.iter().map(|(name, bytes)| (name.as_str(), bytes));
        let packings = [Item::deflated, Item::stored, Item::streamed];
        let files = fixed.into_iter().chain(others).zip(packings.iter().cycle());
        files.map(|((name, bytes), pack)| pack(name, bytes)).collect()
    }

    pub(super) fn packed(&self) -> Vec<u8> {
        archive(&self.items())
    }
}
