//! The answer to a request.

use super::DatabaseUse;
use serde_json::Value;
use std::{fmt, time::Duration};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub reason: String,
    /// As sent, in their order. Bytes that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body without transfer coding, even if HTTP forbids one, as after 204.
    pub body: Vec<u8>,
    /// The time from before the connection was opened until the last byte.
    pub took: Duration,
}

impl Answer {
    /// The value of a header field: the first one, if there are many.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON. Panics if it is not JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {self:#}"))
    }

    /// Panics with the answer unless it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected answer: {self:#}");
        self
    }

    /// What the request cost the database. The service tells it when it runs with `SERVER_TIMING=true`.
    pub fn database(&self) -> Option<DatabaseUse> {
        self.header("Server-Timing").and_then(DatabaseUse::parse)
    }
}

/// The status line. With `{:#}` the whole answer.
impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = format!("{} {}", self.status, self.reason);
        formatter.pad(status.trim_end())?;
        if formatter.alternate() {
            for (name, value) in &self.headers {
                write!(formatter, "\n{name}: {value}")?;
            }
            write!(formatter, "\n\n{}", self.text())?;
        }
        Ok(())
    }
}
