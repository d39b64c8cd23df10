//! Answers that are known beforehand: what the client reads of them, and what a phone thinks of them.

use edgepass_support::{
    http::{self, Body},
    pass::{Pass, PassBuilder},
    phone::{Exchange, Phone},
};
use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

const PASS_TYPE: &str = "pass.com.example.coffee";

/// A server that gives these answers, each to one connection, and returns what it was asked.
struct Canned {
    base: String,
    asked: thread::JoinHandle<Vec<String>>,
}

fn canned(answers: &[Vec<u8>]) -> Canned {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let answers = answers.to_vec();
    let asked = thread::spawn(move || {
        let serve = |answer: &Vec<u8>| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            // Requests here are small, and none has a body that ends other than in one of these ways.
            while ![&b"\r\n\r\n"[..], b"}"].iter().any(|end| request.ends_with(end)) {
                let mut chunk = [0; 4096];
                let length = stream.read(&mut chunk).unwrap();
                assert_ne!(length, 0, "the request ended early");
                request.extend_from_slice(&chunk[..length]);
            }
            stream.write_all(answer).unwrap();
            String::from_utf8(request).unwrap()
        };
        answers.iter().map(serve).collect()
    });
    Canned { base, asked }
}

fn answer(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    [format!("HTTP/1.1 {}\r\n\r\n", head.replace('\n', "\r\n")).as_bytes(), body.as_ref()].concat()
}

fn json(body: &str) -> Vec<u8> {
    answer(&format!("200 OK\nContent-Type: application/json\nContent-Length: {}", body.len()), body)
}

fn pkpass(file: &[u8], date: &str) -> Vec<u8> {
    let length = file.len();
    let head = "200 OK\nContent-Type: application/vnd.apple.pkpass";
    answer(&format!("{head}\nContent-Length: {length}\nLast-Modified: {date}"), file)
}

/// A phone that has registered for a pass, and the complaints about what it does next.
fn complaints(answers: &[Vec<u8>], act: impl FnOnce(&mut Phone, &Pass) -> Vec<Exchange>) -> Vec<String> {
    let pass = card().pass();
    let server = canned(&[&[answer("201 Created\nContent-Length: 0", "")], answers].concat());
    let mut phone = Phone::new(&server.base);
    assert_eq!(phone.register(&pass).complaints(), [""; 0]);
    let exchanges = act(&mut phone, &pass);
    server.asked.join().unwrap();
    exchanges.iter().flat_map(Exchange::complaints).cloned().collect()
}

fn card() -> PassBuilder {
    PassBuilder::new(PASS_TYPE, "S-1")
}

#[test]
fn a_request_goes_out_as_written() {
    let server = canned(&[answer("200 OK", "until the end")]);
    let base = format!("{}/prefix/", server.base);
    let headers = [("X-Odd", "a  b"), ("Content-Length", "0")];
    let received = http::request(&base, "BREW", "//v1/%zz?a=b+c d", &headers, Body::Empty);
    assert_eq!(received.text(), "until the end");
    let asked = server.asked.join().unwrap().concat();
    assert!(asked.starts_with("BREW /prefix//v1/%zz?a=b+c d HTTP/1.1\r\nHost: 127.0.0.1:"), "{asked}");
    assert!(asked.ends_with("\r\nConnection: close\r\nX-Odd: a  b\r\nContent-Length: 0\r\n\r\n"), "{asked}");
}

#[test]
fn chunks_are_joined_and_interim_answers_skipped() {
    let chunks = "4;x=y\r\nWiki\r\n5\r\npedia\r\n0\r\nTrailer: x\r\n\r\n";
    let bytes = [answer("100 Continue", ""), answer("200 OK\nTransfer-Encoding: chunked", chunks)].concat();
    let received = http::request(&canned(&[bytes]).base, "GET", "/", &[], Body::Empty);
    assert_eq!((received.status, received.text().as_str()), (200, "Wikipedia"));
}

#[test]
fn an_answer_cut_short_is_an_error() {
    let server = canned(&[answer("200 OK\nContent-Length: 10", "short")]);
    assert!(http::send(&server.base, "GET", "/", &[], Body::Empty).is_err());
}

#[test]
fn a_phone_takes_only_the_codes_it_knows() {
    for (head, complaint) in [
        ("204 No Content", "Unexpected response code 204"),
        ("302 Found\nLocation: /\nContent-Length: 0", "Unexpected response code 302"),
        ("401 Unauthorized\nContent-Length: 0", "Authentication failure"),
    ] {
        let found = complaints(&[answer(head, "")], |phone, pass| vec![phone.unregister(pass)]);
        assert_eq!(found, [complaint]);
    }
}

#[test]
fn a_phone_without_an_answer_says_so() {
    let mut phone = Phone::new("http://127.0.0.1:1");
    let exchange = phone.register(&card().pass());
    assert_eq!((exchange.status(), exchange.complaints()), (0, &["Connection error".to_owned()][..]));
}

#[test]
fn a_list_must_have_its_shape() {
    let changed = "Response to 'What changed?' request included 1 serial numbers but";
    for (body, complaint) in [
        ("[]", "Server response was malformed".to_owned()),
        (r#"{"serialNumbers":[1],"lastUpdated":"2"}"#, "Server response was malformed".to_owned()),
        (r#"{"serialNumbers":["S-1"],"lastUpdated":2}"#, "Server response was malformed".to_owned()),
        (r#"{"serialNumbers":["S-1"]}"#, format!("{changed} omitted a lastUpdated tag")),
        (r#"{"serialNumbers":["S-1"],"lastUpdated":"1"}"#, format!("{changed} the lastUpdated tag (1) remained the same.")),
        (r#"{"serialNumbers":["S-2"],"lastUpdated":"2"}"#, "Update requested for unregistered serial number S-2".to_owned()),
        (r#"{"serialNumbers":["S-1","S-1"],"lastUpdated":"2"}"#, "Serial number S-1 was listed twice".to_owned()),
    ] {
        let found = complaints(&[json(body)], |phone, _| vec![phone.list_since(PASS_TYPE, Some("1"))]);
        assert_eq!(found, [complaint], "{body}");
    }
    let found = complaints(&[answer("204 No Content", "x")], |phone, _| vec![phone.list(PASS_TYPE)]);
    assert_eq!(found, ["The answer 204 No Content to GET carried 1 bytes"]);
}

#[test]
fn a_pass_must_be_one_and_the_right_one() {
    let other = PassBuilder::new(PASS_TYPE, "S-2").build();
    for (bytes, complaint) in [
        (pkpass(b"PK", "then"), "Received invalid pass data"),
        (pkpass(&card().tamper("icon.png", *b"x").build(), "then"), "Received invalid pass data"),
        (pkpass(&other, "then"), "Requested serial number S-1, received serial number S-2"),
        (
            pkpass(&card().token("another-token-than-before").build(), "then"),
            "The authentication token of serial number 'S-1' changed",
        ),
    ] {
        assert_eq!(complaints(&[bytes], |phone, pass| vec![phone.fetch(pass)]), [complaint]);
    }
}

#[test]
fn a_pass_comes_with_type_length_and_date() {
    // One file: another one is signed at another time, and may have another length.
    let file = card().build();
    let length = file.len();
    let found = complaints(&[answer("200 OK", file)], |phone, pass| vec![phone.fetch(pass)]);
    assert_eq!(
        found,
        [
            format!("Server announced no length for {length} bytes"),
            "Server sent no content type instead of application/vnd.apple.pkpass".to_owned(),
            "Server returned the pass data for serial number 'S-1' but did not provide a 'last-modified' header".to_owned(),
        ]
    );
}

#[test]
fn an_unchanged_pass_is_not_sent_again() {
    let file = card().build();
    let twice = [pkpass(&file, "some day"), pkpass(&file, "some day")];
    let found = complaints(&twice, |phone, pass| vec![phone.fetch(pass), phone.fetch_conditionally(pass)]);
    assert_eq!(
        found,
        ["Server ignored the 'if-modified-since' header (some day) and returned the full unchanged pass data for \
          serial number 'S-1'"]
    );
}

#[test]
fn an_unchanged_pass_is_not_listed() {
    let list = |tag| json(&format!(r#"{{"serialNumbers":["S-1"],"lastUpdated":"{tag}"}}"#));
    let unchanged = answer("304 Not Modified", "");
    let answers = [list(1), pkpass(&card().build(), "some day"), list(2), unchanged, answer("204 No Content", "")];
    let found = complaints(&answers, |phone, _| {
        let updates = [phone.update(PASS_TYPE), phone.update(PASS_TYPE), phone.update(PASS_TYPE)];
        assert_eq!(updates.each_ref().map(Vec::len), [2, 2, 1]);
        updates.concat()
    });
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], "Server requested update to serial number 'S-1', but the pass was unchanged");
    assert!(found[1].starts_with("Device received spurious push. Request for passesUpdatedSince '2' returned no"));
}

#[test]
fn a_phone_shows_the_change_message_of_a_value_that_changed() {
    let with = |balance: u32| card().field("/storeCard/primaryFields/0/value", balance).build();
    let answers = [with(10), with(11), with(11), with(12)].map(|file| pkpass(&file, "some day"));
    complaints(&answers, |phone, pass| {
        let fetches: Vec<_> = (0..4).map(|_| phone.fetch(pass)).collect();
        assert_eq!(phone.lock_screen(), ["You now have 11 cups.", "You now have 12 cups."]);
        fetches
    });
}

#[test]
fn a_phone_asks_as_wallet_does() {
    let created = answer("201 Created\nContent-Length: 0", "");
    let fetched = pkpass(&PassBuilder::new(PASS_TYPE, "A/1 ü").build(), "Mon,  odd date");
    let server = canned(&[created, fetched.clone(), fetched, answer("204 No Content", "")]);
    let mut phone = Phone::new(&server.base).with_device("d1").with_push_token("t1");
    let pass = PassBuilder::new(PASS_TYPE, "A/1 ü").token("the-token-of-the-pass").pass();
    phone.register(&pass);
    phone.fetch(&pass);
    phone.fetch_conditionally(&pass);
    phone.list_since(PASS_TYPE, Some("a+b c"));
    let asked = server.asked.join().unwrap();
    for (request, parts) in asked.iter().zip([
        &["POST /v1/devices/d1/registrations/pass.com.example.coffee/A%2F1%20%C3%BC HTTP", "{\"pushToken\":\"t1\"}"][..],
        &["GET /v1/passes/pass.com.example.coffee/A%2F1%20%C3%BC HTTP", "ApplePass the-token-of-the-pass\r\n"],
        &["\r\nIf-Modified-Since: Mon,  odd date\r\n"],
        &["GET /v1/devices/d1/registrations/pass.com.example.coffee?passesUpdatedSince=a+b%20c HTTP"],
    ]) {
        assert!(parts.iter().all(|part| request.contains(part)), "{request}");
    }
    assert!(!asked[3].contains("Authorization"), "{}", asked[3]);
}
