//! What the services of the other wallets have in common: an address, an API key, and HTTP's own statuses.

use super::Service;
use crate::push::{Answer, Request, Verdict, verdict::of_status};
use serde::Serialize;

/// Where a service is, and the key that lets us in.
pub(super) struct Account {
    /// Without a slash at its end.
    pub(super) url: String,
    pub(super) key: String,
}

/// The operator is told these.
pub(super) struct Words {
    /// No key is set.
    pub(super) absent: &'static str,
    /// The key can be none.
    pub(super) wrong_key: &'static str,
    /// The address is none.
    pub(super) wrong_url: &'static str,
}

impl Account {
    /// Takes what the operator set. Without a key there is no service, also where its maker would do without one: push
    /// tokens are not handed to anybody whom the operator did not choose.
    pub(super) fn read(key: Option<&str>, url: Option<&str>, default: &'static str, words: &Words) -> Service<Self> {
        let Some(key) = key.map(str::trim).filter(|key| !key.is_empty()) else {
            return Service::Absent(words.absent);
        };
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Service::Broken(words.wrong_key);
        }
        match address(url, default) {
            Some(url) => Service::Ready(Self { url, key: key.to_owned() }),
            None => Service::Broken(words.wrong_url),
        }
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

/// The address to send to: scheme and host in small letters, without a slash at its end. `None` when the operator's is none, has a
/// user in it, or writes its host in one of the ways that only URL parsers read.
pub(super) fn address(url: Option<&str>, default: &'static str) -> Option<String> {
    let url = url.map_or(default, str::trim).trim_end_matches('/');
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    let is_path = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\');
    let fine = !host.is_empty() && host.bytes().all(is_host) && path.bytes().all(is_path);
    let safe = scheme == "https" || (scheme == "http" && is_this_machine(&host));
    (fine && safe).then(|| format!("{scheme}://{host}{path}"))
}

/// Without TLS keys and push tokens go no further than this machine.
fn is_this_machine(host: &str) -> bool {
    let mut names = ["127.0.0.1", "localhost", "[::1]"].iter();
    names.any(|name| host.strip_prefix(name).is_some_and(|port| port.is_empty() || port.starts_with(':')))
}

/// What the status alone says, where a service's page says nothing else. No status says that a push token is dead.
pub(super) fn verdict(answer: &Answer, now_ms: i64) -> Verdict {
    let (reason, retry_after) = (of_status(answer.status), answer.retry_after(now_ms));
    match answer.status {
        200..=299 => Verdict::Delivered,
        401 | 403 => Verdict::misconfigured(reason, retry_after),
        // The limits of all these services are those of a key, not of a device.
        429 => Verdict::outage(reason, retry_after),
        _ => Verdict::Later { reason, retry_after },
    }
}
