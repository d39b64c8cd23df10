//! Makes passes, valid ones by default.

use super::{Identity, Layout, Pass, RawArchive, RawEntry, Signing, TestAuthority, write_archive};
use crate::random;
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The team of passes and certificates by default.
pub const DEFAULT_TEAM: &str = "A1B2C3D4E5";
const ICONS: [(&str, &[u8]); 3] = [
    ("icon.png", include_bytes!("icon.png")),
    ("icon@2x.png", include_bytes!("icon@2x.png")),
    ("icon@3x.png", include_bytes!("icon@3x.png")),
];

/// Describes a pass, then makes it with [`build`](Self::build).
///
/// Two builds of the same description have the same manifest, so Wallet calls them unchanged. The files differ if they are
/// signed in different seconds.
#[derive(Clone)]
pub struct PassBuilder {
    content: Value,
    content_bytes: Option<Vec<u8>>,
    files: BTreeMap<String, Vec<u8>>,
    omitted: BTreeSet<String>,
    manifest_entries: BTreeMap<String, Option<Value>>,
    manifest_bytes: Option<Vec<u8>>,
    tampered: BTreeMap<String, Vec<u8>>,
    identity: Option<Arc<Identity>>,
    signing: Option<Signing>,
    layout: Layout,
}

impl PassBuilder {
    /// A valid store card. The token is derived from type and serial.
    pub fn new(pass_type: &str, serial: &str) -> Self {
        let token = random::to_hex(&Sha256::digest(format!("{pass_type}/{serial}")));
        let content = json!({
            "formatVersion": 1,
            "passTypeIdentifier": pass_type,
            "serialNumber": serial,
            "teamIdentifier": DEFAULT_TEAM,
            "organizationName": "Example Coffee",
            "description": "Loyalty card of Example Coffee",
            "webServiceURL": "https://passes.example.com",
            "authenticationToken": token.get(..32),
            "backgroundColor": "rgb(176, 74, 30)",
            "storeCard": {
                "primaryFields": [{
                    "key": "balance", "label": "Cups", "value": 10, "changeMessage": "You now have %@ cups."
                }]
            }
        });
        Self {
            content,
            content_bytes: None,
            files: ICONS.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into(),
            omitted: BTreeSet::new(),
            manifest_entries: BTreeMap::new(),
            manifest_bytes: None,
            tampered: BTreeMap::new(),
            identity: None,
            signing: None,
            layout: Layout::default(),
        }
    }

    pub fn token(self, token: &str) -> Self {
        self.field("authenticationToken", token)
    }

    /// Sets the address below which the phone finds the service.
    pub fn web_service_url(self, url: &str) -> Self {
        self.field("webServiceURL", url)
    }

    /// Removes address and token. Such a pass never updates.
    pub fn without_service(self) -> Self {
        self.without_field("webServiceURL").without_field("authenticationToken")
    }

    /// Sets the team in pass.json, and in the certificate unless another identity is given.
    pub fn team(self, team: &str) -> Self {
        self.field("teamIdentifier", team)
    }

    pub fn description(self, text: &str) -> Self {
        self.field("description", text)
    }

    /// Sets a member of pass.json by its key or by a JSON pointer (RFC 6901). Creates missing objects.
    pub fn field(mut self, key: &str, value: impl Into<Value>) -> Self {
        *place(&mut self.content, key) = value.into();
        self
    }

    pub fn without_field(mut self, key: &str) -> Self {
        if let Some(members) = self.content.as_object_mut() {
            members.remove(key);
        }
        self
    }

    /// Replaces pass.json by bytes that need not be JSON.
    pub fn content(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.content_bytes = Some(bytes.into());
        self
    }

    pub fn file(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), bytes.into());
        self
    }

    /// Removes a file, and its manifest entry: an image, `pass.json`, `manifest.json` or `signature`.
    pub fn omit(mut self, path: &str) -> Self {
        self.omitted.insert(path.to_owned());
        self
    }

    /// Sets the manifest entry of a file, even if there is no such file.
    pub fn manifest_entry(mut self, path: &str, value: impl Into<Value>) -> Self {
        self.manifest_entries.insert(path.to_owned(), Some(value.into()));
        self
    }

    /// Removes a file from the manifest only.
    pub fn without_manifest_entry(mut self, path: &str) -> Self {
        self.manifest_entries.insert(path.to_owned(), None);
        self
    }

    /// Replaces the manifest by bytes that need not be JSON. They are signed.
    pub fn manifest(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.manifest_bytes = Some(bytes.into());
        self
    }

    /// Replaces or adds a file after signing, as an attacker or a bad build script would.
    pub fn tamper(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.tampered.insert(path.to_owned(), bytes.into());
        self
    }

    /// Signs with this identity, whatever pass.json says; see [`TestAuthority::issue`].
    pub fn identity(mut self, identity: Arc<Identity>) -> Self {
        self.identity = Some(identity);
        self
    }

    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = Some(signing);
        self
    }

    pub fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    pub fn build(&self) -> Vec<u8> {
        write_archive(&self.entries(), self.layout)
    }

    pub fn pass(&self) -> Pass {
        Pass::read(&self.build()).expect("only a readable pass can be on a phone")
    }

    /// The archive in parts that can be changed.
    pub fn raw(&self) -> RawArchive {
        RawArchive::new(self.entries().iter().map(|(path, bytes)| RawEntry::deflated(path, bytes)))
    }

    /// The files of the pass, manifest and signature last.
    pub fn entries(&self) -> Vec<(String, Vec<u8>)> {
        let mut entries = vec![("pass.json".to_owned(), self.content_json())];
        entries.extend(self.files.clone());
        entries.retain(|(path, _)| !self.omitted.contains(path));

        let manifest = self.manifest_bytes.clone().unwrap_or_else(|| self.manifest_json(&entries));
        let signature = self.signing.unwrap_or_default().sign(&manifest, &self.signer());
        entries.push(("manifest.json".to_owned(), manifest));
        entries.push(("signature".to_owned(), signature));
        entries.retain(|(path, _)| !self.omitted.contains(path));

        for (path, bytes) in &self.tampered {
            match entries.iter_mut().find(|(name, _)| name == path) {
                Some((_, content)) => content.clone_from(bytes),
                None => entries.push((path.clone(), bytes.clone())),
            }
        }
        entries
    }

    fn content_json(&self) -> Vec<u8> {
        self.content_bytes.clone().unwrap_or_else(|| pretty(&self.content))
    }

    fn manifest_json(&self, entries: &[(String, Vec<u8>)]) -> Vec<u8> {
        let digest = |bytes: &Vec<u8>| Value::from(random::to_hex(&Sha1::digest(bytes)));
        let mut manifest: Map<_, _> = entries.iter().map(|(path, bytes)| (path.clone(), digest(bytes))).collect();
        for (path, value) in &self.manifest_entries {
            match value {
                Some(value) => manifest.insert(path.clone(), value.clone()),
                None => manifest.remove(path),
            };
        }
        pretty(&manifest.into())
    }

    fn signer(&self) -> Arc<Identity> {
        let member = |key| self.content.get(key).and_then(Value::as_str).unwrap_or_default();
        let shared = || TestAuthority::shared().identity(member("passTypeIdentifier"), member("teamIdentifier"));
        self.identity.clone().unwrap_or_else(shared)
    }
}

/// Finds the value that a key or a JSON pointer names, and creates it if it is missing.
fn place<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    let steps: Vec<_> = match pointer.strip_prefix('/') {
        Some(steps) => steps.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect(),
        None => vec![pointer.to_owned()],
    };
    steps.into_iter().fold(document, |value, step| match value {
        Value::Array(elements) => {
            let index: usize = step.parse().unwrap_or_else(|_| panic!("{pointer}: {step} is no index"));
            elements.get_mut(index).unwrap_or_else(|| panic!("{pointer}: no element {index}"))
        }
        Value::Object(members) => members.entry(step).or_insert_with(|| json!({})),
        _ => panic!("{pointer}: nothing can be below {step}"),
    })
}

fn pretty(value: &Value) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("JSON is encodable")
}
