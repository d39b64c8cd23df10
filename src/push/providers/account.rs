//! What the push services of the other wallets have in common: an address, an API key, and HTTP's own statuses.

use super::{
    Problem::{self, Absent, Broken},
    Settings,
};
use crate::push::{Answer, Request, Verdict, verdict::reason_of_status};
use serde::Serialize;

/// The address of a service, and our key.
pub(super) struct Account {
    /// Without a slash at its end.
    pub(super) url: String,
    pub(super) key: String,
}

/// The messages for the operator.
pub(super) struct Words {
    pub(super) no_key: &'static str,
    pub(super) wrong_key: &'static str,
    pub(super) wrong_url: &'static str,
}

impl Account {
    /// Looks up and parses a key and an address. Without a key the service is not used, even if its maker asks for none: push
    /// tokens go only to services that the operator chose.
    pub(super) fn parse(
        settings: Settings<'_>,
        [key, url]: [&str; 2],
        default: &'static str,
        words: &Words,
    ) -> Result<Self, Problem> {
        let key = settings(key).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).ok_or(Absent(words.no_key))?;
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Broken(words.wrong_key));
        }
        let url = parse_address(settings(url).as_deref(), default).ok_or(Broken(words.wrong_url))?;
        Ok(Self { url, key })
    }

    /// A request with a JSON body.
    pub(super) fn post(&self, path: &str, key: (&'static str, String), body: &impl Serialize) -> Request {
        let json = || "application/json".to_owned();
        Request {
            url: format!("{}{path}", self.url),
            headers: vec![("content-type", json()), ("accept", json()), key],
            body: serde_json::to_string(body).unwrap_or_default(),
        }
    }
}

/// The address of a service: scheme and host in lowercase, without a slash at its end. `None` when the operator's address is no
/// URL, has a user in it, or writes its host in a form that only URL parsers understand.
pub(super) fn parse_address(url: Option<&str>, default: &'static str) -> Option<String> {
    let url = url.map_or(default, str::trim).trim_end_matches('/');
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    let is_path = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\');
    let fine = !host.is_empty() && host.bytes().all(is_host) && path.bytes().all(is_path);
    // Keys and push tokens leave this machine only over TLS.
    let safe = scheme == "https" || (scheme == "http" && is_this_machine(&host));
    (fine && safe).then(|| format!("{scheme}://{host}{path}"))
}

fn is_this_machine(host: &str) -> bool {
    let mut names = ["127.0.0.1", "localhost", "[::1]"].iter();
    names.any(|name| host.strip_prefix(name).is_some_and(|port| port.is_empty() || port.starts_with(':')))
}

/// The meaning of a status, for services that document no other. No status means that a push token is dead.
pub(super) fn verdict(answer: &Answer, now_ms: i64) -> Verdict {
    let (reason, retry_after) = (reason_of_status(answer.status), answer.retry_after(now_ms));
    match answer.status {
        200..=299 => Verdict::Delivered,
        401 | 403 => Verdict::misconfigured(reason, retry_after),
        // All these services limit a key, not a device.
        429 => Verdict::outage(reason, retry_after),
        _ => Verdict::Later { reason, retry_after },
    }
}
