//! `GET /healthz`

use crate::{
    rebound::rebound,
    util::{Made, ask, identity_ending_in, new_type, until, used},
};
use edgepass_support::{
    http::{Answer, Body},
    pass::DEFAULT_TEAM,
    server::{Options, Server, database},
};
use serde_json::{Value, json};

#[test]
fn it_tells_version_and_commit_and_asks_no_database() {
    let answer = ask("GET", "/healthz").expect(200);
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
    let answer = ask("HEAD", "/healthz").expect(200);
    assert_eq!(answer.body, b"");
}

#[track_caller]
fn deep(server: &Server) -> Answer {
    let answer = server.request("GET", "/healthz?deep", &[], Body::Empty).expect(200);
    used(&answer, 1, 0);
    answer
}

#[test]
fn asked_deeply_it_asks_the_database_once_and_counts_certificates_that_end_soon_without_names() {
    let server = Server::start(Options::default());
    let store = |seconds: u64| {
        let pass_type = new_type();
        server.issuer().store_identity(&pass_type, &identity_ending_in(&pass_type, seconds)).expect(201);
        pass_type
    };
    let day = 24 * 60 * 60;
    let fine = deep(&server).json();
    assert_eq!(fine["version"], env!("CARGO_PKG_VERSION"));
    store(300 * day);
    assert_eq!(deep(&server).json(), fine);
    assert_eq!((&fine["status"], &fine["signingIdentities"]), (&json!("ok"), &json!({ "expired": 0, "expiring": 0 })));

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
    for (query, calls) in [("?deep", 1), ("?deep=1", 1), ("?x&deep=true", 1), ("?deeper", 0), ("?x=deep", 0), ("?", 0)] {
        let path = format!("/healthz{query}");
        used(&ask("GET", &path).expect(200), calls, 0);
    }
    let head = ask("HEAD", "/healthz?deep").expect(200);
    assert_eq!(head.body, b"");
}

/// The body of an unhealthy service, and what it says must be done.
#[track_caller]
fn sick(server: &Server) -> (Value, String) {
    let answer = server.request("GET", "/healthz?deep", &[], Body::Empty).expect(503);
    let health = answer.json();
    assert_eq!(health["status"], "error", "{health}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let to_do = health["toDo"].to_string();
    (health, to_do)
}

/// Restarts the server after statements ran on its database. No migrations are applied.
fn after(server: Server, statements: &str) -> Server {
    server.restart_after(Options { unmigrated: true, ..Options::default() }, |state| {
        database(state).execute_batch(statements).expect("the statements run");
    })
}

#[test]
fn a_database_without_the_newest_migrations_is_an_error_that_names_them() {
    let server = Server::start(Options { unmigrated: true, ..Options::default() });
    let (health, to_do) = sick(&server);
    assert_eq!((&health["database"], &health["bucket"]), (&json!("incomplete"), &json!("ok")));
    for word in ["0001_passes_and_registrations.sql", "0003_push.sql", "wrangler d1 migrations apply DB --remote"] {
        assert!(to_do.contains(word), "{health}");
    }

    let server = server.restart(Options::default());
    assert_eq!(deep(&server).json()["database"], "ok");
    let server = after(server, "DROP TABLE push_holds; DELETE FROM d1_migrations WHERE name = '0003_push.sql'");
    let (health, to_do) = sick(&server);
    assert_eq!(health["database"], "incomplete");
    assert!(to_do.contains("0003_push.sql") && !to_do.contains("0002"), "{health}");

    // What is there all the same is no reason to wake anybody.
    let server = after(
        server.restart(Options { unmigrated: true, ..Options::default() }),
        "CREATE TABLE push_holds (client TEXT NOT NULL, pass_type TEXT NOT NULL, until INTEGER NOT NULL, since INTEGER NOT NULL,
            times INTEGER NOT NULL, cause TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (client, pass_type))",
    );
    let health = deep(&server).json();
    assert_eq!((&health["status"], &health["database"]), (&json!("warning"), &json!("ok")));
    assert!(health["toDo"].to_string().contains("0003_push.sql"), "{health}");

    // So it is in a database that was imported by hand.
    let server = after(server, "DROP TABLE d1_migrations");
    let health = server.request("GET", "/healthz?deep", &[], Body::Empty).expect(200).json();
    assert_eq!((&health["status"], &health["database"]), (&json!("warning"), &json!("ok")));
    assert!(health["toDo"].to_string().contains("d1_migrations"), "{health}");
    assert_eq!(health["push"]["status"], "ok");
}

#[test]
fn what_is_not_bound_or_not_set_is_told() {
    let ask = |unbound: &str| {
        let bindings = json!({ unbound: null }).to_string();
        rebound().request("GET", "/healthz?deep", &[("X-Bindings", &bindings)], Body::Empty)
    };
    for (unbound, status, member) in [("DB", 503, "database"), ("PASSES", 503, "bucket"), ("WORK", 200, "queue")] {
        let health = ask(unbound).expect(status).json();
        assert_ne!(health[member], "ok", "{health}");
        assert!(health["toDo"].to_string().contains(unbound), "{health}");
    }
    let health = ask("ISSUER_KEY").expect(503).json();
    assert!(health["toDo"].to_string().contains("wrangler secret put ISSUER_KEY"), "{health}");
    ask("").expect(200);
}

#[test]
fn a_setting_that_the_service_does_without_is_a_warning_that_does_not_show_it() {
    for (name, value) in [("BASE_PATH", "/a secret"), ("BASE_PATH", "/wallet/v1"), ("CLIENTS", "a-secret")] {
        let bindings = json!({ name: value }).to_string();
        let headers = [("X-Bindings", bindings.as_str())];
        let health = rebound().request("GET", "/healthz?deep", &headers, Body::Empty).expect(200).json();
        assert_eq!(health["status"], "warning");
        let to_do = health["toDo"].to_string();
        assert!(to_do.contains(name) && !to_do.contains("secret"), "{health}");
    }
}

#[test]
fn a_platform_that_fails_is_no_wrong_key() {
    let before = [("worker.mjs", include_str!("healthz/crypto.mjs"))];
    let server = Server::start(Options { before: &before, ..Options::default() });
    let pass = Made::ready_at(&server);
    let failing = [("X-No-Decryption", "1")];
    let ask = |headers: &[(&str, &str)]| server.request("GET", "/healthz?deep", headers, Body::Empty);
    let make =
        |headers: &[(&str, &str)]| pass.issuer.make_if(&pass.pass_type, &pass.serial, &pass.template.name, &"{}", headers);
    for answer in [ask(&failing), make(&failing)] {
        assert!(answer.status == 503 && answer.header("retry-after").is_some(), "{answer:#}");
    }
    assert_eq!(ask(&[]).expect(200).json()["masterKey"]["closed"], 0);
    make(&[]).expect(201);
}
