//! What several tests look for in an answer.

use edgepass_support::{http::Answer, phone::Exchange};
use serde_json::Value;
use std::{collections::BTreeSet, time::SystemTime};

/// The parts of an answer that do not differ from request to request.
pub(crate) fn seen(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let varying = ["x-request-id", "server-timing", "date"];
    let headers = answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let headers = headers.filter(|(name, _)| !varying.contains(&name.as_str())).collect();
    (answer.status, headers, answer.text())
}

/// Checks that an answer is a problem document with this status.
#[track_caller]
pub(crate) fn is_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer:#}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:#}");
    let problem = answer.json();
    assert_eq!(problem["type"], "about:blank", "{answer:#}");
    assert_eq!(problem["status"], status, "{answer:#}");
    for member in ["title", "detail"] {
        assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{answer:#}");
    }
}

#[track_caller]
pub(crate) fn is_refused_pass(answer: &Answer) {
    is_problem(answer, 401);
    assert_eq!(answer.header("www-authenticate"), Some("ApplePass"), "{answer:#}");
}

/// Checks how often the request asked the database, and how many rows it wrote.
#[track_caller]
pub(crate) fn used(answer: &Answer, calls: u32, written: u32) {
    let used = answer.database().unwrap_or_else(|| panic!("no Server-Timing: {answer:#}"));
    assert_eq!((used.calls, used.written), (calls, written), "{answer:#}");
}

#[track_caller]
pub(crate) fn calls(answer: &Answer) -> u32 {
    answer.database().unwrap_or_else(|| panic!("no Server-Timing: {answer:#}")).calls
}

/// Checks that a request was refused with this status before the database was asked.
#[track_caller]
pub(crate) fn is_refused_early(answer: &Answer, status: u16) {
    is_problem(answer, status);
    used(answer, 0, 0);
}

#[track_caller]
pub(crate) fn went_well(exchanges: &[Exchange]) {
    for exchange in exchanges {
        assert_eq!((exchange.status(), exchange.complaints()), (200, &[][..]), "{exchange}");
    }
}

/// Reads a member that is an HTTP date.
#[track_caller]
pub(crate) fn date(object: &Value, member: &str) -> SystemTime {
    let text = object[member].as_str().unwrap_or_else(|| panic!("no {member}: {object}"));
    httpdate::parse_http_date(text).unwrap_or_else(|error| panic!("{member}: {error}: {object}"))
}

pub(crate) fn members(object: &Value) -> Vec<&str> {
    object.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// The codes of the defects that an answer lists.
#[track_caller]
pub(crate) fn defects(answer: &Answer, status: u16) -> Vec<String> {
    is_problem(answer, status);
    let codes = codes(answer, "defects");
    assert!(!codes.is_empty(), "{answer:#}");
    codes
}

/// The codes of the `defects` or `warnings` that an answer lists.
#[track_caller]
pub(crate) fn codes(answer: &Answer, member: &str) -> Vec<String> {
    let findings = answer.json()[member].as_array().cloned().unwrap_or_default();
    for finding in &findings {
        assert!(finding["message"].as_str().is_some_and(|message| message.len() > 10), "{answer:#}");
    }
    let codes: BTreeSet<_> = findings.iter().filter_map(|finding| finding["code"].as_str()).collect();
    codes.into_iter().map(str::to_owned).collect()
}

/// Checks that an answer is a problem document with this status and with exactly one defect, of this code.
#[track_caller]
pub(crate) fn is_defect(answer: &Answer, status: u16, code: &str) {
    assert_eq!(defects(answer, status), [code], "{answer:#}");
}

/// Checks that an answer is a problem document with this status, whose detail has these words.
#[track_caller]
pub(crate) fn is_problem_about(answer: &Answer, status: u16, words: &[&str]) {
    is_problem(answer, status);
    let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
    for word in words {
        assert!(detail.contains(word), "{word} is not in {answer:#}");
    }
}

/// Checks that an answer tells the operator what to do, and does not ask the client to try again.
#[track_caller]
pub(crate) fn is_not_configured(answer: &Answer, words: &[&str]) {
    is_problem_about(answer, 503, words);
    assert_eq!(answer.json()["title"], "Not Configured");
    assert_eq!(answer.header("retry-after"), None, "{answer:#}");
}
