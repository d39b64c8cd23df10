//! `GET /issuer/v1/links/key`, and `GET /links/new/{token}`: passes that are made when their link is first opened

use crate::{
    log_lines::line_of,
    util::{
        HS256, Made, ask, calls, identity, is_not_configured, is_problem, is_problem_about, is_refused_early, issuer, members,
        new_pass_key, new_phone, new_type, path_to_new, send, sign, until, used,
    },
};
use edgepass_support::{
    clock,
    http::{Answer, Body},
    issuer::PKPASS,
    pass::Pass,
    random,
    server::{PUBLIC_URL, Server},
};
use ring::hmac::{HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use serde_json::{Value, json};
use std::thread;

/// How many open a link at the same time.
const OPENINGS: usize = 50;

fn claims(made: &Made) -> Value {
    json!({
        "passTypeIdentifier": made.pass_type,
        "serialNumber": made.serial,
        "template": made.template.name,
    })
}

/// The claims with other members.
fn with(mut claims: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

/// The path of a link to a new pass.
#[track_caller]
fn path(claims: &Value) -> String {
    path_to_new(&new_pass_key(&issuer()), claims)
}

#[track_caller]
fn open(path: &str) -> Answer {
    ask("GET", path)
}

/// The reason in the log line of an answer.
#[track_caller]
fn reason(answer: &Answer) -> Value {
    let line = line_of(Server::shared(), answer);
    assert_eq!(line["route"], "/links/new/:token", "{line}");
    line["trouble"].clone()
}

#[test]
fn the_key_is_a_text_that_stays_with_the_start_of_the_links() {
    let answer = issuer().new_pass_key().expect(200);
    used(&answer, 0, 0);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let key = answer.json();
    assert_eq!(members(&key), ["algorithm", "key", "url"]);
    assert_eq!((&key["algorithm"], &key["url"]), (&json!("HS256"), &json!(format!("{PUBLIC_URL}/links/new/"))));
    assert_eq!(key["key"].as_str().map(str::len), Some(43), "256 bits in base64url");
    assert_eq!(issuer().new_pass_key().json(), key);
    is_problem(&ask("GET", "/issuer/v1/links/key"), 401);
}

#[test]
fn the_first_opening_makes_the_pass_and_later_ones_get_it() {
    let made = Made::loyalty();
    let id = random::hex(8);
    let own = json!({
        "values": { "points": 5, "level": "Gold" }, "pass": { "logoText": "Ada" }, "externalId": id, "uniqueExternalId": true,
        "exp": clock::unix_now().as_secs() + 600, "iat": clock::unix_now().as_secs_f64(),
    });
    let path = path(&with(claims(&made), &own));
    made.is_unknown();
    let first = open(&path).expect(200);
    assert_eq!(calls(&first), 2, "as many as a PUT");
    let again = open(&path).expect(200);
    used(&again, 1, 0);
    assert!(first.body == made.file() && again.body == first.body, "the bytes differ");
    for answer in [first, again] {
        assert_eq!(answer.header("content-type"), Some(PKPASS));
        assert_eq!(answer.header("content-length"), Some(&*answer.body.len().to_string()));
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"S-1.pkpass\""));
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
        assert_eq!(answer.header("etag"), Some(&*made.etag()));
        assert!(answer.header("last-modified").is_some());
    }
    let metadata = made.metadata();
    assert_eq!(metadata["values"], own["values"]);
    assert_eq!((&metadata["externalId"], &metadata["pass"]["logoText"]), (&json!(id), &json!("Ada")));
    assert_eq!(new_phone().register(&made.pass()).status(), 201);
}

#[test]
fn it_costs_the_rows_of_a_put() {
    let made = Made::ready();
    let other = made.sibling("S-2");
    let opened = open(&path(&claims(&made))).expect(200);
    let put = other.make(&"{}").expect(201);
    let again = open(&path(&claims(&made))).expect(200);
    let [opened, put, again] = [opened, put, again].map(|answer| answer.database().unwrap());
    assert_eq!((opened.calls, opened.written), (put.calls, put.written));
    assert!(opened.read <= put.read + 1, "{opened:?} {put:?}");
    assert!((again.calls, again.written) == (1, 0) && again.read <= 4, "{again:?}");
}

#[test]
fn of_fifty_openings_at_once_one_makes_the_pass_and_each_gets_it() {
    let made = Made::loyalty();
    let path = path(&with(claims(&made), &json!({ "values": { "points": 5 } })));
    let answers: Vec<Answer> = thread::scope(|scope| {
        let threads: Vec<_> = (0..OPENINGS).map(|_| scope.spawn(|| open(&path))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics").expect(200)).collect()
    });
    let file = made.file();
    assert!(answers.iter().all(|answer| answer.body == file), "they got different passes");
    let writers = answers.iter().filter(|answer| answer.database().unwrap().written > 0).count();
    assert_eq!(writers, 1);
    let list = issuer().list(&made.pass_type, None, None).expect(200).json();
    assert_eq!(list["passes"].as_array().map(Vec::len), Some(1));
}

#[test]
fn head_makes_the_pass_too_and_those_who_have_it_get_304() {
    let made = Made::ready();
    let path = path(&claims(&made));
    let head = ask("HEAD", &path).expect(200);
    assert_eq!(head.body, b"");
    let get = open(&path).expect(200);
    for name in ["content-type", "content-disposition", "etag", "last-modified", "x-robots-tag"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    let etag = made.etag();
    let conditions = [("If-None-Match", &*etag)];
    assert_eq!(send("GET", &path, &conditions, Body::Empty).expect(304).body, b"");
    made.patch(&json!({ "description": "another" })).expect(200);
    send("GET", &path, &conditions, Body::Empty).expect(200);
}

#[test]
fn a_pass_that_is_there_is_never_made_again_whoever_made_it() {
    let opened = Made::loyalty();
    let path_of = |made: &Made| path(&with(claims(made), &json!({ "values": { "points": 5 } })));
    let opened_path = path_of(&opened);
    open(&opened_path).expect(200);
    opened.change(&json!({ "increment": { "points": 10 } })).expect(200);
    let put = opened.sibling("S-2");
    put.make_with(&json!({ "points": 7 })).expect(201);
    for (made, path, points) in [(&opened, opened_path, 15), (&put, path_of(&put), 7)] {
        let answer = open(&path).expect(200);
        used(&answer, 1, 0);
        let fields = &Pass::read(&answer.body).unwrap().content["storeCard"]["primaryFields"];
        assert_eq!((&fields[0]["value"], &made.metadata()["values"]["points"]), (&json!(points), &json!(points)));
    }
    let uploaded = Made::uploaded();
    assert!(open(&path(&claims(&uploaded))).expect(200).body == uploaded.file(), "the bytes differ");
}

#[test]
fn a_withdrawn_pass_is_404_until_it_is_published_again() {
    let made = Made::published();
    let path = path(&claims(&made));
    made.withdraw();
    is_nothing(&open(&path));
    assert_ne!(made.metadata()["withdrawn"], Value::Null);
    made.make(&"{}").expect(200);
    open(&path).expect(200);
}

#[track_caller]
fn is_nothing(answer: &Answer) {
    is_problem_about(answer, 404, &["This link does not exist, or has expired."]);
}

#[test]
fn changed_foreign_and_malformed_tokens_are_the_same_404_and_ask_no_database() {
    let made = Made::ready();
    let (key, claims) = (new_pass_key(&issuer()), claims(&made));
    let good = sign(HMAC_SHA256, &key, HS256, &claims.to_string());
    let parts: Vec<_> = good.split('.').collect();
    let (header, payload, mark) = (parts[0], parts[1], parts[2]);
    let signed = |header: &str, claims: &Value| sign(HMAC_SHA256, &key, header, &claims.to_string());
    let by = |algorithm, name: &str| sign(algorithm, &key, &format!(r#"{{"alg":"{name}","typ":"JWT"}}"#), &claims.to_string());
    let none = sign(HMAC_SHA256, &key, r#"{"alg":"none"}"#, &claims.to_string());
    let mut tokens = vec![
        "x".to_owned(),
        "...".to_owned(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{mark}="),
        format!("{header}.{payload}.{mark}.{mark}"),
        format!("{good}%20"),
        format!("{good}.pkpasses"),
        format!("{header}.{}.{mark}", "A".repeat(7000)),
        sign(HMAC_SHA256, &random::hex(32), HS256, &claims.to_string()),
        format!("{}.", none.rsplit_once('.').unwrap().0),
        none,
        by(HMAC_SHA256, "RS256"),
        by(HMAC_SHA384, "HS384"),
        by(HMAC_SHA512, "HS512"),
        by(HMAC_SHA512, "HS256"),
        signed(r#"{"typ":"JWT"}"#, &claims),
        signed(r#"{"alg":"HS256","crit":["exp"]}"#, &claims),
    ];
    for members in [
        json!({ "pas": {} }),
        json!({ "serialNumber": 1 }),
        json!({ "template": null }),
        json!({ "values": [] }),
        json!({ "exp": "never" }),
        json!({ "exp": clock::unix_now().as_secs() }),
        json!({ "nbf": clock::unix_now().as_secs() + 600 }),
        json!({ "pass": { "logoText": "x".repeat(7000) } }),
    ] {
        tokens.push(signed(HS256, &with(claims.clone(), &members)));
    }
    for at in (0..good.len()).step_by(7) {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        tokens.push(String::from_utf8(bytes).unwrap());
    }
    for token in tokens.iter().filter(|token| **token != good) {
        let answer = open(&format!("/links/new/{token}"));
        is_refused_early(&answer, 404);
        is_nothing(&answer);
    }
    made.is_unknown();
    open(&format!("/links/new/{good}.pkpass")).expect(200);
}

#[test]
fn a_token_expires_also_when_its_pass_is_there() {
    let made = Made::published();
    let lasting = |seconds| path(&with(claims(&made), &json!({ "exp": clock::unix_now().as_secs() + seconds })));
    open(&lasting(600)).expect(200);
    let path = lasting(1);
    let expired = until("the token has expired", || {
        let answer = open(&path);
        (answer.status != 200).then_some(answer)
    });
    is_refused_early(&expired, 404);
    assert!(reason(&expired).as_str().unwrap().contains("expired"));
}

#[test]
fn what_can_never_be_made_is_404_and_the_log_says_why() {
    let made = Made::loyalty();
    let (taken, id) = (made.sibling("S-2"), random::hex(8));
    taken.order(&json!({ "template": made.template.name, "externalId": id })).expect(201);
    let gone = format!("t-{}", random::hex(8));
    for (members, why) in [
        (json!({ "template": gone }), "There is no template of this name"),
        (json!({ "values": { "stars": 5 } }), "value_unknown"),
        (json!({ "pass": { "expirationDate": "31.12.2026" } }), "date_format"),
        (json!({ "pass": { "teamIdentifier": "ANOTHERONE" } }), "team_conflict"),
        (json!({ "externalId": id, "uniqueExternalId": true }), "externalId"),
        (json!({ "pas": {} }), "nothing besides"),
    ] {
        let answer = open(&path(&with(claims(&made), &members)));
        is_nothing(&answer);
        let reason = reason(&answer).to_string();
        assert!(reason.contains(why), "{why} is not in {reason}");
        assert!(!reason.contains(&id) && !reason.contains("31.12.2026"), "{reason}");
    }
    made.is_unknown();
    // Nothing is remembered: when the template comes, the link works.
    let late = path(&with(claims(&made), &json!({ "template": gone })));
    let mut template = made.template.clone();
    template.name = gone;
    template.store().expect(201);
    open(&late).expect(200);
}

#[test]
fn without_a_signing_identity_it_is_503_until_there_is_one() {
    let made = Made { pass_type: new_type(), ..Made::ready() };
    let path = path(&claims(&made));
    let answer = open(&path);
    is_not_configured(&answer, &["no signing identity"]);
    assert!(reason(&answer).as_str().unwrap().contains("no signing identity"));
    issuer().store_identity(&made.pass_type, &identity(&made.pass_type)).expect(201);
    open(&path).expect(200);
}
