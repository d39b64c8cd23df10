//! Links by which people get their passes.

use super::{Issuer, pass_path};
use crate::http::{Answer, Body};
use serde_json::{Value, json};

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

impl Issuer {
    /// Creates a link to a pass. Without `seconds` the service chooses how long it works.
    #[track_caller]
    pub fn link(&self, pass_type: &str, serial: &str, seconds: Option<u32>) -> Answer {
        let body = seconds.map(|seconds| json!({ "expiresIn": seconds }).to_string());
        let body = body.as_ref().map_or(Body::Empty, |body| Body::Bytes(body.as_bytes()));
        self.send("POST", &format!("{}/links", pass_path(pass_type, serial)), &JSON, body)
    }

    /// Asks for the key of tokens for new passes.
    #[track_caller]
    pub fn new_pass_key(&self) -> Answer {
        self.send("GET", "/issuer/v1/links/key", &[], Body::Empty)
    }

    #[track_caller]
    pub fn bundle(&self, passes: &[(&str, &str)]) -> Answer {
        let passes: Vec<Value> = passes
            .iter()
            .map(|(pass_type, serial)| json!({ "passTypeIdentifier": pass_type, "serialNumber": serial }))
            .collect();
        self.send_bundle(&json!({ "passes": passes }).to_string())
    }

    /// Like [`Issuer::bundle`], with any body.
    #[track_caller]
    pub fn send_bundle(&self, body: &str) -> Answer {
        self.send("POST", "/issuer/v1/links", &JSON, Body::Bytes(body.as_bytes()))
    }
}
