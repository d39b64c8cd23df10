//! Rate limits: what one pass and one client address may ask for.

use std::sync::LazyLock;

use edgepass_support::{
    http::{Answer, Body},
    random,
    server::{Options, Server},
};

use crate::{
    card::{Card, new_type},
    compare::{is_problem, used},
    rebound,
};

/// Requests that each limit of the Worker lets in.
const LIMIT: u32 = 5;

fn limited() -> &'static Server {
    static LIMITED: LazyLock<Server> = LazyLock::new(|| {
        Server::start(Options {
            limits: &["REGISTRATION_LIMIT", "LIST_LIMIT", "LOG_LIMIT"].map(|name| (name, LIMIT)),
            before: &rebound::BEFORE,
            without: &["LOG_ALL"],
            ..Options::default()
        })
    });
    &LIMITED
}

/// An address in a network that no other test has.
fn network() -> String {
    format!("2001:db8:{}:{}", random::hex(2), random::hex(2))
}

/// Sends requests until one is refused, which is one after the limit: in the next minute, if a new one begins meanwhile.
#[track_caller]
fn until_refused(send: impl Fn(usize) -> Answer) {
    for number in 0..=2 * LIMIT as usize {
        let answer = send(number);
        if answer.status == 429 {
            assert!(number >= LIMIT as usize, "refused after {number}");
            is_problem(&answer, 429);
            assert_eq!(answer.header("retry-after"), Some("60"));
            used(&answer, 0, 0);
            return;
        }
        assert!(answer.status < 300, "{answer:#}");
    }
    panic!("nothing was refused");
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
fn lists_are_limited_by_client_address_whatever_devices_they_name() {
    let (network, other) = (network(), network());
    // A subscriber has all addresses of a network.
    until_refused(|number| list(&format!("{network}::{}", number + 1), &random::hex(16)));
    assert_eq!(list(&format!("{other}::1"), "d").status, 204);
    assert_eq!(list("192.0.2.1", "d").status, 204);
    // Who is refused is one line a minute.
    let line = limited().wait_for_log("\"status\":429");
    assert!(line.contains("\"calls\":0") && !line.contains("2001:db8"), "{line}");
}

#[test]
fn lines_of_a_log_are_limited_by_client_address() {
    let network = network();
    until_refused(|_| log(&format!("{network}::1"), 60_000));
    assert_eq!(
        list(&format!("{network}::1"), "d").status,
        204,
        "each kind of request has a limit of its own"
    );
}

#[test]
fn registrations_are_limited_by_pass_and_only_for_who_holds_it() {
    let card = Card::new(&new_type(), "S 1").at(limited().issuer());
    let other = Card::new(card.pass_type(), "S 2").at(limited().issuer());
    for card in [&card, &other] {
        card.publish(&card.file()).expect(201);
    }
    let register = |card: &Card, device: &str, token: &str| {
        let (authorization, body) = (format!("ApplePass {token}"), b"{\"pushToken\":\"c0ffee\"}");
        let headers = [("Authorization", authorization.as_str())];
        limited().request("POST", &card.registration_path(device), &headers, Body::Bytes(body))
    };
    for _ in 0..2 * LIMIT {
        assert_ne!(register(&card, "d", "a token of somebody else").status, 201);
    }
    until_refused(|number| register(&card, &format!("device-{number}"), &card.pass.token));
    assert_eq!(register(&other, "device-0", &other.pass.token).status, 201);
    let mut phone = limited().phone().with_device("device-0");
    assert_eq!(phone.list(card.pass_type()).serials().len(), 2);
    assert_eq!(phone.fetch(&card.pass).status(), 200);
    assert_eq!(phone.unregister(&card.pass).status(), 200);
}

#[test]
fn a_limit_that_is_not_bound_limits_nothing() {
    let from = format!("{}::1", network());
    let headers = [
        ("CF-Connecting-IP", from.as_str()),
        ("X-Bindings", "{\"LIST_LIMIT\":null,\"LOG_LIMIT\":\"no limit\"}"),
    ];
    for _ in 0..3 * LIMIT {
        limited().request("GET", "/v1/devices/d/registrations/t", &headers, Body::Empty).expect(204);
        limited().request("POST", "/v1/log", &headers, Body::Bytes(b"[\"x\"]")).expect(200);
    }
}
