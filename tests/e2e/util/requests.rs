//! Requests to the server that all tests share.

use edgepass_support::{
    http::{Answer, Body},
    issuer::Issuer,
    phone::Phone,
    server::Server,
};

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
