//! Requests to the server that all tests share.

use edgepass_support::{
    http::{Answer, Body},
    issuer::Issuer,
    phone::Phone,
    server::Server,
};
use serde_json::Value;

pub(crate) fn issuer() -> Issuer {
    Server::shared().issuer()
}

pub(crate) fn new_phone() -> Phone {
    Server::shared().phone()
}

#[track_caller]
pub(crate) fn send(method: &str, path: &str, headers: &[(&str, &str)], body: Body<'_>) -> Answer {
    Server::shared().request(method, path, headers, body)
}

#[track_caller]
pub(crate) fn ask(method: &str, path: &str) -> Answer {
    send(method, path, &[], Body::Empty)
}

/// Waits for a log line that contains this text.
#[track_caller]
pub(crate) fn logged(server: &Server, text: &str) -> Value {
    let line = server.wait_for_log(text);
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}
