//! What came back.

use super::DatabaseUse;
use serde_json::Value;
use std::{fmt, time::Duration};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub reason: String,
    /// Names as sent, in their order; bytes that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body, without transfer coding; also where HTTP forbids one, as behind a 204.
    pub body: Vec<u8>,
    /// From before the connection was opened to the last byte.
    pub took: Duration,
}

impl Answer {
    /// The value of a header; of its first line, if it has many.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; ends the test when it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {self:#}"))
    }

    /// Ends the test, showing the answer, unless it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected answer: {self:#}");
        self
    }

    /// What the service says the request cost its database, when it runs with `SERVER_TIMING=true`.
    pub fn database(&self) -> Option<DatabaseUse> {
        self.header("Server-Timing").and_then(DatabaseUse::parse)
    }
}

/// The status line, and with `{:#}` all of it.
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
