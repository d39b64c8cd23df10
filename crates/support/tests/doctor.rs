//! Broken set-ups, each named by the check that finds it. The servers are loopback ones with canned answers.

use edgepass_support::{
    clock,
    doctor::{Finding, Options, State, examine, has_problem},
    pass::{DEFAULT_TEAM, PassBuilder, TestAuthority, Validity},
};
use pkpass::signature::Trust;
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

const PASS_TYPE: &str = "pass.com.example.coffee";

fn builder() -> PassBuilder {
    PassBuilder::new(PASS_TYPE, "S-1")
}

/// A server that answers each request by its first line, and its address.
fn serve(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    // It ends with the test process.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || respond(stream, &*answer));
        }
    });
    base
}

fn respond(mut stream: TcpStream, answer: &dyn Fn(&str) -> Vec<u8>) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk) {
            // Somebody speaks TLS here: this byte begins each of its records.
            Ok(1..) if chunk[0] == 0x16 => return stream.write_all(&status("400 Bad Request")).unwrap(),
            Ok(length @ 1..) => request.extend_from_slice(&chunk[..length]),
            // The connection was only tried out.
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let _ = stream.write_all(&answer(text.lines().next().unwrap_or_default()));
}

fn status(status: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn pkpass(file: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.pkpass\r\nLast-Modified: Mon, 08 Jul 2024 08:22:35 GMT\r\n\
         Content-Length: {}\r\n\r\n",
        file.len()
    );
    [head.as_bytes(), file].concat()
}

/// A server that knows the pass, and answers as it should.
fn good(file: Vec<u8>) -> String {
    serve(move |request| if request.contains("/v1/passes/") { pkpass(&file) } else { status("204 No Content") })
}

/// What the doctor says about a pass at this address. Everybody's certificates are trusted.
fn findings(file: &[u8], url: Option<&str>, register: bool) -> Vec<Finding> {
    let now = i64::try_from(clock::unix_now().as_secs()).unwrap();
    examine(file, &Options { trust: Trust::any(), now, url: url.map(str::to_owned), register })
}

fn problems(findings: &[Finding]) -> Vec<&str> {
    let problems = findings.iter().filter(|finding| finding.state == State::Problem);
    problems.map(|finding| finding.check.as_str()).collect()
}

/// Checks that the doctor names these problems, and says so in the first.
#[track_caller]
fn names(findings: &[Finding], expected: &[&str], words: &str) {
    assert_eq!(problems(findings), expected, "{findings:#?}");
    assert_eq!(has_problem(findings), !expected.is_empty());
    let first = findings.iter().find(|finding| finding.state == State::Problem);
    assert!(first.is_none_or(|first| first.to_string().contains(words)), "{words} is not in {first:?}");
}

#[test]
fn a_good_pass_at_a_good_server_has_no_problem() {
    let file = builder().build();
    let url = good(file.clone());
    let found = findings(&file, Some(&url), false);
    names(&found, &[], "");
    let text = found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for words in ["Wallet takes the file", "accepts connections", "sends this version", "204 to a device"] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let newer = builder().field("/storeCard/primaryFields/0/value", 11).build();
    let found = findings(&file, Some(&good(newer)), false);
    assert!(found.iter().any(|finding| finding.text.contains("another version")), "{found:#?}");
}

#[test]
fn a_media_type_with_a_charset_is_no_problem() {
    let file = builder().build();
    let sent = pkpass(&file);
    let at = sent.windows(6).position(|end| end == b"pkpass").unwrap() + 6;
    let sent = [&sent[..at], b";charset=UTF-8", &sent[at..]].concat();
    let url = serve(move |request| if request.contains("/v1/passes/") { sent.clone() } else { status("204 No Content") });
    names(&findings(&file, Some(&url), false), &[], "");
}

#[test]
fn a_dead_host() {
    let file = builder().web_service_url("https://passes.dead-host.invalid").build();
    let found = findings(&file, None, false);
    names(&found, &["web_service_host", "dns"], "passes.dead-host.invalid");
    assert!(found.iter().any(|finding| finding.text.contains("The host passes.dead-host.invalid is dead")), "{found:#?}");
}

#[test]
fn a_port_that_nobody_listens_to() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    names(&findings(&builder().build(), Some(&format!("http://{closed}")), false), &["connection"], "Nobody answers");
}

#[test]
fn a_server_without_tls_at_an_https_address() {
    let url = good(builder().build()).replace("http://", "https://");
    names(&findings(&builder().build(), Some(&url), false), &["tls"], "does not speak TLS");
}

#[test]
fn a_server_that_refuses_the_token() {
    let url = serve(|request| status(if request.contains("/v1/passes/") { "401 Unauthorized" } else { "204 No Content" }));
    names(&findings(&builder().build(), Some(&url), false), &["token_refused"], "another token");
}

#[test]
fn an_address_that_leads_elsewhere() {
    let moved = "HTTP/1.1 301 Moved Permanently\r\nLocation: https://www.example.com/\r\nContent-Length: 0\r\n\r\n";
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>";
    let answers: [(Vec<u8>, &str); 5] = [
        (status("404 Not Found"), "no web service for passes"),
        (status("403 Forbidden"), "firewall"),
        (status("500 Internal Server Error"), "answers 500"),
        (moved.into(), "redirects (301) to https://www.example.com/"),
        (page.into(), "text/html"),
    ];
    for (answer, words) in answers {
        let url = serve(move |request| if request.contains("/v1/passes/") { answer.clone() } else { status("204 No Content") });
        names(&findings(&builder().build(), Some(&url), false), &["send_pass"], words);
    }
}

#[test]
fn a_server_that_has_no_answer_for_a_device_it_does_not_know() {
    for answer in ["404 Not Found", "401 Unauthorized", "500 Internal Server Error"] {
        let file = builder().build();
        let url = serve(move |request| if request.contains("/v1/passes/") { pkpass(&file) } else { status(answer) });
        names(&findings(&builder().build(), Some(&url), false), &["list_of_unknown_device"], &answer[..3]);
    }
}

#[test]
fn a_server_that_sends_a_damaged_pass() {
    let url = good(builder().tamper("icon.png", *b"x").build());
    names(&findings(&builder().build(), Some(&url), false), &["send_pass"], "phones refuse");
}

#[test]
fn a_registration_that_fails_and_one_that_works() {
    let file = builder().build();
    let url = good(file.clone());
    names(&findings(&file, Some(&url), true), &["register", "unregister"], "A phone would complain");

    let kept = file.clone();
    let url = serve(move |request| match request.split(' ').next() {
        Some("POST") => status("201 Created"),
        Some("DELETE") => status("200 OK"),
        _ if request.contains("/v1/passes/") => pkpass(&kept),
        _ => {
            let list = r#"{"serialNumbers":["S-1"],"lastUpdated":"1"}"#;
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
            format!("{head}\r\nContent-Length: {}\r\n\r\n{list}", list.len()).into_bytes()
        }
    });
    names(&findings(&file, Some(&url), true), &[], "");
}

#[test]
fn files_that_wallet_refuses() {
    let authority = TestAuthority::shared();
    let expired = authority.issue(PASS_TYPE, DEFAULT_TEAM, Validity::past());
    let other = authority.identity("pass.com.example.other", DEFAULT_TEAM);
    let url = good(builder().build());
    for (pass, problem, words) in [
        (builder().identity(expired), "certificate_expired", "expired on"),
        (builder().identity(other), "certificate_pass_type", "pass.com.example.other"),
        (builder().tamper("icon.png", *b"x"), "manifest_mismatch", "icon.png"),
    ] {
        names(&findings(&pass.build(), Some(&url), false), &[problem], words);
    }
    names(&findings(b"garbage", Some(&url), false), &["not_an_archive", "pass_json"], "ZIP");
    let now = i64::try_from(clock::unix_now().as_secs()).unwrap();
    let strict = Options { trust: Trust::apple(), now, url: Some(url), register: false };
    names(&examine(&builder().build(), &strict), &["intermediate_untrusted"], "not issued by an authority");
}

#[test]
fn keys_that_send_phones_nowhere() {
    let url = good(builder().build());
    for (pass, problem, words) in [
        (builder().web_service_url("http://passes.example.com"), "web_service_url", "https://"),
        (builder().web_service_url("https://passes.example.com/v1"), "web_service_url", "must not end in /v1"),
        (builder().web_service_url("https://192.168.178.20"), "web_service_host", "private network"),
        (builder().web_service_url("https://localhost:8787"), "web_service_host", "Phones outside cannot reach it"),
    ] {
        names(&findings(&pass.build(), Some(&url), false), &[problem], words);
    }
    let missing = builder().without_field("authenticationToken").build();
    names(&findings(&missing, Some(&url), false), &["service_keys"], "authenticationToken is missing");
    names(&findings(&builder().without_service().build(), Some(&url), false), &["service_keys"], "neither");
}
