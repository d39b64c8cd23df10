//! Tokens of passes that are made when their link is first opened, made with other code than the service's.

use base64ct::{Base64UrlUnpadded, Encoding};
use edgepass_support::issuer::Issuer;
use ring::hmac;
use serde_json::Value;

pub(crate) const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// The key for tokens of new passes.
#[track_caller]
pub(crate) fn new_pass_key(issuer: &Issuer) -> String {
    issuer.new_pass_key().expect(200).json()["key"].as_str().expect("there is a key").to_owned()
}

/// Signs a token. The algorithm need not be the one that the header names.
pub(crate) fn sign(algorithm: hmac::Algorithm, key: &str, header: &str, claims: &str) -> String {
    let signed = [header, claims].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes())).join(".");
    let mark = hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), signed.as_bytes());
    format!("{signed}.{}", Base64UrlUnpadded::encode_string(mark.as_ref()))
}

/// The path of a link to a new pass.
pub(crate) fn path_to_new(key: &str, claims: &Value) -> String {
    format!("/links/new/{}", sign(hmac::HMAC_SHA256, key, HS256, &claims.to_string()))
}
