//! `GET /healthz`

use edgepass_support::{
    clock,
    http::{Answer, Body},
    issuer::Pem,
    pass::{DEFAULT_TEAM, TestAuthority, Validity},
    server::{Options, Server},
};
use serde_json::json;

use crate::{card::new_type, compare::used, wait::until};

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

/// Asks how the service is, and how its database.
#[track_caller]
fn deep(server: &Server) -> Answer {
    let answer = server.request("GET", "/healthz?deep", &[], Body::Empty).expect(200);
    used(&answer, 1, 0);
    answer
}

#[test]
fn asked_deeply_it_asks_the_database_once_and_counts_certificates_that_end_soon_without_names() {
    let server = Server::start(Options::default());
    let authority = TestAuthority::shared();
    let now = clock::unix_now().as_secs();
    let store = |seconds: u64| {
        let pass_type = new_type();
        let validity = Validity { not_before: now - 60, not_after: now + seconds };
        let identity = Pem::of(&authority.issue(&pass_type, DEFAULT_TEAM, validity), authority);
        server.issuer().store_identity(&pass_type, &identity).expect(201);
        pass_type
    };
    let day = 24 * 60 * 60;
    let fine = deep(&server).json();
    assert_eq!(fine["version"], env!("CARGO_PKG_VERSION"));
    store(300 * day);
    assert_eq!(deep(&server).json(), fine);
    assert_eq!(
        (&fine["status"], &fine["signingIdentities"]),
        (&json!("ok"), &json!({ "expired": 0, "expiring": 0 }))
    );

    let ending = store(10 * day);
    let warning = deep(&server);
    assert_eq!(warning.json()["status"], "warning");
    assert_eq!(warning.json()["signingIdentities"], json!({ "expired": 0, "expiring": 1 }));
    for name in [&*ending, DEFAULT_TEAM, "pass.com"] {
        assert!(!warning.text().contains(name), "{warning:#}");
    }

    store(6);
    let expired = until("a certificate has expired", || {
        let health = deep(&server).json();
        (health["signingIdentities"]["expired"] == 1).then_some(health)
    });
    assert_eq!(expired["signingIdentities"], json!({ "expired": 1, "expiring": 1 }));
    assert_eq!(expired["status"], "warning");

    server.issuer().remove_identity(&ending).expect(204);
    assert_eq!(deep(&server).json()["signingIdentities"], json!({ "expired": 1, "expiring": 0 }));
    let shallow = server.request("GET", "/healthz", &[], Body::Empty).expect(200);
    assert_eq!(shallow.json()["status"], "ok");
    used(&shallow, 0, 0);
}

#[test]
fn only_what_is_called_deep_is() {
    for (query, calls) in
        [("?deep", 1), ("?deep=1", 1), ("?x&deep=true", 1), ("?deeper", 0), ("?x=deep", 0), ("?", 0)]
    {
        let path = format!("/healthz{query}");
        used(&Server::shared().request("GET", &path, &[], Body::Empty).expect(200), calls, 0);
    }
    let head = Server::shared().request("HEAD", "/healthz?deep", &[], Body::Empty).expect(200);
    assert_eq!(head.body, b"");
}
