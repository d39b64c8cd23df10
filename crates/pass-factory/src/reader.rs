//! Reads passes as a phone does.

use crate::random;
use serde_json::Value;
use sha1::{Digest, Sha1};
use std::{
    collections::BTreeMap,
    fmt,
    io::{Cursor, Read},
};
use zip::{ZipArchive, result::ZipError};

/// A pass as a phone keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    pub pass_type: String,
    pub serial: String,
    /// `authenticationToken`, empty when the pass has none.
    pub token: String,
    /// `webServiceURL`, when the pass has one.
    pub web_service_url: Option<String>,
    /// The bytes of `manifest.json`. A pass is unchanged if they are.
    pub manifest: Vec<u8>,
    pub content: Value,
}

impl Pass {
    /// A pass of which only the address and the token are known. That is enough to register it.
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
        let files = read_files(file)?;
        let required = |name| files.get(name).ok_or_else(|| Unreadable(format!("it has no {name}")));
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

/// All files of an archive by their names, read by the `zip` crate, which the service does not use.
#[track_caller]
pub fn unpack(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    read_files(archive).unwrap_or_else(|error| panic!("{error}"))
}

fn read_files(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Unreadable> {
    let unreadable = |error: ZipError| Unreadable(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(unreadable)?;
    let files = (0..archive.len()).map(|index| {
        let mut entry = archive.by_index(index).map_err(unreadable)?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|error| Unreadable(error.to_string()))?;
        Ok((entry.name().map_err(unreadable)?.to_string(), bytes))
    });
    files.collect()
}

fn check(files: &BTreeMap<String, Vec<u8>>, manifest: &Value) -> Result<(), Unreadable> {
    let digests = manifest.as_object().ok_or_else(|| Unreadable("its manifest is no object".to_owned()))?;
    for (path, bytes) in files.iter().filter(|(path, _)| !matches!(path.as_str(), "manifest.json" | "signature")) {
        let digest = digests.get(path).and_then(Value::as_str);
        if digest != Some(&random::to_hex(&Sha1::digest(bytes))) {
            return Err(Unreadable(format!("the manifest does not vouch for its {path}")));
        }
    }
    match digests.keys().find(|path| !files.contains_key(*path)) {
        Some(path) => Err(Unreadable(format!("the manifest names {path}, which is missing"))),
        None => Ok(()),
    }
}

fn parse(name: &str, bytes: &[u8]) -> Result<Value, Unreadable> {
    serde_json::from_slice(bytes).map_err(|error| Unreadable(format!("its {name} is no JSON: {error}")))
}
