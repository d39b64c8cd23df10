//! A client of the issuer API.

mod jobs;
mod links;
mod making;
mod signing;
mod templates;

pub use self::{
    jobs::{CSV, NDJSON, to_ndjson},
    making::MERGE_PATCH,
    signing::Pem,
    templates::ZIP,
};

use crate::http::{self, Answer, Body};

pub const PKPASS: &str = "application/vnd.apple.pkpass";

#[derive(Debug, Clone)]
pub struct Issuer {
    base: String,
    key: String,
    headers: Vec<(String, String)>,
}

impl Issuer {
    pub fn new(base: &str, key: &str) -> Self {
        Self { base: base.to_owned(), key: key.to_owned(), headers: Vec::new() }
    }

    /// Adds a header to each request.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[track_caller]
    pub fn publish(&self, pass_type: &str, serial: &str, file: &[u8]) -> Answer {
        self.publish_if(pass_type, serial, file, &[])
    }

    /// Publishes a signed pass under conditions, such as `("If-Match", "\"…\"")` or `("If-None-Match", "*")`.
    #[track_caller]
    pub fn publish_if(&self, pass_type: &str, serial: &str, file: &[u8], conditions: &[(&str, &str)]) -> Answer {
        let headers = [&[("Content-Type", PKPASS)], conditions].concat();
        self.send("PUT", &pass_path(pass_type, serial), &headers, Body::Bytes(file))
    }

    /// Asks what the service knows of a pass.
    #[track_caller]
    pub fn inspect(&self, pass_type: &str, serial: &str) -> Answer {
        self.send("GET", &pass_path(pass_type, serial), &[], Body::Empty)
    }

    #[track_caller]
    pub fn download(&self, pass_type: &str, serial: &str) -> Answer {
        self.send("GET", &pass_path(pass_type, serial), &[("Accept", PKPASS)], Body::Empty)
    }

    #[track_caller]
    pub fn withdraw(&self, pass_type: &str, serial: &str) -> Answer {
        self.send("DELETE", &pass_path(pass_type, serial), &[], Body::Empty)
    }

    /// Asks for a page of the passes of a type. `cursor` is the one of the page before.
    #[track_caller]
    pub fn list(&self, pass_type: &str, cursor: Option<&str>, limit: Option<u32>) -> Answer {
        let path = page("/issuer/v1/passes", cursor, limit);
        let path = format!("{path}passTypeIdentifier={}", http::segment(pass_type));
        self.send("GET", &path, &[], Body::Empty)
    }

    /// Asks which devices hold a pass.
    #[track_caller]
    pub fn registrations(&self, pass_type: &str, serial: &str) -> Answer {
        self.send("GET", &format!("{}/registrations", pass_path(pass_type, serial)), &[], Body::Empty)
    }

    /// Sends any request with the issuer's key, unless the headers hold an `Authorization` of their own.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body<'_>) -> Answer {
        let credentials = format!("Bearer {}", self.key);
        let mut all = headers.to_vec();
        all.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        if headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case("Authorization")) {
            all.push(("Authorization", &credentials));
        }
        http::request(&self.base, method, path, &all, body)
    }
}

fn pass_path(pass_type: &str, serial: &str) -> String {
    format!("/issuer/v1/passes/{}/{}", http::segment(pass_type), http::segment(serial))
}

/// The path of a page of a list. More parameters may be appended.
fn page(path: &str, cursor: Option<&str>, limit: Option<u32>) -> String {
    let cursor = cursor.map_or_else(String::new, |cursor| format!("cursor={}&", http::segment(cursor)));
    let limit = limit.map_or_else(String::new, |limit| format!("limit={limit}&"));
    format!("{path}?{cursor}{limit}")
}
