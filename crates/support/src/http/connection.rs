//! A connection for many requests.

use super::{
    Answer, Body, client,
    stream::{Base, Stream},
};
use crate::clock::Stopwatch;
use std::io::{self, BufReader, ErrorKind};

/// Opens a new connection when the service has closed the old one.
pub struct Connection {
    base: String,
    stream: Option<BufReader<Box<dyn Stream>>>,
}

impl Connection {
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned(), stream: None }
    }

    /// Like [`http::send`](super::send), but keeps the connection open if the service does.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Body<'_>) -> io::Result<Answer> {
        let stopwatch = Stopwatch::start();
        let (stream, used) = match self.stream.take() {
            Some(stream) => (stream, true),
            None => (self.open()?, false),
        };
        let mut outcome = self.exchange(stream, method, path, headers, body);
        // The service may close the connection while the next request is being sent.
        if used && outcome.as_ref().is_err_and(is_closed) {
            let stream = self.open()?;
            outcome = self.exchange(stream, method, path, headers, body);
        }
        outcome.map(|answer| Answer { took: stopwatch.elapsed(), ..answer })
    }

    fn open(&self) -> io::Result<BufReader<Box<dyn Stream>>> {
        Base::parse(&self.base)?.connect().map(BufReader::new)
    }

    fn exchange(
        &mut self,
        mut stream: BufReader<Box<dyn Stream>>,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body<'_>,
    ) -> io::Result<Answer> {
        let base = Base::parse(&self.base)?;
        let headers = [&[("Connection", "keep-alive")], headers].concat();
        let answer = client::exchange(&mut stream, &base, method, path, &headers, body)?;
        let closing = |value: &str| value.eq_ignore_ascii_case("close");
        if !answer.header("Connection").is_some_and(closing) {
            self.stream = Some(stream);
        }
        Ok(answer)
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
    )
}
