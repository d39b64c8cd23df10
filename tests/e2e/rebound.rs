//! Bindings that change while an isolate lives: a deployment of nothing else may go on with the isolates there are.

use edgepass_support::{
    http::Body,
    server::{ISSUER_KEY, Options, Server},
};
use std::sync::LazyLock;

/// A module before the Worker that takes other bindings from `X-Bindings`.
pub(crate) const BEFORE: [(&str, &str); 1] = [("worker.mjs", include_str!("rebound/worker.mjs"))];

/// A Worker to which a request tells in `X-Bindings`, a JSON object, what is bound otherwise for it, and what is not.
pub(crate) fn rebound() -> &'static Server {
    static REBOUND: LazyLock<Server> = LazyLock::new(|| Server::start(Options { before: &BEFORE, ..Options::default() }));
    &REBOUND
}

#[test]
fn what_is_bound_is_read_again_when_it_changed() {
    let status = |bound: Option<&str>, presented: &str| {
        let authorization = format!("Bearer {presented}");
        let bindings = bound.map(|key| format!("{{\"ISSUER_KEY\":\"{key}\"}}"));
        let mut headers = vec![("Authorization", &*authorization)];
        headers.extend(bindings.as_deref().map(|bindings| ("X-Bindings", bindings)));
        rebound().request("GET", "/issuer/v1/passes", &headers, Body::Empty).status
    };
    let new_key = "a new key of 24 characters";
    for _ in 0..2 {
        assert_eq!(status(None, ISSUER_KEY), 200);
        assert_eq!(status(None, new_key), 401);
        assert_eq!(status(Some(new_key), new_key), 200);
        assert_eq!(status(Some(new_key), ISSUER_KEY), 401, "the key that was replaced");
    }
    // As a file has it.
    assert_eq!(status(Some(&format!(" {new_key}\\r\\n")), new_key), 200);
}
