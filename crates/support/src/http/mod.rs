//! HTTP/1.1 as plain as it gets: what is written here is what goes over the wire.
//!
//! Client libraries tidy a request up, or refuse it. A service on the internet is sent `//v1/…`, `%zz`, raw
//! spaces and stranger things, so its tests must be able to. One connection carries one request, but for
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

/// Sends a request and awaits the answer; whatever prevents an answer ends the test.
///
/// `path` goes out byte for byte, behind the path of `base` if that has one. `Host`, `Connection` and the length
/// of the body are added unless given. No redirect is followed and nothing is decompressed.
#[track_caller]
pub fn request(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Body<'_>) -> Answer {
    send(base, method, path, headers, body).unwrap_or_else(|error| panic!("{method} {base}{path}: {error}"))
}

/// Like [`request`], for those who can go on without an answer.
pub fn send(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Body<'_>) -> io::Result<Answer> {
    client::exchange(base, method, path, headers, body)
}
