//! Another master key: `MASTER_KEY_PREVIOUS`.

use crate::util::{Made, identity, is_not_configured, is_problem, new_pass_key, new_type, path_to_new};
use edgepass_support::{
    http::Body,
    pass::{DEFAULT_TEAM, TestAuthority},
    random,
    server::{MASTER_KEY, Options, Server},
};
use serde_json::{Value, json};

const RESUME: &str = "* * * * *";

fn master_key(server: &Server) -> Value {
    server.request("GET", "/healthz?deep", &[], Body::Empty).expect(200).json()["masterKey"].clone()
}

#[track_caller]
fn open(server: &Server, link: &Value, status: u16) {
    let url = link["url"].as_str().expect("a link has an address");
    let (_, path) = url.split_once("/links/").expect("a link leads to /links/");
    server.request("GET", &format!("/links/{path}"), &[], Body::Empty).expect(status);
}

#[test]
fn what_the_previous_key_sealed_is_opened_and_sealed_anew_until_it_may_go() {
    let server = Server::start(Options::default());
    let made = Made::ready_at(&server);
    made.make(&"{}").expect(201);
    let (pass, link) = (made.pass(), made.issuer.link(&made.pass_type, &made.serial, None).expect(201).json());
    // With the one above more than a page of the walk.
    let others: Vec<String> = (0..20).map(|_| new_type()).collect();
    for pass_type in &others {
        server.issuer().store_identity(pass_type, &identity(pass_type)).expect(201);
    }

    // And a request that waits for its certificate, for which there is room behind them.
    let waiting = new_type();
    let request = server.issuer().create_request(&waiting, &[]).expect(201).text();

    let key = random::hex(32);
    let both = [("MASTER_KEY", key.as_str()), ("MASTER_KEY_PREVIOUS", MASTER_KEY)];
    let server = server.restart(Options { vars: &both, ..Options::default() });
    let made = Made { issuer: server.issuer(), ..made };
    made.patch(&json!({ "description": "under the previous key" })).expect(200);
    open(&server, &link, 200);
    let health = master_key(&server);
    assert_eq!((&health["status"], &health["closed"]), (&json!("rotating"), &json!(0)), "{health}");
    assert_ne!(health["underPrevious"], 0, "{health}");
    // One that is stored meanwhile is sealed under the new key, and stays.
    server.issuer().store_identity(&others[0], &identity(&others[0])).expect(200);

    for sealed in ["\"resealed\":", "\"resealed\":"] {
        server.trigger(RESUME).expect(200);
        server.wait_for_log(sealed);
    }
    assert_eq!(master_key(&server), json!({ "status": "rotating", "closed": 0, "underPrevious": 0 }));
    // A whole walk that finds nothing.
    for _ in 0..2 {
        server.trigger(RESUME).expect(200);
    }
    assert_eq!(master_key(&server), json!({ "status": "rotated", "closed": 0, "underPrevious": 0 }));
    let resealed: u64 =
        server.log().lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()?["resealed"].as_u64()).sum();
    assert_eq!(resealed, 21);

    let server = server.restart(Options { vars: &both[..1], ..Options::default() });
    let made = Made { issuer: server.issuer(), ..made };
    made.patch(&json!({ "description": "under the new key" })).expect(200);
    assert_eq!(made.pass().token, pass.token, "phones hold the token that the pass had");
    let certificate = TestAuthority::shared().sign_request(&request, &waiting, DEFAULT_TEAM).chain_pem();
    server.issuer().store_certificate(&waiting, certificate.as_bytes()).expect(201);
    server.issuer().make(&waiting, "S-1", &made.template.name, &"{}").expect(201);
    open(&server, &link, 404);
    open(&server, &made.issuer.link(&made.pass_type, &made.serial, None).expect(201).json(), 200);
    assert_eq!(master_key(&server), json!({ "status": "ok", "closed": 0, "underPrevious": 0 }));
}

#[test]
fn tokens_of_the_previous_key_make_passes_until_it_goes() {
    let server = Server::start(Options::default());
    let made = Made::ready_at(&server);
    let claims =
        |serial| json!({ "passTypeIdentifier": made.pass_type, "serialNumber": serial, "template": made.template.name });
    let old = new_pass_key(&made.issuer);
    let key = random::hex(32);
    let both = [("MASTER_KEY", key.as_str()), ("MASTER_KEY_PREVIOUS", MASTER_KEY)];
    let server = server.restart(Options { vars: &both, ..Options::default() });
    let new = new_pass_key(&server.issuer());
    assert_ne!(old, new);
    let open = |server: &Server, key: &str, serial| server.request("GET", &path_to_new(key, &claims(serial)), &[], Body::Empty);
    for (key, serial) in [(&old, "S-1"), (&new, "S-2"), (&new, "S-1")] {
        open(&server, key, serial).expect(200);
    }
    server.issuer().store_identity(&made.pass_type, &identity(&made.pass_type)).expect(200);
    let server = server.restart(Options { vars: &both[..1], ..Options::default() });
    for serial in ["S-1", "S-3"] {
        is_problem(&open(&server, &old, serial), 404);
        open(&server, &new, serial).expect(200);
    }
}

#[test]
fn a_previous_key_that_is_short_or_the_same_is_told_and_left_out() {
    let server = Server::start(Options::default());
    let made = Made::ready_at(&server);
    let mut server = server;
    for (previous, word) in [("too-short", "shorter than 32"), (MASTER_KEY, "the same as MASTER_KEY")] {
        server = server.restart(Options { vars: &[("MASTER_KEY_PREVIOUS", previous)], ..Options::default() });
        let answer = server.issuer().make(&made.pass_type, "S-1", &made.template.name, &"{}");
        assert!(answer.status < 300, "{answer:#}");
        let health = server.request("GET", "/healthz?deep", &[], Body::Empty).expect(200);
        assert_eq!(health.json()["status"], "warning");
        assert!(health.json()["toDo"].to_string().contains(word), "{health:#}");
        let line = server.wait_for_log(word);
        assert!(line.starts_with("{\"setting\":\"The secret MASTER_KEY_PREVIOUS"), "{line}");
    }
    let key = random::hex(32);
    let wrong = [("MASTER_KEY", key.as_str()), ("MASTER_KEY_PREVIOUS", "another-key-that-sealed-nothing-at-all")];
    let server = server.restart(Options { vars: &wrong, ..Options::default() });
    is_problem(&server.issuer().patch(&made.pass_type, "S-1", &json!({})), 503);
    let health = server.request("GET", "/healthz?deep", &[], Body::Empty).expect(503).json();
    assert_eq!(health["masterKey"], json!({ "status": "closed", "closed": 1, "underPrevious": 0 }));
}

#[test]
fn a_request_that_waits_under_a_lost_key_is_told_and_alarms_nobody() {
    let server = Server::start(Options::default());
    let pass_type = new_type();
    let request = server.issuer().create_request(&pass_type, &[("Accept", "application/json")]).expect(201).json();
    let text = request["certificateRequest"].as_str().unwrap();
    let certificate = TestAuthority::shared().sign_request(text, &pass_type, DEFAULT_TEAM).chain_pem();

    let key = random::hex(32);
    let server = server.restart(Options { vars: &[("MASTER_KEY", &key)], ..Options::default() });
    let issuer = server.issuer();
    is_not_configured(
        &issuer.store_certificate(&pass_type, certificate.as_bytes()),
        &["another MASTER_KEY", "make a new certificate request"],
    );
    issuer.identity(&pass_type).expect(404);
    server.trigger(RESUME).expect(200);
    assert_eq!(master_key(&server), json!({ "status": "ok", "closed": 0, "underPrevious": 0 }));
    issuer.remove_request(&pass_type, request["id"].as_str().unwrap()).expect(204);
    let request = issuer.create_request(&pass_type, &[]).expect(201).text();
    let certificate = TestAuthority::shared().sign_request(&request, &pass_type, DEFAULT_TEAM).chain_pem();
    issuer.store_certificate(&pass_type, certificate.as_bytes()).expect(201);
}
