//! Messages to the holder of a pass.

use crate::util::{Made, is_problem_about, loyalty};
use edgepass_support::{http::Answer, phone::Phone, server::Server};
use serde_json::{Value, json};

fn send(made: &Made, text: &str) -> Answer {
    made.issuer.message(&made.pass_type, &made.serial, "", &json!({ "text": text }), &[])
}

#[track_caller]
fn sent(made: &Made, text: &str) -> Value {
    send(made, text).expect(200).json()
}

/// A loyalty card with this many points of its own, and a phone that has it.
#[track_caller]
fn held(points: u32) -> (Made, Phone) {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": points })).expect(201);
    let phone = hold(&made);
    (made, phone)
}

#[track_caller]
fn hold(made: &Made) -> Phone {
    let mut phone = Server::shared().phone();
    let pass = made.pass();
    assert_eq!(phone.register(&pass).status(), 201);
    phone.fetch(&pass);
    phone.list(&made.pass_type);
    phone
}

/// The codes of the warnings.
fn codes(answer: &Value) -> Vec<&str> {
    answer["warnings"].as_array().into_iter().flatten().filter_map(|warning| warning["code"].as_str()).collect()
}

/// The field of the message.
fn field(content: &Value) -> Option<&Value> {
    content["storeCard"]["backFields"].as_array()?.iter().find(|field| field["key"] == "edgepass-message")
}

#[test]
fn a_message_shows_on_the_lock_screen() {
    let (made, mut phone) = held(64);
    let odd = "Half price\non {{Friday}} for all %@";
    for (text, warnings) in [("Free coffee today", ["message_field_new"].as_slice()), (odd, &[])] {
        let answer = sent(&made, text);
        let expected = json!({
            "passTypeIdentifier": made.pass_type, "serialNumber": "S-1", "revision": made.metadata()["revision"],
            "changed": true, "registrations": 1, "lockScreen": [text], "warnings": answer["warnings"],
        });
        assert_eq!((&answer, codes(&answer).as_slice()), (&expected, warnings));
        assert_eq!(phone.update(&made.pass_type).len(), 2);
        assert_eq!(phone.lock_screen().last(), Some(&text));
    }
    assert_eq!(phone.lock_screen().len(), 2);
    let content = made.content();
    assert_eq!(content["storeCard"]["primaryFields"][0]["value"], 64);
    let expected = json!({ "key": "edgepass-message", "label": "", "value": odd, "changeMessage": "%@" });
    assert_eq!(field(&content), Some(&expected));
}

#[test]
fn the_same_text_again_shows_nothing() {
    let (made, mut phone) = held(1);
    sent(&made, "Free coffee");
    phone.update(&made.pass_type);
    let answer = sent(&made, " Free coffee\r\n");
    assert_eq!((&answer["changed"], &answer["lockScreen"]), (&json!(false), &json!([])));
    assert_eq!(codes(&answer), ["message_repeated"]);
    assert_eq!(phone.list(&made.pass_type).status(), 204);
    assert_eq!(phone.lock_screen(), ["Free coffee"]);
}

#[test]
fn a_message_stays_when_the_pass_changes() {
    let (made, mut phone) = held(1);
    sent(&made, "Free coffee");
    made.change(&json!({ "increment": { "points": 1 } })).expect(200);
    made.patch(&json!({ "logoText": "Coffee" })).expect(200);
    assert_eq!(field(&made.content()).unwrap()["value"], "Free coffee");
    sent(&made, "Closed on Monday");
    assert_eq!(made.content()["logoText"], "Coffee");
    assert_eq!(made.content()["storeCard"]["primaryFields"][0]["value"], 2);
    phone.update(&made.pass_type);
    assert_eq!(phone.lock_screen(), ["You have 2 points", "Closed on Monday"]);
}

#[test]
fn what_phones_would_not_show_is_a_warning() {
    let (made, mut phone) = held(1);
    let (fits, long) = ("x".repeat(90), "ü".repeat(91));
    assert_eq!(codes(&sent(&made, &fits)), ["message_field_new"]);
    let answer = sent(&made, &long);
    assert_eq!((codes(&answer), &answer["lockScreen"]), (vec!["message_long"], &json!([long])));

    // The template's value changes with the message.
    let points = loyalty("Points");
    let mut level = points.clone();
    level["secondaryFields"][0]["value"] = json!("Silver");
    level["secondaryFields"][0]["changeMessage"] = json!("You are %@ now");
    made.template.clone().field("storeCard", level).store().expect(200);
    let answer = sent(&made, "Free coffee");
    assert_eq!(codes(&answer), ["message_beside_changes"]);
    assert_eq!(answer["lockScreen"], json!(["You are Silver now", "Free coffee"]));

    assert_eq!(phone.unregister(&made.pass()).status(), 200);
    assert_eq!(codes(&sent(&made, "Come back")), ["not_registered"]);
    let nobody = Made::published();
    assert_eq!(codes(&sent(&nobody, "Hello")), ["never_registered"]);
}

#[test]
fn a_template_may_have_the_field_with_a_place_of_its_own() {
    let made = Made::loyalty();
    let mut fields = loyalty("Points");
    fields["auxiliaryFields"] =
        json!([{ "key": "edgepass-message", "label": "News", "value": "None", "changeMessage": "News: %@" }]);
    made.template.clone().field("storeCard", fields).store().expect(200);
    made.make(&"{}").expect(201);
    let mut phone = hold(&made);
    assert_eq!(sent(&made, "Free coffee")["lockScreen"], json!(["News: Free coffee"]));
    phone.update(&made.pass_type);
    assert_eq!(phone.lock_screen(), ["News: Free coffee"]);
    let content = made.content();
    assert_eq!(content["storeCard"]["auxiliaryFields"][0]["label"], "News");
    assert_eq!(content["storeCard"]["backFields"], Value::Null);
}

#[test]
fn a_pass_that_was_uploaded_gets_the_field_by_a_patch() {
    let made = Made::uploaded();
    let mut phone = hold(&made);
    for text in ["Free coffee", "Half price"] {
        assert_eq!(sent(&made, text)["lockScreen"], json!([text]));
        phone.update(&made.pass_type);
    }
    assert_eq!(phone.lock_screen(), ["Free coffee", "Half price"]);
    assert_eq!(made.content()["storeCard"]["backFields"].as_array().unwrap().len(), 1);
    assert_eq!(made.entry("logo.png"), b"a logo of its own");
    assert_eq!(sent(&made, "Half price")["changed"], false);
}

#[test]
fn a_dry_run_answers_what_would_show_and_stores_nothing() {
    let (made, mut phone) = held(1);
    let before = made.metadata();
    let dry = |text: &str| {
        let body = json!({ "text": text });
        made.issuer.message(&made.pass_type, &made.serial, "?dryRun=true", &body, &[]).expect(200).json()
    };
    let answer = dry("Free coffee");
    assert_eq!((&answer["dryRun"], &answer["valid"], &answer["changed"]), (&json!(true), &json!(true), &json!(true)));
    assert_eq!(answer["lockScreen"], json!(["Free coffee"]));
    assert_eq!(answer["difference"]["fields"][0]["to"], "Free coffee");
    assert_eq!(codes(&dry(&"x".repeat(100))), ["message_long", "message_field_new"]);
    assert_eq!(made.metadata(), before);
    assert_eq!(phone.list(&made.pass_type).status(), 204);

    sent(&made, "Free coffee");
    let again = dry("Free coffee");
    assert_eq!((&again["changed"], codes(&again)), (&json!(false), vec!["message_repeated"]));
}

#[test]
fn only_a_text_is_a_message() {
    let (made, _) = held(1);
    let before = made.metadata();
    let send = |body: &Value| made.issuer.message(&made.pass_type, &made.serial, "", body, &[]);
    for body in [
        json!({}),
        json!([]),
        json!({ "text": 1 }),
        json!({ "text": "" }),
        json!({ "text": " \n" }),
        json!({ "text": "x".repeat(1001) }),
        json!({ "text": "a\tb" }),
        json!({ "text": "a\u{7}b" }),
        json!({ "text": "x", "title": "y" }),
    ] {
        is_problem_about(&send(&body), 400, &["body"]);
    }
    is_problem_about(&made.issuer.message(&made.pass_type, &made.serial, "", &"{", &[]), 400, &["body"]);
    is_problem_about(&send(&json!({ "text": "x".repeat(20_000) })), 413, &[]);
    assert_eq!(made.metadata(), before);
    send(&json!({ "text": "\u{1F600}".repeat(1000) })).expect(200);
}

#[test]
fn only_a_pass_in_service_gets_a_message() {
    let made = Made::loyalty();
    is_problem_about(&send(&made, "x"), 404, &["No such pass"]);
    made.make(&"{}").expect(201);
    let body = json!({ "text": "x" });
    let stale = made.issuer.message(&made.pass_type, &made.serial, "", &body, &[("If-Match", "\"stale\"")]);
    is_problem_about(&stale, 412, &[]);
    let etag = made.etag();
    made.issuer.message(&made.pass_type, &made.serial, "", &body, &[("If-Match", &etag)]).expect(200);
    made.withdraw();
    is_problem_about(&send(&made, "y"), 409, &["withdrawn"]);
    made.make(&"{}").expect(200);
    made.issuer.remove_template(&made.template.name).expect(204);
    is_problem_about(&send(&made, "y"), 409, &["template"]);
}
