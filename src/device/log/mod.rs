//! `POST /v1/log`
//!
//! Apple, "Log a Message": 200. Anyone may send anything here, so the answer is 200 whatever the body holds, nothing is
//! done because of a line, and what is kept is bounded: a counter per day, pass type and kind, with one redacted sample.

mod line;
mod redact;

pub use line::{Kind, Line};

use crate::{
    endpoint::Endpoint,
    http::Reply,
    store::{Batch, Rows, Unreadable, sql::device::log::Count},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The most bytes a body may have.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The most lines of one body that are counted. Phones send 50.
const MOST_LINES: usize = 200;

/// The longest line, in characters, that is looked at.
const LONGEST_LINE: usize = 2000;

const SECONDS_A_DAY: i64 = 86_400;

/// Lines that a device reported.
#[derive(Debug, Clone)]
pub struct Log {
    day: i64,
    entries: String,
}

impl Log {
    /// Reads a body. `None` when it has no line that could be counted: answer 200 and ask nothing.
    #[must_use]
    pub fn read(body: &[u8], now: i64) -> Option<Self> {
        let mut counters: BTreeMap<(Kind, String), (u32, String)> = BTreeMap::new();
        for text in lines(body).iter().take(MOST_LINES) {
            let line = Line::parse(&text.chars().take(LONGEST_LINE).collect::<String>());
            let sample = redact::sample(&line);
            let counter = counters.entry((line.kind, line.pass_type.unwrap_or_default())).or_default();
            *counter = (counter.0.saturating_add(1), sample);
        }
        if counters.is_empty() {
            return None;
        }
        let entries: Vec<Value> = counters
            .into_iter()
            .map(|((kind, pass_type), (count, sample))| json!([kind.name(), pass_type, count, sample]))
            .collect();
        Some(Self { day: now.div_euclid(SECONDS_A_DAY), entries: Value::from(entries).to_string() })
    }
}

/// The lines of Apple's `LogEntries` object, `{"logs":["…"]}`; also of `{"description":"…"}` and of a bare array, which
/// clients send as well.
fn lines(body: &[u8]) -> Vec<String> {
    let strings = |values: Vec<Value>| {
        values.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    match serde_json::from_slice(body) {
        Ok(Value::Array(lines)) => strings(lines),
        Ok(Value::Object(mut object)) => match (object.remove("logs"), object.remove("description")) {
            (Some(Value::Array(lines)), _) => strings(lines),
            (Some(line @ Value::String(_)), _) | (None, Some(line)) => strings(vec![line]),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

impl Endpoint for Log {
    /// Not repeatable: a lost answer must not count twice. A counter that misses some lines is no harm.
    fn ask(&self) -> Batch<'_> {
        Batch::once(vec![Count { day: self.day, entries: &self.entries }.query()])
    }

    fn answer(&self, _: &Rows) -> Result<Reply, Unreadable> {
        Ok(Reply::empty(200))
    }
}
