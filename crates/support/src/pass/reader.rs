//! Reads passes as a phone does on receiving one.

use crate::random;
use serde_json::Value;
use sha1::{Digest, Sha1};
use std::{
    fmt,
    io::{Cursor, Read},
};
use zip::ZipArchive;

/// What a phone keeps of a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    pub pass_type: String,
    pub serial: String,
    /// `authenticationToken`, empty when the pass has none.
    pub token: String,
    /// `webServiceURL`, when the pass has one.
    pub web_service_url: Option<String>,
    /// The bytes of `manifest.json`: as long as they are the same, so is the pass.
    pub manifest: Vec<u8>,
    pub content: Value,
}

impl Pass {
    /// A pass of which only the name is known: enough to register for it, be it there or not.
    pub fn new(pass_type: &str, serial: &str, token: &str) -> Self {
        Self {
            pass_type: pass_type.to_owned(),
            serial: serial.to_owned(),
            token: token.to_owned(),
            web_service_url: None,
            manifest: Vec::new(),
            content: Value::Null,
        }
    }

    /// Reads a `.pkpass` file and compares every file in it with the manifest. The signature is not verified.
    pub fn read(file: &[u8]) -> Result<Self, Unreadable> {
        let files = unpack(file)?;
        let find = |name: &str| files.iter().find(|(path, _)| path == name).map(|(_, bytes)| bytes);
        let required = |name| find(name).ok_or_else(|| Unreadable(format!("it has no {name}")));
        let manifest = required("manifest.json")?;
        required("signature")?;
        check(&files, &parse("manifest.json", manifest)?)?;

        let content = parse("pass.json", required("pass.json")?)?;
        let text = |key: &str| content.get(key).and_then(Value::as_str).map(str::to_owned);
        let member = |key| text(key).ok_or_else(|| Unreadable(format!("its pass.json has no {key}")));
        Ok(Self {
            pass_type: member("passTypeIdentifier")?,
            serial: member("serialNumber")?,
            token: text("authenticationToken").unwrap_or_default(),
            web_service_url: text("webServiceURL"),
            manifest: manifest.clone(),
            content,
        })
    }

    pub fn with_token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the file is no pass: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}

fn unpack(file: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|error| Unreadable(error.to_string()))?;
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).map_err(|error| Unreadable(error.to_string()))?;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|error| Unreadable(error.to_string()))?;
            Ok((entry.name().map_err(|error| Unreadable(error.to_string()))?.to_string(), bytes))
        })
        .collect()
}

fn check(files: &[(String, Vec<u8>)], manifest: &Value) -> Result<(), Unreadable> {
    let digests = manifest.as_object().ok_or_else(|| Unreadable("its manifest is no object".to_owned()))?;
    let covered = |path: &&(String, Vec<u8>)| !matches!(path.0.as_str(), "manifest.json" | "signature");
    for (path, bytes) in files.iter().filter(covered) {
        let digest = digests.get(path).and_then(Value::as_str);
        if digest != Some(&random::to_hex(&Sha1::digest(bytes))) {
            return Err(Unreadable(format!("the manifest does not vouch for its {path}")));
        }
    }
    match digests.keys().find(|path| files.iter().all(|(name, _)| name != *path)) {
        Some(path) => Err(Unreadable(format!("the manifest names {path}, which is missing"))),
        None => Ok(()),
    }
}

fn parse(name: &str, bytes: &[u8]) -> Result<Value, Unreadable> {
    serde_json::from_slice(bytes).map_err(|error| Unreadable(format!("its {name} is no JSON: {error}")))
}
