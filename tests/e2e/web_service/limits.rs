//! Rate limits: what one pass and one client address may ask for.

use crate::{
    rebound,
    util::{Card, is_problem, new_type, used},
};
use edgepass_support::{
    http::{Answer, Body},
    random,
    server::{Options, Server},
};
use serde_json::json;
use std::sync::LazyLock;

const LIMIT: u32 = 5;

/// The limit of a client counts all its requests, not only registrations.
const CLIENT_LIMIT: u32 = 20;

fn limited() -> &'static Server {
    static LIMITED: LazyLock<Server> = LazyLock::new(|| {
        Server::start(Options {
            limits: &[
                ("REGISTRATION_LIMIT", LIMIT),
                ("CLIENT_LIMIT", CLIENT_LIMIT),
                ("LOG_LIMIT", LIMIT),
                ("HEALTH_LIMIT", LIMIT),
            ],
            before: &rebound::BEFORE,
            without: &["LOG_ALL"],
            ..Options::default()
        })
    });
    &LIMITED
}

/// An address in a network that no other test has.
fn network() -> String {
    format!("2001:db8:{}:{}", random::hex(2), random::hex(1))
}

/// Sends requests until one is refused. If a new minute begins meanwhile, that takes up to twice the limit.
#[track_caller]
fn until_refused(limit: u32, send: impl Fn(usize) -> Answer) {
    for number in 0..=2 * limit as usize {
        let answer = send(number);
        if answer.status == 429 {
            assert!(number >= limit as usize, "refused after {number}");
            is_problem(&answer, 429);
            assert_eq!(answer.header("retry-after"), Some("60"));
            used(&answer, 0, 0);
            return;
        }
        assert!(answer.status < 300 || answer.status == 401, "{answer:#}");
    }
    panic!("nothing was refused");
}

fn send_from(from: &str, method: &str, path: &str, more: &[(&str, &str)]) -> Answer {
    let headers: Vec<_> = [("CF-Connecting-IP", from)].into_iter().chain(more.iter().copied()).collect();
    let body = if method == "POST" { Body::Bytes(b"{\"pushToken\":\"c0ffee\"}") } else { Body::Empty };
    limited().request(method, path, &headers, body)
}

fn list(from: &str, device: &str) -> Answer {
    let path = format!("/v1/devices/{device}/registrations/pass.com.example.coffee");
    limited().request("GET", &path, &[("CF-Connecting-IP", from)], Body::Empty)
}

fn log(from: &str, size: usize) -> Answer {
    let line = format!("{{\"logs\":[\"{}\"]}}", "x".repeat(size));
    limited().request("POST", "/v1/log", &[("CF-Connecting-IP", from)], Body::Bytes(line.as_bytes()))
}

#[test]
fn all_that_a_stranger_can_ask_the_database_is_limited_by_client_address() {
    let (network, other) = (network(), network());
    let registration = "/v1/devices/d/registrations/pass.com.example.coffee/S";
    let requests = [
        ("GET", "/v1/devices/d/registrations/pass.com.example.coffee"),
        ("GET", "/v1/passes/pass.com.example.coffee/S"),
        ("POST", registration),
        ("DELETE", registration),
    ];
    // A subscriber has all addresses of a network, and as many tokens as anyone can make up.
    let send = |from: &str, (method, path): (&str, &str)| {
        let authorization = format!("ApplePass {}", random::hex(16));
        send_from(from, method, path, &[("Authorization", &authorization)])
    };
    until_refused(CLIENT_LIMIT, |number| {
        send(&format!("{network}{:02x}::{number:x}", number % 256), requests[number % requests.len()])
    });
    for request in requests {
        assert_eq!(send(&format!("{network}00::1"), request).status, 429, "{request:?}");
    }
    assert_eq!(list(&format!("{other}00::1"), "d").status, 204);
    assert_eq!(list("192.0.2.1", "d").status, 204);
    // Who is refused is one line a minute.
    let line = limited().wait_for_log("\"status\":429");
    assert!(line.contains("\"calls\":0") && !line.contains("2001:db8"), "{line}");
}

#[test]
fn a_deep_look_at_the_health_is_limited_by_client_address_and_a_shallow_one_is_not() {
    let (network, other) = (network(), network());
    let from = format!("{network}00::1");
    until_refused(LIMIT, |_| send_from(&from, "GET", "/healthz?deep", &[]));
    assert_eq!(send_from(&from, "GET", "/healthz", &[]).status, 200);
    assert_eq!(send_from(&format!("{other}00::1"), "GET", "/healthz?deep", &[]).status, 200);
}

#[test]
fn lines_of_a_log_are_limited_by_client_address() {
    let network = network();
    until_refused(LIMIT, |_| log(&format!("{network}00::1"), 60_000));
    assert_eq!(list(&format!("{network}00::1"), "d").status, 204, "each kind of request has a limit of its own");
}

#[test]
fn registrations_are_limited_by_pass_and_only_for_who_holds_it() {
    let card = Card::new(&new_type(), "S 1").at(limited().issuer());
    let other = Card::new(card.pass_type(), "S 2").at(limited().issuer());
    for card in [&card, &other] {
        card.publish(&card.file()).expect(201);
    }
    let register = |card: &Card, device: &str, token: &str| {
        let authorization = format!("ApplePass {token}");
        let from = format!("{}00::1", network());
        send_from(&from, "POST", &card.registration_path(device), &[("Authorization", &authorization)])
    };
    for _ in 0..2 * LIMIT {
        assert_ne!(register(&card, "d", "a token of somebody else").status, 201);
    }
    until_refused(LIMIT, |number| register(&card, &format!("device-{number}"), &card.pass.token));
    assert_eq!(register(&other, "device-0", &other.pass.token).status, 201);
    let mut phone = limited().phone().with_device("device-0");
    assert_eq!(phone.list(card.pass_type()).serials().len(), 2);
    assert_eq!(phone.fetch(&card.pass).status(), 200);
    assert_eq!(phone.unregister(&card.pass).status(), 200);
}

#[test]
fn a_limit_that_is_not_bound_or_that_fails_refuses_nobody() {
    let from = format!("{}00::1", network());
    // The last one is there and has no function that could be called.
    for limits in [
        json!({ "CLIENT_LIMIT": null, "LOG_LIMIT": null }),
        json!({ "CLIENT_LIMIT": "none", "LOG_LIMIT": "none" }),
        json!({ "CLIENT_LIMIT": {}, "LOG_LIMIT": {} }),
    ] {
        let headers = [("CF-Connecting-IP", from.as_str()), ("X-Bindings", &limits.to_string())];
        for _ in 0..=CLIENT_LIMIT {
            limited().request("GET", "/v1/devices/d/registrations/t", &headers, Body::Empty).expect(204);
            limited().request("POST", "/v1/log", &headers, Body::Bytes(b"[\"x\"]")).expect(200);
        }
    }
}
