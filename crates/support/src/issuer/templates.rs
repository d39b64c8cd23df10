//! Templates, and making all their passes again.

use super::{Issuer, page};
use crate::http::{self, Answer, Body};

pub const ZIP: &str = "application/zip";

impl Issuer {
    /// Stores a template: a ZIP of an unsigned pass folder.
    #[track_caller]
    pub fn store_template(&self, name: &str, file: &[u8]) -> Answer {
        self.send("PUT", &template_path(name), &[("Content-Type", ZIP)], Body::Bytes(file))
    }

    /// Asks what is known of a template.
    #[track_caller]
    pub fn template(&self, name: &str) -> Answer {
        self.send("GET", &template_path(name), &[], Body::Empty)
    }

    #[track_caller]
    pub fn download_template(&self, name: &str, conditions: &[(&str, &str)]) -> Answer {
        let headers = [&[("Accept", ZIP)], conditions].concat();
        self.send("GET", &template_path(name), &headers, Body::Empty)
    }

    #[track_caller]
    pub fn remove_template(&self, name: &str) -> Answer {
        self.send("DELETE", &template_path(name), &[], Body::Empty)
    }

    #[track_caller]
    pub fn templates(&self, cursor: Option<&str>, limit: Option<u32>) -> Answer {
        self.send("GET", &page("/issuer/v1/templates", cursor, limit), &[], Body::Empty)
    }

    /// Starts a run that makes all passes of a template again.
    #[track_caller]
    pub fn republish(&self, name: &str) -> Answer {
        self.send("POST", &format!("{}/republish", template_path(name)), &[], Body::Empty)
    }

    /// Asks for the progress of the last run.
    #[track_caller]
    pub fn republication(&self, name: &str) -> Answer {
        self.send("GET", &format!("{}/republish", template_path(name)), &[], Body::Empty)
    }
}

fn template_path(name: &str) -> String {
    format!("/issuer/v1/templates/{}", http::segment(name))
}
