//! `POST /v1/log`

use crate::util::{is_refused_early, new_phone, send, used};
use edgepass_support::http::{Answer, Body};
use serde_json::json;

const LIMIT: usize = 64 * 1024;

#[track_caller]
fn send_log(body: Body<'_>) -> Answer {
    send("POST", "/v1/log", &[], body)
}

#[test]
fn lines_of_a_phone_are_200_without_a_body() {
    let exchange = new_phone().log(&["[2016-08-28 11:57:01 -0400] Get pass task: Connection error"]);
    assert_eq!(exchange.status(), 200);
    assert_eq!(exchange.complaints(), [""; 0]);
    assert_eq!(exchange.body(), b"");
    used(exchange.answer(), 1, 1);
}

#[test]
fn any_body_is_200() {
    let deep = "[".repeat(LIMIT);
    let bodies: [&[u8]; 19] = [
        b"",
        b" ",
        b"garbage",
        b"\x00\xFF\xFE\x80",
        b"null",
        b"17",
        b"\"a line\"",
        b"{}",
        b"[]",
        b"[\"a bare array\", 17, null, [\"x\"]]",
        b"{\"logs\":[]}",
        b"{\"logs\":null}",
        b"{\"logs\":\"a line\"}",
        b"{\"logs\":[1,null,{},[\"x\"]]}",
        b"{\"logs\":[\"\\u0000\\ud83d\\ude00'; DROP TABLE passes; --\"]}",
        b"{\"description\":\"a line\"}",
        b"{\"description\":[1]}",
        b"{\"logs\":[\"cut off",
        deep.as_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(body.get(..80).unwrap_or(body)).into_owned();
        assert_eq!(send_log(Body::Bytes(body)).status, 200, "{shown}");
        assert_eq!(send_log(Body::Chunked(body)).status, 200, "{shown}");
    }
    assert_eq!(send_log(Body::Empty).status, 200);
}

#[test]
fn no_credentials_or_content_type_are_asked_for_and_wrong_ones_do_no_harm() {
    let body = Body::Bytes(b"{\"logs\":[\"x\"]}");
    for headers in [
        &[][..],
        &[("Authorization", "ApplePass wrong")],
        &[("Content-Type", "text/plain")],
        &[("Content-Type", "application/json"), ("Authorization", "Bearer x")],
    ] {
        send("POST", "/v1/log", headers, body).expect(200);
    }
}

#[test]
fn a_body_of_64_kib_is_taken_and_a_larger_one_is_413_however_it_is_sent() {
    for (length, expected) in [(LIMIT, 200), (LIMIT + 1, 413), (4 * LIMIT, 413)] {
        let mut body = json!({ "logs": ["Register task … encountered error: Connection error"] }).to_string();
        body.extend(std::iter::repeat_n(' ', length - body.len()));
        for body in [Body::Bytes(body.as_bytes()), Body::Chunked(body.as_bytes())] {
            let answer = send_log(body);
            assert_eq!(answer.status, expected, "{length}");
            if expected == 413 {
                is_refused_early(&answer, 413);
            }
        }
    }
}

#[test]
fn it_asks_the_database_at_most_once_and_writes_few_rows_whatever_is_sent() {
    used(&send_log(Body::Bytes(b"garbage")), 0, 0);
    used(&send_log(Body::Empty), 0, 0);
    let lines: Vec<_> = (0..1000).map(|line| format!("error {line}")).collect();
    used(&send_log(Body::Bytes(json!({ "logs": lines }).to_string().as_bytes())), 1, 1);
    let line = |number| format!("Web service error for pass.com.unknown{number} (https://x): {}", "x".repeat(200));
    let lines: Vec<_> = (0..100).map(line).collect();
    used(&send_log(Body::Bytes(json!({ "logs": lines }).to_string().as_bytes())), 1, 1);
}
