//! When Wallet is not content with an answer, and what it says then.
//!
//! The sentences are those that real phones send to `/v1/log`. Where phones are silent about what the protocol
//! forbids all the same, the words are this crate's.

use crate::{http::Answer, issuer::PKPASS, pass::Pass};
use serde_json::Value;
use std::collections::HashSet;

/// Complaints about the status alone, for tasks that take 200 and perhaps one other.
pub(super) fn about_status(answer: &Answer, accepted: &[u16]) -> Vec<String> {
    match answer.status {
        status if accepted.contains(&status) => Vec::new(),
        401 => vec!["Authentication failure".to_owned()],
        status => vec![format!("Unexpected response code {status}")],
    }
}

/// Complaints about any answer: bodies where none may be, lengths that are not true.
pub(super) fn about_framing(answer: &Answer, method: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let bodiless = method == "HEAD" || matches!(answer.status, 204 | 304);
    if bodiless && !answer.body.is_empty() {
        complaints.push(format!("The answer {answer} to {method} carried {} bytes", answer.body.len()));
    }
    if let Some(coding) = answer.header("Content-Encoding") {
        complaints.push(format!("The answer came in the content coding {coding}, which was not asked for"));
    }
    complaints
}

pub(super) fn about_list(answer: &Answer, asked_with: Option<&str>, registered: &HashSet<String>) -> Vec<String> {
    let mut complaints = about_status(answer, &[200, 204]);
    if answer.status != 200 {
        return complaints;
    }
    let list: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let serials = list.get("serialNumbers").and_then(Value::as_array);
    let serials: Option<Vec<&str>> = serials.and_then(|serials| serials.iter().map(Value::as_str).collect());
    let Some(serials) = serials else {
        return vec!["Server response was malformed".to_owned()];
    };
    let count = serials.len();
    let included = format!("Response to 'What changed?' request included {count} serial numbers but");
    match list.get("lastUpdated") {
        None => complaints.push(format!("{included} omitted a lastUpdated tag")),
        Some(Value::String(tag)) if Some(tag.as_str()) == asked_with => {
            complaints.push(format!("{included} the lastUpdated tag ({tag}) remained the same."));
        }
        Some(Value::String(_)) => {}
        Some(_) => complaints.push("Server response was malformed".to_owned()),
    }
    if serials.is_empty() {
        complaints.push("Server answered 200 without serial numbers, where 204 says that nothing changed".to_owned());
    }
    let mut seen = HashSet::new();
    for serial in serials {
        if !seen.insert(serial) {
            complaints.push(format!("Serial number {serial} was listed twice"));
        } else if !registered.contains(serial) {
            complaints.push(format!("Update requested for unregistered serial number {serial}"));
        }
    }
    complaints.extend(about_type(answer, "application/json"));
    complaints
}

/// What a phone knows when it asks for a pass.
pub(super) struct Wanted<'a> {
    pub(super) pass: &'a Pass,
    /// The version it holds: none, if it has only heard of the pass.
    pub(super) held: Option<&'a Pass>,
    pub(super) condition: Option<&'a str>,
    /// Whether the service has listed the pass as changed.
    pub(super) listed: bool,
    /// What the answer's body is read as.
    pub(super) received: Option<&'a Pass>,
}

impl Wanted<'_> {
    pub(super) fn complaints(&self, answer: &Answer) -> Vec<String> {
        let accepted: &[u16] = if self.condition.is_some() { &[200, 304] } else { &[200] };
        let mut complaints = about_status(answer, accepted);
        match answer.status {
            200 => {
                complaints.extend(self.about_pass());
                complaints.extend(self.about_headers(answer));
            }
            304 if self.listed => complaints.push(self.unchanged()),
            _ => {}
        }
        complaints
    }

    fn about_pass(&self) -> Vec<String> {
        let Some(received) = self.received else {
            return vec!["Received invalid pass data".to_owned()];
        };
        let serial = &self.pass.serial;
        if received.serial != *serial {
            return vec![format!("Requested serial number {serial}, received serial number {}", received.serial)];
        }
        if received.pass_type != self.pass.pass_type {
            return vec!["Received invalid pass data".to_owned()];
        }
        let mut complaints = Vec::new();
        if received.token != self.pass.token {
            complaints.push(format!("The authentication token of serial number '{serial}' changed"));
        }
        if self.held.is_some_and(|held| held.manifest == received.manifest) {
            if let Some(condition) = self.condition {
                complaints.push(format!(
                    "Server ignored the 'if-modified-since' header ({condition}) and returned the full unchanged pass \
                     data for serial number '{serial}'"
                ));
            } else if self.listed {
                complaints.push(self.unchanged());
            }
        }
        complaints
    }

    fn about_headers(&self, answer: &Answer) -> Vec<String> {
        let mut complaints: Vec<_> = about_length(answer).into_iter().chain(about_type(answer, PKPASS)).collect();
        if answer.header("Last-Modified").is_none() {
            let serial = &self.pass.serial;
            complaints.push(format!(
                "Server returned the pass data for serial number '{serial}' but did not provide a 'last-modified' header"
            ));
        }
        complaints
    }

    fn unchanged(&self) -> String {
        format!("Server requested update to serial number '{}', but the pass was unchanged", self.pass.serial)
    }
}

fn about_type(answer: &Answer, expected: &str) -> Option<String> {
    let given = answer.header("Content-Type").unwrap_or("no content type");
    let essence = given.split(';').next().unwrap_or_default().trim();
    (!essence.eq_ignore_ascii_case(expected)).then(|| format!("Server sent {given} instead of {expected}"))
}

fn about_length(answer: &Answer) -> Option<String> {
    let length = answer.header("Content-Length");
    let exact = length.and_then(|length| length.parse().ok()) == Some(answer.body.len());
    (!exact).then(|| format!("Server announced {} for {} bytes", length.unwrap_or("no length"), answer.body.len()))
}
