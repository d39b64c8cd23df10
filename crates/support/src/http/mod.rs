//! HTTP/1.1, byte for byte as written.
//!
//! HTTP libraries normalise a request, or refuse it. A service on the internet gets `//v1/…`, `%zz`, raw spaces and
//! stranger things, so tests must be able to send them. Each request has its own connection, unless it is sent through
//! a [`Connection`].

mod answer;
mod client;
mod connection;
mod database_use;
mod encode;
mod stream;

use std::io;

pub use self::{
    answer::Answer,
    client::Body,
    connection::Connection,
    database_use::DatabaseUse,
    encode::{query_value, segment},
};

/// Sends a request and waits for the answer. Panics if there is none.
///
/// `path` is sent byte for byte, after the path of `base`. `Host`, `Connection` and the length of the body are added
/// unless given. No redirect is followed and nothing is decompressed.
#[track_caller]
pub fn request(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Body<'_>) -> Answer {
    send(base, method, path, headers, body).unwrap_or_else(|error| panic!("{method} {base}{path}: {error}"))
}

/// Like [`request`], but returns an error if there is no answer.
pub fn send(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Body<'_>) -> io::Result<Answer> {
    client::exchange(base, method, path, headers, body)
}
