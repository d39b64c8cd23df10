//! The issuer's key, of which every route below `/issuer/` asks.

use crate::util::{Card, ask, is_problem, issuer_routes, seen, send, used};
use edgepass_support::{
    http::{Answer, Body},
    random,
    server::ISSUER_KEY,
};

/// One request to each route that needs the issuer key, and to some unknown ones.
fn requests(card: &Card) -> Vec<(&'static str, String)> {
    let routes = issuer_routes(&card.issuer_path());
    let all = routes.iter().flat_map(|route| route.methods().map(|method| (method, route.path.clone())));
    let others = [
        ("POST", card.issuer_path()),
        ("GET", "/issuer/v1/passes?limit=nonsense".to_owned()),
        ("GET", "/issuer/v1/templates/no%20name".to_owned()),
    ];
    all.chain(others).collect()
}

#[track_caller]
fn is_refused_issuer(answer: &Answer, method: &str) {
    assert_eq!(answer.status, 401, "{answer:#}");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    used(answer, 0, 0);
    if method != "HEAD" {
        is_problem(answer, 401);
        assert!(!answer.text().contains(ISSUER_KEY));
    }
}

#[test]
fn without_the_right_key_every_route_is_401_and_asks_no_database() {
    let card = Card::published();
    let before = card.metadata();
    let longer = format!("Bearer {ISSUER_KEY}x");
    let shorter = longer[..longer.len() - 2].to_owned();
    let capitals = format!("Bearer {}", ISSUER_KEY.to_uppercase());
    let of_devices = format!("ApplePass {ISSUER_KEY}");
    let refused = [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some(ISSUER_KEY),
        Some("Bearer wrong"),
        Some("Basic dGVzdC1pc3N1ZXIta2V5"),
        Some(&capitals),
        Some(&longer),
        Some(&shorter),
        Some(&of_devices),
    ];
    for (method, path) in requests(&card) {
        for authorization in refused {
            let headers: Vec<_> = authorization.map(|value| ("Authorization", value)).into_iter().collect();
            is_refused_issuer(&send(method, &path, &headers, Body::Empty), method);
        }
    }
    assert_eq!(card.metadata(), before);
}

#[test]
fn a_pass_s_own_token_is_no_issuer_key_and_the_issuer_key_no_pass_token() {
    let card = Card::published();
    let headers = [("Authorization", &*format!("Bearer {}", card.pass.token))];
    is_refused_issuer(&send("GET", &card.issuer_path(), &headers, Body::Empty), "GET");
    let headers = [("Authorization", &*format!("ApplePass {ISSUER_KEY}"))];
    send("GET", &card.path(), &headers, Body::Empty).expect(401);
}

#[test]
fn a_stranger_cannot_tell_which_passes_exist() {
    let (card, unknown) = (Card::published(), Card::new(&random::hex(8), "S-1"));
    let ask = |card: &Card| ask("GET", &card.issuer_path());
    assert_eq!(seen(&ask(&card)), seen(&ask(&unknown)));
}

#[test]
fn the_scheme_is_matched_without_regard_to_case() {
    let card = Card::published();
    for scheme in ["bearer", "BEARER"] {
        let headers = [("Authorization", &*format!("{scheme} {ISSUER_KEY}"))];
        send("GET", &card.issuer_path(), &headers, Body::Empty).expect(200);
    }
}
