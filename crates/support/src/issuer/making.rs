//! Passes that the service makes.

use super::{Issuer, pass_path};
use crate::http::{Answer, Body};
use std::fmt::Display;

pub const MERGE_PATCH: &str = "application/merge-patch+json";

impl Issuer {
    /// Makes a pass from a template. `fields` is the pass's own JSON.
    #[track_caller]
    pub fn make(&self, pass_type: &str, serial: &str, template: &str, fields: &impl Display) -> Answer {
        self.make_if(pass_type, serial, template, fields, &[])
    }

    #[track_caller]
    pub fn make_if(
        &self,
        pass_type: &str,
        serial: &str,
        template: &str,
        fields: &impl Display,
        conditions: &[(&str, &str)],
    ) -> Answer {
        let body = format!("{{\"template\":\"{template}\",\"pass\":{fields}}}");
        self.send_order(pass_type, serial, body.as_bytes(), conditions)
    }

    /// Like [`Issuer::make_if`], with any body.
    #[track_caller]
    pub fn send_order(&self, pass_type: &str, serial: &str, body: &[u8], conditions: &[(&str, &str)]) -> Answer {
        let headers = [&[("Content-Type", "application/json")], conditions].concat();
        self.send("PUT", &pass_path(pass_type, serial), &headers, Body::Bytes(body))
    }

    #[track_caller]
    pub fn patch(&self, pass_type: &str, serial: &str, patch: &impl Display) -> Answer {
        self.patch_if(pass_type, serial, patch, &[])
    }

    #[track_caller]
    pub fn patch_if(&self, pass_type: &str, serial: &str, patch: &impl Display, conditions: &[(&str, &str)]) -> Answer {
        let headers = [&[("Content-Type", MERGE_PATCH)], conditions].concat();
        let body = patch.to_string();
        self.send("PATCH", &pass_path(pass_type, serial), &headers, Body::Bytes(body.as_bytes()))
    }

    /// Sets values, adds to them, or patches: `PATCH` with `application/json`.
    #[track_caller]
    pub fn change(&self, pass_type: &str, serial: &str, change: &impl Display, headers: &[(&str, &str)]) -> Answer {
        let headers = [&[("Content-Type", "application/json")], headers].concat();
        let body = change.to_string();
        self.send("PATCH", &pass_path(pass_type, serial), &headers, Body::Bytes(body.as_bytes()))
    }

    /// Sends a message to the holder of a pass. `query` is empty, or begins with `?`.
    #[track_caller]
    pub fn message(&self, pass_type: &str, serial: &str, query: &str, body: &impl Display, headers: &[(&str, &str)]) -> Answer {
        let path = format!("{}/messages{query}", pass_path(pass_type, serial));
        let headers = [&[("Content-Type", "application/json")], headers].concat();
        let body = body.to_string();
        self.send("POST", &path, &headers, Body::Bytes(body.as_bytes()))
    }
}
