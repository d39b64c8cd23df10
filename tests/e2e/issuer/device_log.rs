//! `GET /issuer/v1/device-log?days=`

use crate::util::{Card, is_problem, issuer, new_type, send, used};
use edgepass_support::http::{Answer, Body};
use serde_json::{Value, json};

fn get(query: &str) -> Answer {
    issuer().send("GET", &format!("/issuer/v1/device-log{query}"), &[], Body::Empty)
}

/// The counters of a pass type: kind, count and sample.
fn counters(pass_type: &str) -> Vec<(String, u64, String)> {
    let answer = get("").expect(200);
    used(&answer, 1, 0);
    let log = answer.json();
    let entries = log["entries"].as_array().cloned().unwrap_or_default();
    let text = |entry: &Value, member: &str| entry[member].as_str().unwrap_or_default().to_owned();
    let of_type = entries.iter().filter(|entry| entry["passTypeIdentifier"] == pass_type);
    of_type.map(|entry| (text(entry, "kind"), entry["count"].as_u64().unwrap_or_default(), text(entry, "sample"))).collect()
}

#[track_caller]
fn send_log(body: &Value) {
    send("POST", "/v1/log", &[], Body::Bytes(body.to_string().as_bytes())).expect(200);
}

fn line(card: &Card, device: &str, text: &str) -> String {
    format!(
        "[2016-08-28 11:57:01 -0400] Register task (for device {device}, pass type {}, serial number {}; \
         with web service url https://passes.example.com) encountered error: {text}",
        card.pass_type(),
        card.serial()
    )
}

#[test]
fn what_phones_report_is_counted_by_kind() {
    let card = Card::published();
    let texts = [
        ("authentication-failure", "Authentication failure"),
        ("unexpected-response-code", "Unexpected response code 500"),
        ("connection-error", "Connection error"),
        ("malformed-response", "Server response was malformed"),
        ("invalid-pass-data", "Received invalid pass data"),
        ("wrong-serial-number", "Requested serial number X, received serial number Y"),
        ("unchanged-pass", "Server requested update to serial number 'X', but the pass was unchanged"),
        (
            "ignored-if-modified-since",
            "Server ignored the 'if-modified-since' header (Mon, 08 Jul 2024 08:22:35 GMT) and returned the full unchanged pass data for serial number 'X'",
        ),
        (
            "missing-last-modified",
            "Server returned the pass data for serial number 'X' but did not provide a 'last-modified' header",
        ),
        ("unregistered-serial-number", "Update requested for unregistered serial number X"),
        ("missing-update-tag", "Response to 'What changed?' request included 2 serial numbers but omitted a lastUpdated tag"),
        (
            "same-update-tag",
            "Response to 'What changed?' request included 1 serial numbers but the lastUpdated tag (7) remained the same.",
        ),
        (
            "spurious-push",
            "Device received spurious push. Request for passesUpdatedSince '7' returned no serial numbers. (Device = D)",
        ),
        ("other", "Something that nobody has seen before"),
    ];
    for (_, text) in texts {
        send_log(&json!({ "logs": [line(&card, "d", text), line(&card, "e", text)] }));
    }
    let mut expected: Vec<_> = texts.iter().map(|(kind, _)| ((*kind).to_owned(), 2)).collect();
    expected.sort();
    let mut counted: Vec<_> = counters(card.pass_type()).into_iter().map(|(kind, count, _)| (kind, count)).collect();
    counted.sort();
    assert_eq!(counted, expected);
}

#[test]
fn each_form_of_body_is_counted() {
    let card = Card::published();
    let line = line(&card, "d", "Connection error");
    for body in [
        json!({ "logs": [line] }),
        json!([line]),
        json!({ "description": line }),
        json!({ "logs": line }),
        json!({ "logs": [17, line, null] }),
    ] {
        send_log(&body);
    }
    let counted = counters(card.pass_type());
    assert_eq!(counted.len(), 1);
    assert_eq!((counted[0].0.as_str(), counted[0].1), ("connection-error", 5));
}

#[test]
fn web_service_errors_are_counted_for_their_pass_type_too() {
    let card = Card::published();
    let text = "Response to 'What changed?' request included 1 serial numbers but the lastUpdated tag (X) remained the same.";
    let line = format!("[2024-07-08 10:22:35 AM +0200] Web service error for {} (https://x): {text}", card.pass_type());
    send_log(&json!({ "logs": [line] }));
    assert_eq!(counters(card.pass_type())[0].0, "same-update-tag");
}

#[test]
fn samples_are_redacted_and_bounded() {
    let card = Card::published_as(&new_type(), "Jane Doe 4711");
    let device = "8f2d0123456789abcdef0123456789ab";
    let noise = format!("jane@example.com https://example.com/secret 0123456789abcdef \u{7}\u{1b}[31m {}", "x ".repeat(500));
    send_log(&json!({ "logs": [line(&card, device, &format!("Authentication failure {noise}"))] }));
    let counted = counters(card.pass_type());
    let sample = &counted[0].2;
    assert!(sample.contains("Authentication failure"), "{sample}");
    assert!(sample.chars().count() <= 240, "{sample}");
    for secret in [device, "Jane", "4711", "jane@example.com", "secret", "0123456789abcdef", card.pass_type()] {
        assert!(!sample.contains(secret), "{secret} is in {sample}");
    }
    assert!(!sample.chars().any(char::is_control), "{sample:?}");
}

#[test]
fn lines_about_types_that_nobody_published_are_counted_under_none() {
    let card = Card::unpublished();
    send_log(&json!({ "logs": [line(&card, "d", "Connection error")] }));
    assert_eq!(counters(card.pass_type()), []);
    assert!(counters("").iter().any(|(kind, count, _)| kind == "connection-error" && *count > 0));
}

#[test]
fn nothing_is_done_because_of_a_line() {
    let card = Card::published();
    let phone = card.register_phone();
    let before = (card.metadata(), card.registrations());
    send_log(&json!({ "logs": [line(&card, phone.device(), "Authentication failure")] }));
    assert_eq!((card.metadata(), card.registrations()), before);
}

#[test]
fn days_are_1_to_30_and_all_entries_are_of_them() {
    send_log(&json!({ "logs": ["a line of today"] }));
    for days in [1, 7, 30] {
        let log = get(&format!("?days={days}")).expect(200).json();
        let days_found = log["entries"].as_array().unwrap().iter().map(|entry| entry["day"].as_str().unwrap().len());
        assert!(days_found.clone().count() > 0 && days_found.into_iter().all(|length| length == 10));
    }
    for query in ["?days=0", "?days=31", "?days=-1", "?days=x", "?days="] {
        let answer = get(query);
        assert_eq!(answer.status, 400, "{query}");
        is_problem(&answer, 400);
    }
}
