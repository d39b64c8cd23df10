//! Jobs: work on many passes.

use super::Issuer;
use crate::http::{Answer, Body};
use serde_json::Value;

pub const NDJSON: &str = "application/x-ndjson";
pub const CSV: &str = "text/csv";

/// JSON values as lines.
pub fn to_ndjson(lines: &[Value]) -> String {
    lines.iter().fold(String::new(), |all, line| all + &line.to_string() + "\n")
}

impl Issuer {
    /// Starts a job. `query` may have parameters: `?validate=only`.
    #[track_caller]
    pub fn send_job(&self, query: &str, media_type: &str, body: &[u8]) -> Answer {
        let path = format!("/issuer/v1/jobs{query}");
        self.send("POST", &path, &[("Content-Type", media_type)], Body::Bytes(body))
    }

    /// Starts a job of these lines.
    #[track_caller]
    pub fn start_job(&self, lines: &[Value]) -> Answer {
        self.send_job("", NDJSON, to_ndjson(lines).as_bytes())
    }

    #[track_caller]
    pub fn job(&self, job: &str) -> Answer {
        self.send("GET", &format!("/issuer/v1/jobs/{job}"), &[], Body::Empty)
    }

    #[track_caller]
    pub fn jobs(&self, query: &str) -> Answer {
        self.send("GET", &format!("/issuer/v1/jobs{query}"), &[], Body::Empty)
    }

    #[track_caller]
    pub fn cancel_job(&self, job: &str) -> Answer {
        self.send("POST", &format!("/issuer/v1/jobs/{job}/cancel"), &[], Body::Empty)
    }

    #[track_caller]
    pub fn job_results(&self, job: &str, media_type: &str) -> Answer {
        self.send("GET", &format!("/issuer/v1/jobs/{job}/results"), &[("Accept", media_type)], Body::Empty)
    }
}
