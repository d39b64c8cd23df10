//! Templates for one test, which no other test meets.

use edgepass_support::{
    http::Answer,
    issuer::Issuer,
    pass::{Layout, PassBuilder, write_archive},
    random,
    server::Server,
};
use serde_json::{Value, json};

/// A template: an unsigned pass folder.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) name: String,
    content: Value,
    files: Vec<(String, Vec<u8>)>,
    issuer: Issuer,
}

impl Template {
    pub(crate) fn new() -> Self {
        let content = json!({
            "formatVersion": 1,
            "passTypeIdentifier": "pass.com.example.placeholder",
            "serialNumber": "placeholder",
            "teamIdentifier": "PLACEHOLDER",
            "organizationName": "Example Coffee",
            "description": "Loyalty card of Example Coffee",
            "backgroundColor": "rgb(176, 74, 30)",
            "storeCard": { "primaryFields": [{ "key": "balance", "label": "Cups", "value": 10 }] },
            "userInfo": { "template": 1 },
        });
        let mut files = PassBuilder::new("pass.com.example.placeholder", "placeholder").entries();
        files.retain(|(path, _)| path.starts_with("icon"));
        files.push(("en.lproj/pass.strings".to_owned(), b"\"Cups\" = \"Cups\";".to_vec()));
        Self { name: format!("t-{}", random::hex(8)), content, files, issuer: Server::shared().issuer() }
    }

    #[track_caller]
    pub(crate) fn stored() -> Self {
        let template = Self::new();
        template.store().expect(201);
        template
    }

    pub(crate) fn at(mut self, issuer: Issuer) -> Self {
        self.issuer = issuer;
        self
    }

    pub(crate) fn field(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.content[key] = value.into();
        self
    }

    pub(crate) fn without_field(mut self, key: &str) -> Self {
        if let Some(members) = self.content.as_object_mut() {
            members.remove(key);
        }
        self
    }

    pub(crate) fn file(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.to_owned(), bytes.into()));
        self
    }

    pub(crate) fn omit(mut self, path: &str) -> Self {
        self.files.retain(|(name, _)| name != path);
        self
    }

    pub(crate) fn content(&self) -> &Value {
        &self.content
    }

    pub(crate) fn entries(&self) -> Vec<(String, Vec<u8>)> {
        let content = serde_json::to_vec_pretty(&self.content).expect("JSON is encodable");
        [vec![("pass.json".to_owned(), content)], self.files.clone()].concat()
    }

    pub(crate) fn zip(&self) -> Vec<u8> {
        write_archive(&self.entries(), Layout::Deflated)
    }

    #[track_caller]
    pub(crate) fn store(&self) -> Answer {
        self.send(&self.zip())
    }

    #[track_caller]
    pub(crate) fn send(&self, file: &[u8]) -> Answer {
        self.issuer.store_template(&self.name, file)
    }

    pub(crate) fn path(&self) -> String {
        format!("/issuer/v1/templates/{}", self.name)
    }
}
