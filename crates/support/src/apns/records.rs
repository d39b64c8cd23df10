//! Records of what was received.

use super::{behaviour::Behaviour, problem::Problem, provider_token::Claims};
use hyper::{Version, http::request::Parts};
use std::{
    collections::{BTreeMap, HashMap},
    time::Instant,
};

/// A limit, so that a benchmark ends even if each request has a problem.
const MOST_PROBLEMS: usize = 1000;

#[derive(Debug, Clone)]
pub struct Received {
    /// The push token as it is in the path. Empty for another path.
    pub token: String,
    pub topic: Option<String>,
    pub push_type: Option<String>,
    pub priority: Option<String>,
    /// The claims of its provider token. `None` without a valid one.
    pub claims: Option<Claims>,
    pub problems: Vec<Problem>,
    /// The outcome: `200`, `410 Unregistered`, `reset`. It is decided when the request is received. The answer may
    /// come later, or never if the client closes the connection.
    pub outcome: String,
    pub raw: Raw,
}

impl Received {
    pub(super) fn new(raw: Raw, token: &str, claims: Option<Claims>, problems: Vec<Problem>, outcome: String) -> Self {
        let header = |name| raw.header(name).map(ToOwned::to_owned);
        Self {
            token: token.to_owned(),
            topic: header("apns-topic"),
            push_type: header("apns-push-type"),
            priority: header("apns-priority"),
            claims,
            problems,
            outcome,
            raw,
        }
    }
}

/// A request as it was received.
#[derive(Debug, Clone)]
pub struct Raw {
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// `HTTP/1.1` or `HTTP/2`.
    pub version: &'static str,
    /// The headers, with their names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// When the whole request was received.
    pub when: Instant,
}

impl Raw {
    pub(super) fn new(request: &Parts, body: &[u8], when: Instant) -> Self {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = request.headers.iter();
        Self {
            method: request.method.to_string(),
            path: request.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            version: if request.version == Version::HTTP_2 { "HTTP/2" } else { "HTTP/1.1" },
            headers: headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
            body: body.to_vec(),
            when,
        }
    }

    /// The value of the first header field of that name. The case does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
pub(super) struct Records {
    pub(super) counting: bool,
    pub(super) count: usize,
    pub(super) requests: Vec<Received>,
    /// Requests to other paths than APNs' own.
    pub(super) others: Vec<Raw>,
    pub(super) outcomes: BTreeMap<String, u64>,
    pub(super) deliveries: HashMap<String, u64>,
    pub(super) problems: Vec<Problem>,
    pub(super) connections: u64,
    pub(super) open: usize,
    pub(super) most_open: usize,
}

impl Records {
    pub(super) fn count(&mut self, token: &str, behaviour: &Behaviour, problems: &[Problem]) {
        self.count += 1;
        *self.outcomes.entry(behaviour.outcome()).or_default() += 1;
        if behaviour.delivers() {
            *self.deliveries.entry(token.to_owned()).or_default() += 1;
        }
        let room = MOST_PROBLEMS.saturating_sub(self.problems.len());
        self.problems.extend(problems.iter().take(room).cloned());
    }

    pub(super) fn keep(&mut self, received: Received) {
        if !self.counting {
            self.requests.push(received);
        }
    }

    pub(super) fn open(&mut self) {
        self.open += 1;
        self.most_open = self.most_open.max(self.open);
    }
}
