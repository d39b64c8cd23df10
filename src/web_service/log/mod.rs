//! `POST /v1/log`
//!
//! Apple, "Log a Message": 200. The answer is 200 for every body, and also when the lines cannot be stored, because phones send
//! the lines again after any other answer. Anyone may send anything here. So a line has no other effect, and the stored data is
//! bounded: a counter per day, pass type and kind, with one redacted sample.

mod line;
mod redact;

use line::{Kind, Line};

use crate::storage::{Batch, sql::web_service::log as sql};
use pkpass::json;
use serde_json::Value;
use std::collections::BTreeMap;

/// The most bytes a body may have.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// The most lines of one body that are counted. Phones send 50.
const MOST_LINES: usize = 200;

/// How many characters of a line are read.
const LONGEST_LINE: usize = 2000;

const SECONDS_A_DAY: i64 = 86_400;

/// Lines that a device reported.
#[derive(Debug, Clone)]
pub struct Log {
    day: i64,
    entries: String,
}

impl Log {
    /// Reads a body. `None` when it has no line.
    #[must_use]
    pub fn parse(body: &[u8], now: i64) -> Option<Self> {
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
        let entries: Vec<_> =
            counters.into_iter().map(|((kind, pass_type), (count, sample))| (kind.name(), pass_type, count, sample)).collect();
        let entries = serde_json::to_string(&entries).ok()?;
        Some(Self { day: now.div_euclid(SECONDS_A_DAY), entries })
    }

    /// The batch that counts the lines. Not repeatable, as it would count them twice. A counter may miss some lines.
    #[must_use]
    pub fn batch(&self) -> Batch<'_> {
        Batch::once(vec![sql::Count { day: self.day, entries: &self.entries }.query()])
    }
}

/// The lines of Apple's `LogEntries` object, `{"logs":["…"]}`. Some wallets send `{"description":"…"}` or a bare array.
fn lines(body: &[u8]) -> Vec<String> {
    match std::str::from_utf8(body).ok().and_then(json::parse) {
        Some(Value::Object(mut entries)) => match (entries.remove("logs"), entries.remove("description")) {
            (Some(Value::String(line)), _) | (None, Some(Value::String(line))) => vec![line],
            (Some(Value::Array(lines)), _) => texts(&lines),
            _ => Vec::new(),
        },
        Some(Value::Array(lines)) => texts(&lines),
        _ => Vec::new(),
    }
}

fn texts(lines: &[Value]) -> Vec<String> {
    lines.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
