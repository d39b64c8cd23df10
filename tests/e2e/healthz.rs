//! `GET /healthz`

use edgepass_support::{http::Body, server::Server};

use crate::compare::used;

#[test]
fn it_tells_version_and_commit_and_asks_no_database() {
    let answer = Server::shared().request("GET", "/healthz", &[], Body::Empty).expect(200);
    used(&answer, 0, 0);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let health = answer.json();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert!(health["commit"].as_str().is_some_and(|commit| !commit.is_empty()), "{health}");
    assert_eq!(health.as_object().unwrap().len(), 3);
}

#[test]
fn head_has_no_body() {
    let answer = Server::shared().request("HEAD", "/healthz", &[], Body::Empty).expect(200);
    assert_eq!(answer.body, b"");
}
