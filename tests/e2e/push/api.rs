//! `GET /issuer/v1/passes/{type}/{serial}/push`, `GET /issuer/v1/push`, `POST /issuer/v1/push/test`

use super::shop::{NO_DEVICE, Shop, is_date};
use crate::util::{Card, is_not_configured, is_problem, is_refused_early, members, new_type, used};
use edgepass_support::{
    apns::Behaviour,
    http::{Answer, Body},
};
use serde_json::{Value, json};

const OVERVIEW: &str = "/issuer/v1/push";
const TRIAL: &str = "/issuer/v1/push/test";

fn send(method: &str, path: &str, body: &str) -> Answer {
    Shop::shared().server.issuer().send(method, path, &[], Body::Bytes(body.as_bytes()))
}

/// Takes a member out of an object, and checks that it is an HTTP date.
#[track_caller]
fn take_moment(object: &mut Value, name: &str) {
    let moment = object[name].take();
    assert!(is_date(&moment), "{name}: {moment}");
}

#[test]
fn a_pass_tells_how_far_its_devices_were_told() {
    let shop = Shop::shared();
    let (card, _) = shop.card(2);
    let path = format!("{}/push", card.issuer_path());
    let devices = json!({
        "pushed": 0, "waiting": 0, "failing": 0, "givenUp": 0, "queued": 0, "registeredSince": 2,
        "noPushService": 0, "more": false,
    });
    let mut expected = json!({
        "passTypeIdentifier": card.pass_type(), "serialNumber": "S-1", "revision": 1,
        "jobsWaiting": 0, "oldestWaiting": null, "lastRun": null, "deadTokensDropped": 0,
        "devices": devices, "errors": {},
    });
    let answer = shop.get(&path);
    used(&answer, 1, 0);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    expected["revision"] = answer.json()["revision"].clone();
    assert_eq!(answer.json(), expected);

    let revision = card.change(1);
    shop.pushes(card.pass_type(), 2);
    let mut told = shop.progress_with(&card, &json!({ "pushed": 2 }));
    take_moment(&mut told, "lastRun");
    (expected["revision"], expected["devices"]["pushed"]) = (json!(revision), json!(2));
    expected["devices"]["registeredSince"] = json!(0);
    assert_eq!(told, expected);
    assert_eq!(shop.server.phone().register(&card.pass).status(), 201);
    shop.progress_with(&card, &json!({ "pushed": 2, "registeredSince": 1 }));

    let head = send("HEAD", &path, "").expect(200);
    assert_eq!(head.body, b"");
}

#[test]
fn an_unknown_pass_is_404_and_what_cannot_be_one_400() {
    let card = Card::unpublished();
    is_problem(&send("GET", &format!("{}/push", card.issuer_path()), ""), 404);
    is_problem(&send("GET", &format!("/issuer/v1/passes/{}/%00/push", new_type()), ""), 400);
}

#[test]
fn the_overview_tells_of_each_wallet() {
    let shop = Shop::shared();
    let (card, _) = shop.card(1);
    card.change(1);
    shop.pushes(card.pass_type(), 1);
    shop.fence();
    let answer = shop.get(OVERVIEW);
    used(&answer, 1, 0);
    let overview = answer.json();
    assert_eq!(members(&overview), ["clients"]);
    let clients = overview["clients"].as_array().unwrap();
    let called: Vec<_> = clients.iter().map(|client| client["client"].as_str().unwrap()).collect();
    let expected = ["ApplePass", "AndroidPass", "WalletUnionPass", "WalletUnionHMSPass", "TelegramPass", "Passes"];
    assert_eq!(called, expected);
    let mut expected = vec![
        "client", "configured", "problem", "held", "badTokensDeleted", "jobsWaiting", "devicesWaiting", "oldestWaiting",
        "lastRun", "devicesPushed", "deadTokens", "givenUp", "errors",
    ];
    expected.sort_unstable();
    for client in clients {
        assert_eq!(members(client), expected);
    }
    let mut apple = clients[0].clone();
    take_moment(&mut apple, "lastRun");
    assert_eq!((&apple["configured"], &apple["problem"]), (&json!(true), &Value::Null));
    assert!(apple["devicesPushed"].as_u64().unwrap() >= 1, "{apple}");
    for other in &clients[1..] {
        let configured = other["client"] != "TelegramPass";
        assert_eq!((&other["configured"], other["problem"].is_null()), (&json!(configured), configured));
    }
    assert_eq!(send("HEAD", OVERVIEW, "").expect(200).body, b"");
    for secret in [card.pass_type(), card.serial()] {
        assert!(!answer.text().contains(secret), "{answer:#}");
    }
}

#[test]
fn a_trial_tells_what_the_push_service_says() {
    let shop = Shop::shared();
    let pass_type = new_type();
    let answer = send("POST", TRIAL, &json!({ "passTypeIdentifier": pass_type }).to_string()).expect(200);
    let expected = json!({
        "client": "ApplePass", "passTypeIdentifier": pass_type, "accepted": true, "status": 400,
        "reason": "BadDeviceToken",
    });
    assert_eq!(answer.json(), expected);
    let named = json!({ "client": "ApplePass", "passTypeIdentifier": pass_type });
    assert_eq!(send("POST", TRIAL, &named.to_string()).expect(200).json(), expected);
    let tried = shop.pushes_to(NO_DEVICE, 2);
    assert_eq!(tried.iter().filter(|trial| trial.topic.as_ref() == Some(&pass_type)).count(), 2);
    assert!(tried.iter().all(|trial| trial.problems.is_empty()));

    let other = json!({ "client": "TelegramPass", "passTypeIdentifier": pass_type }).to_string();
    is_not_configured(&send("POST", TRIAL, &other), &["PASSHUB_KEY"]);
}

#[test]
fn another_body_of_a_trial_is_400_and_a_long_one_413() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "\"pass.com.example\"",
        r#"{"passTypeIdentifier":1}"#,
        r#"{"passTypeIdentifier":""}"#,
        r#"{"passTypeIdentifier":"a","passTypeIdentifier":"b"}"#,
        r#"{"passTypeIdentifier":"a","client":"ApplePass","client":"ApplePass"}"#,
        r#"{"passTypeIdentifier":"a b"}"#,
        r#"{"passTypeIdentifier":"ü"}"#,
        r#"{"passTypeIdentifier":"a\r\nb: c"}"#,
        r#"{"client":"ApplePass"}"#,
        r#"{"passTypeIdentifier":"a","client":"applepass"}"#,
        r#"{"passTypeIdentifier":"a","client":null}"#,
        r#"{"passTypeIdentifier":"a","pushToken":"b"}"#,
        r#"{"passTypeIdentifier":"a","deleteBadTokens":"true"}"#,
        r#"{"passTypeIdentifier":"a","deleteBadTokens":true,"deleteBadTokens":true}"#,
    ] {
        let answer = send("POST", TRIAL, body);
        assert_eq!(answer.status, 400, "{body}");
        is_refused_early(&answer, 400);
    }
    let long = json!({ "passTypeIdentifier": "x".repeat(5000) }).to_string();
    is_problem(&send("POST", TRIAL, &long), 413);
}

#[test]
fn passes_whose_pushes_fail_are_listed() {
    let shop = Shop::shared();
    let (card, phones) = shop.card(2);
    let other = shop.card_as(card.pass_type(), "S-2", &mut [shop.server.phone()]);
    shop.apns.script(phones[0].push_token(), [Behaviour::refuse("BadPath"), Behaviour::Deliver]);
    card.change(1);
    shop.progress_with(&card, &json!({ "pushed": 1, "failing": 1 }));
    let failing = || {
        let listed = shop.get(&format!("/issuer/v1/passes?passTypeIdentifier={}&push=failing", card.pass_type())).json();
        let passes = listed["passes"].as_array().cloned().unwrap_or_default();
        passes.iter().map(|pass| pass["serialNumber"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(failing(), ["S-1"]);
    other.change(1);
    shop.progress_with(&other, &json!({ "pushed": 1 }));
    assert_eq!(failing(), ["S-1"]);
}
