//! Secrets and variables that are needed to make passes.

use crate::{
    rebound,
    util::{Card, Made, Template, calls, identity, is_not_configured, is_problem, new_pass_key, new_type, path_to_new},
};
use edgepass_support::{
    http::{Answer, Body},
    issuer::{Issuer, MERGE_PATCH, Pem},
    random,
    server::{Options, Server},
};
use serde_json::json;

/// A good request to each route that needs the master key.
fn answers(issuer: &Issuer, pem: &Pem, pass_type: &str) -> Vec<Answer> {
    let pass = format!("/issuer/v1/passes/{pass_type}/S-1");
    let patch = [("Content-Type", MERGE_PATCH)];
    vec![
        issuer.store_identity(pass_type, pem),
        issuer.make(pass_type, "S-1", "t", &"{}"),
        issuer.send("PATCH", &pass, &patch, Body::Bytes(b"{}")),
        issuer.link(pass_type, "S-1", None),
        issuer.bundle(&[(pass_type, "S-1")]),
        issuer.new_pass_key(),
        issuer.republish("t"),
    ]
}

fn deep(server: &Server, headers: &[(&str, &str)]) -> Answer {
    server.request("GET", "/healthz?deep", headers, Body::Empty)
}

/// Checks the routes that need neither key nor address.
#[track_caller]
fn the_rest_works(server: &Server, issuer: &Issuer) {
    let card = Card::unpublished().at(issuer.clone());
    card.publish(&card.file()).expect(201);
    assert_eq!(server.phone().register(&card.pass).status(), 201);
    let template = Template::new().at(issuer.clone());
    template.store().expect(201);
    issuer.template(&template.name).expect(200);
    issuer.pass_types(None, None).expect(200);
    is_problem(&issuer.identity(card.pass_type()), 404);
    is_problem(&issuer.republication(&template.name), 404);
}

#[test]
fn without_a_master_key_or_with_a_short_one_making_passes_is_503_and_says_what_to_do() {
    let pass_type = new_type();
    let pem = identity(&pass_type);
    let server = Server::start(Options { before: &rebound::BEFORE, ..Options::default() });
    for (key, words) in [
        (None, "without a master key"),
        (Some(""), "without a master key"),
        (Some("a-key-of-31-characters-is-short"), "shorter than 32 characters"),
    ] {
        let bindings = json!({ "MASTER_KEY": key }).to_string();
        let headers = [("X-Bindings", bindings.as_str())];
        let issuer = server.issuer().with_header("X-Bindings", &bindings);
        for answer in answers(&issuer, &pem, &pass_type) {
            is_not_configured(&answer, &[words, "randomBytes(32)", "wrangler secret put MASTER_KEY"]);
            assert_eq!(calls(&answer), 0);
        }
        // Strangers are told nothing of it.
        for link in [format!("/links/{}", random::hex(8)), format!("/links/new/{}", random::hex(8))] {
            is_problem(&server.request("GET", &link, &headers, Body::Empty), 404);
        }
        the_rest_works(&server, &issuer);
        deep(&server, &headers).expect(200);
    }
}

#[test]
fn without_a_public_address_or_with_a_bad_one_making_passes_is_503_and_says_what_to_do() {
    let server = Server::start(Options { before: &rebound::BEFORE, ..Options::default() });
    let claims = json!({ "passTypeIdentifier": "pass.p", "serialNumber": "S-1", "template": "t" });
    let new_link = path_to_new(&new_pass_key(&server.issuer()), &claims);
    // Whoever signs nothing here needs none.
    assert_eq!(deep(&server, &[("X-Bindings", r#"{"PUBLIC_URL":null}"#)]).expect(200).json()["status"], "ok");
    for (url, words) in
        [(None, "missing in wrangler.toml"), (Some("http://example.com"), "https"), (Some("https://example.com/v1"), "/v1")]
    {
        let bindings = json!({ "PUBLIC_URL": url }).to_string();
        let issuer = server.issuer().with_header("X-Bindings", &bindings);
        let pass_type = new_type();
        issuer.store_identity(&pass_type, &identity(&pass_type)).expect(201);
        for answer in [
            issuer.make(&pass_type, "S-1", "t", &"{}"),
            issuer.patch(&pass_type, "S-1", &json!({})),
            issuer.link(&pass_type, "S-1", None),
            issuer.bundle(&[(&pass_type, "S-1")]),
            issuer.new_pass_key(),
            server.request("GET", &new_link, &[("X-Bindings", &bindings)], Body::Empty),
            issuer.republish("t"),
        ] {
            is_not_configured(&answer, &["PUBLIC_URL", words]);
            assert_eq!(calls(&answer), 0);
        }
        the_rest_works(&server, &issuer);
        let health = deep(&server, &[("X-Bindings", &bindings)]).expect(503).json();
        assert_eq!(health["status"], "error");
        assert!(health["toDo"].to_string().contains("PUBLIC_URL"), "{health}");
    }
}

#[test]
fn an_identity_that_was_sealed_under_another_master_key_is_503_until_it_is_stored_again() {
    let server = Server::start(Options::default());
    let made = Made::ready_at(&server);
    made.make(&"{}").expect(201);
    let (pass, file) = (made.pass(), made.file());
    let link = made.issuer.link(&made.pass_type, &made.serial, None).expect(201).json();
    let url = link["url"].as_str().unwrap().to_owned();
    let mut phone = server.phone();
    assert_eq!(phone.register(&pass).status(), 201);

    let key = random::hex(32);
    let server = server.restart(Options { vars: &[("MASTER_KEY", &key)], ..Options::default() });
    let moved = Made { issuer: server.issuer(), ..made };
    for answer in [moved.make(&json!({ "description": "x" })), moved.patch(&json!({ "description": "x" }))] {
        is_not_configured(&answer, &["MASTER_KEY", "PUT /issuer/v1/pass-types/", "/signing-identity"]);
    }
    let health = deep(&server, &[]).expect(503).json();
    assert_eq!(health["masterKey"], json!({ "status": "closed", "closed": 1, "underPrevious": 0 }));
    assert!(health["toDo"].to_string().contains("MASTER_KEY_PREVIOUS"), "{health}");
    for secret in [moved.pass_type.as_str(), &key] {
        assert!(!health.to_string().contains(secret), "{health}");
    }
    assert!(moved.file() == file, "the pass is another");
    moved.issuer.identity(&moved.pass_type).expect(200);
    let path = &url[url.find("/links/").unwrap()..];
    is_problem(&server.request("GET", path, &[], Body::Empty), 404);

    moved.issuer.store_identity(&moved.pass_type, &identity(&moved.pass_type)).expect(200);
    moved.make(&json!({ "description": "x" })).expect(200);
    moved.patch(&json!({ "description": "y" })).expect(200);
    assert_eq!(moved.pass().token, pass.token, "phones hold the token that the pass had");
    assert_eq!(server.phone().register(&moved.pass()).status(), 201);
    let server = server.restart(Options { without: &["MASTER_KEY"], ..Options::default() });
    let health = deep(&server, &[]).expect(503).json();
    assert!(health["toDo"].to_string().contains("wrangler secret put MASTER_KEY"), "{health}");
}

#[test]
fn wallets_that_the_operator_names_are_let_in_and_known_by_their_scheme() {
    let server = Server::start(Options { vars: &[("CLIENTS", "AndroidPass, WaletUnionPass Passes")], ..Options::default() });
    let card = Card::unpublished().at(server.issuer());
    card.publish(&card.file()).expect(201);
    let body = json!({ "pushToken": random::hex(32) }).to_string();
    let register = |scheme: &str, announced: &[(&str, &str)]| {
        let authorization = format!("{scheme} {}", card.pass.token);
        let headers = [&[("Authorization", authorization.as_str())], announced].concat();
        let path = card.registration_path(&random::hex(16));
        server.request("POST", &path, &headers, Body::Bytes(body.as_bytes())).status
    };
    assert_eq!(register("ApplePass", &[]), 201);
    assert_eq!(register("androidpass", &[("X-Pass-Client", "Passes")]), 201);
    assert_eq!(register("ApplePass", &[("X-Pass-Client", "Passes")]), 201);
    for shut_out in ["TelegramPass", "WalletUnionPass", "WaletUnionPass", "Passes", "Bearer"] {
        assert_eq!(register(shut_out, &[]), 401, "{shut_out}");
    }
    let mut clients: Vec<_> = card.registrations().iter().map(|known| known["client"].as_str().unwrap().to_owned()).collect();
    clients.sort();
    assert_eq!(clients, ["AndroidPass", "ApplePass", "Passes"]);
    server.wait_for_log("unknown wallets: WaletUnionPass.");
    let authorization = format!("AndroidPass {}", card.pass.token);
    let headers = [("Authorization", authorization.as_str())];
    server.request("GET", &card.path(), &headers, Body::Empty).expect(200);
}
