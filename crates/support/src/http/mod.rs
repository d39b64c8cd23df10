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

use self::stream::Base;
use crate::clock::Stopwatch;
use std::io::{self, BufReader};

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
    let base = Base::parse(base)?;
    let stopwatch = Stopwatch::start();
    let mut stream = base.connect().map(BufReader::new)?;
    let mut answer = client::exchange(&mut stream, &base, method, path, headers, body)?;
    // Tests want to see a body that HTTP forbids. It ends with the connection.
    if client::is_bodiless(method, answer.status) {
        answer.body = client::receive_rest(&mut stream)?;
    }
    Ok(Answer { took: stopwatch.elapsed(), ..answer })
}
