//! A request of a phone and its answer.

use crate::http::{Answer, DatabaseUse};
use serde_json::Value;
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The name of the request: `register`, `list`, …
    pub title: String,
    pub method: &'static str,
    /// The request's path and query, as sent.
    pub path: String,
    /// `None` if the service could not be reached.
    pub answer: Option<Answer>,
    pub(super) complaints: Vec<String>,
}

impl Exchange {
    /// The answer. Panics if there is none.
    #[track_caller]
    pub fn answer(&self) -> &Answer {
        self.answer.as_ref().unwrap_or_else(|| panic!("no answer to {} {}", self.method, self.path))
    }

    /// The status code, 0 when there was no answer.
    pub fn status(&self) -> u16 {
        self.answer.as_ref().map_or(0, |answer| answer.status)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.answer.as_ref().and_then(|answer| answer.header(name))
    }

    #[track_caller]
    pub fn body(&self) -> &[u8] {
        &self.answer().body
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        self.answer().json()
    }

    /// See [`Answer::database`].
    pub fn database(&self) -> Option<DatabaseUse> {
        self.answer.as_ref().and_then(Answer::database)
    }

    /// What Wallet would report to the service as errors, in Wallet's words if they are known.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// The serial numbers of a list, in its order.
    pub fn serials(&self) -> Vec<String> {
        let list = self.answer.as_ref().and_then(|answer| serde_json::from_slice::<Value>(&answer.body).ok());
        let serials = list.as_ref().and_then(|list| list.get("serialNumbers")).and_then(Value::as_array);
        serials.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The tag of a list.
    pub fn tag(&self) -> Option<String> {
        let list: Value = serde_json::from_slice(&self.answer.as_ref()?.body).ok()?;
        list.get("lastUpdated")?.as_str().map(str::to_owned)
    }

    /// Sets the title.
    pub fn with_title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }
}

/// One line: `POST   register            201 Created           12 ms   rows read 2, written 2`.
impl fmt::Display for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.answer {
            Some(answer) => formatter.write_str(&line(self.method, &self.title, answer)),
            None => write!(formatter, "{:<6} {:<18} no answer", self.method, self.title),
        }
    }
}

/// The line in which an exchange is shown, whoever had it.
pub(super) fn line(method: &str, title: &str, answer: &Answer) -> String {
    let milliseconds = answer.took.as_millis();
    let line = format!("{method:<6} {title:<18} {answer:<20} {milliseconds:>4} ms");
    match answer.database() {
        Some(database) => format!("{line}   rows read {}, written {}", database.read, database.written),
        None => line,
    }
}
