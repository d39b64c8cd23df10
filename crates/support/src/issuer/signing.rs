//! Signing identities.

use super::{Issuer, page};
use crate::{
    http::{self, Answer, Body},
    pass::{Identity, TestAuthority},
};
use serde_json::{Value, json};

/// An identity as it is uploaded, each part in PEM.
#[derive(Debug, Clone)]
pub struct Pem {
    pub certificate: String,
    pub private_key: String,
    pub intermediate: String,
}

impl Pem {
    pub fn new(identity: &Identity, authority: &TestAuthority) -> Self {
        Self {
            certificate: identity.certificate_pem(),
            private_key: identity.key_pem(),
            intermediate: authority.intermediate_pem(),
        }
    }

    pub fn to_json(&self) -> Value {
        json!({
            "certificate": self.certificate,
            "privateKey": self.private_key,
            "intermediate": self.intermediate,
        })
    }
}

impl Issuer {
    #[track_caller]
    pub fn store_identity(&self, pass_type: &str, identity: &Pem) -> Answer {
        self.send_identity(pass_type, identity.to_json().to_string().as_bytes())
    }

    /// Like [`Issuer::store_identity`], with any body.
    #[track_caller]
    pub fn send_identity(&self, pass_type: &str, body: &[u8]) -> Answer {
        let headers = [("Content-Type", "application/json")];
        self.send("PUT", &identity_path(pass_type), &headers, Body::Bytes(body))
    }

    /// Asks for the public part of an identity.
    #[track_caller]
    pub fn identity(&self, pass_type: &str) -> Answer {
        self.send("GET", &identity_path(pass_type), &[], Body::Empty)
    }

    #[track_caller]
    pub fn remove_identity(&self, pass_type: &str) -> Answer {
        self.send("DELETE", &identity_path(pass_type), &[], Body::Empty)
    }

    /// Asks for a key and a request for its certificate. `headers` may have an `Accept` or an `Idempotency-Key`.
    #[track_caller]
    pub fn create_request(&self, pass_type: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("POST", &request_path(pass_type), headers, Body::Empty)
    }

    /// The requests that wait.
    #[track_caller]
    pub fn requests(&self, pass_type: &str) -> Answer {
        self.send("GET", &request_path(pass_type), &[], Body::Empty)
    }

    /// A request that waits, in PEM.
    #[track_caller]
    pub fn request(&self, pass_type: &str, id: &str) -> Answer {
        self.send("GET", &format!("{}/{id}", request_path(pass_type)), &[], Body::Empty)
    }

    #[track_caller]
    pub fn remove_request(&self, pass_type: &str, id: &str) -> Answer {
        self.send("DELETE", &format!("{}/{id}", request_path(pass_type)), &[], Body::Empty)
    }

    /// Sends a certificate, in DER or PEM.
    #[track_caller]
    pub fn store_certificate(&self, pass_type: &str, certificate: &[u8]) -> Answer {
        let path = format!("/issuer/v1/pass-types/{}/certificate", http::segment(pass_type));
        self.send("PUT", &path, &[], Body::Bytes(certificate))
    }

    #[track_caller]
    pub fn pass_types(&self, cursor: Option<&str>, limit: Option<u32>) -> Answer {
        self.send("GET", &page("/issuer/v1/pass-types", cursor, limit), &[], Body::Empty)
    }
}

fn request_path(pass_type: &str) -> String {
    format!("/issuer/v1/pass-types/{}/certificate-request", http::segment(pass_type))
}

fn identity_path(pass_type: &str) -> String {
    format!("/issuer/v1/pass-types/{}/signing-identity", http::segment(pass_type))
}
