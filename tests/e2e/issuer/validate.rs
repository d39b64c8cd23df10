//! `POST /issuer/v1/validate`

use crate::util::{Card, Made, Template, codes, is_problem, is_refused_early, issuer, used};
use edgepass_support::{
    http::{Answer, Body},
    issuer::{PKPASS, ZIP},
    pass::unpack,
};
use serde_json::json;

const JSON: &str = "application/json";

#[track_caller]
fn validate(media_type: &str, file: &[u8]) -> Answer {
    let headers = [("Content-Type", media_type)];
    let answer = issuer().send("POST", "/issuer/v1/validate", &headers, Body::Bytes(file)).expect(200);
    used(&answer, 0, 0);
    assert_eq!(answer.json()["valid"], codes(&answer, "defects").is_empty(), "{answer:#}");
    answer
}

#[test]
fn a_pass_is_checked_like_an_upload_and_not_stored() {
    let card = Card::unpublished();
    let good = validate(PKPASS, &card.file());
    assert_eq!(good.json(), json!({"valid": true, "defects": [], "warnings": []}));
    let doubtful = card.edited(|pass| pass.field("barcodes", json!([{"format": "QR", "message": "S-1"}])));
    let published = card.publish(&doubtful).expect(201);
    let answer = validate(PKPASS, &doubtful);
    assert_eq!(answer.json()["warnings"], published.json()["warnings"]);
    assert_eq!(codes(&answer, "warnings"), ["key_missing", "unknown_value"]);
    let bad = validate(PKPASS, &card.edited(|pass| pass.field("expirationDate", "tomorrow").without_field("description")));
    assert_eq!(codes(&bad, "defects"), ["date_format", "description"]);
    assert_eq!(codes(&validate(PKPASS, b"no pass"), "defects"), ["not_an_archive"]);
}

#[test]
fn a_template_and_a_pass_json_are_checked_too() {
    let template = Template::new();
    assert_eq!(validate(ZIP, &template.zip()).json(), json!({"valid": true, "defects": [], "warnings": []}));
    is_problem(&issuer().template(&template.name), 404);
    assert_eq!(codes(&validate(ZIP, &template.clone().without_field("storeCard").zip()), "defects"), ["style"]);

    let files = unpack(&Card::unpublished().file());
    assert_eq!(validate(JSON, &files["pass.json"]).json()["valid"], true);
    assert_eq!(codes(&validate(JSON, b"{}"), "defects").len(), 7, "every key that Wallet needs");
    assert_eq!(codes(&validate(JSON, b"{"), "defects"), ["pass_json"]);
}

#[test]
fn every_way_in_answers_warnings() {
    let made = Made::ready();
    let template = made.template.clone().field("locations", json!([{ "latitude": 91, "longitude": 0 }]));
    assert_eq!(codes(&template.store().expect(200), "warnings"), ["out_of_range"]);
    assert_eq!(codes(&made.make(&"{}").expect(201), "warnings"), ["out_of_range"]);
    // Nothing changes, and the doubt stays.
    assert_eq!(codes(&made.make(&"{}").expect(200), "warnings"), ["out_of_range"]);
    assert_eq!(codes(&made.patch(&"{}").expect(200), "warnings"), ["out_of_range"]);
    let repeated = json!({ "locations": null, "barcodes": [{ "format": "QR", "message": "1", "messageEncoding": "utf-8" }] });
    assert_eq!(codes(&made.patch(&repeated).expect(200), "warnings"), ["unknown_value"]);
    assert_eq!(codes(&made.patch(&json!({ "barcodes": null })).expect(200), "warnings"), [""; 0]);
}

#[test]
fn other_types_and_large_bodies_are_refused() {
    let send = |media_type, body: &[u8]| {
        issuer().send("POST", "/issuer/v1/validate", &[("Content-Type", media_type)], Body::Bytes(body))
    };
    is_refused_early(&send("text/plain", b"{}"), 415);
    is_refused_early(&send(PKPASS, &vec![0; 5 * 1024 * 1024 + 1]), 413);
}
