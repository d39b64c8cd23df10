//! Bindings that change while an isolate lives: a deployment of nothing else may go on with the isolates there are.

use edgepass_support::{
    http::Body,
    server::{ISSUER_KEY, Options, Server},
};

#[test]
fn what_is_bound_is_read_again_when_it_changed() {
    let before = [("worker.mjs", include_str!("rebound/worker.mjs"))];
    let server = Server::start(Options { before: &before, ..Options::default() });
    let status = |bound: Option<&str>, presented: &str| {
        let authorization = format!("Bearer {presented}");
        let mut headers = vec![("Authorization", &*authorization)];
        headers.extend(bound.map(|key| ("X-Issuer-Key", key)));
        server.request("GET", "/issuer/v1/passes", &headers, Body::Empty).status
    };
    let new_key = "a new key of 24 characters";
    for _ in 0..2 {
        assert_eq!(status(None, ISSUER_KEY), 200);
        assert_eq!(status(None, new_key), 401);
        assert_eq!(status(Some(new_key), new_key), 200);
        assert_eq!(status(Some(new_key), ISSUER_KEY), 401, "the key that was replaced");
    }
}
