//! A check and its result.

use serde::Serialize;

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// Nothing is wrong.
    Ok,
    /// Phones do not update the pass because of it.
    Problem,
    /// Some phones may not update the pass because of it, or none soon.
    Warning,
    /// The service cannot tell.
    Unknown,
}

/// A check, with what the service found and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    #[serde(rename = "check")]
    pub(super) name: &'static str,
    pub(super) state: State,
    pub(super) evidence: String,
    pub(super) remedy: Option<String>,
}

impl Check {
    pub(super) fn ok(name: &'static str, evidence: impl Into<String>) -> Self {
        Self { name, state: State::Ok, evidence: evidence.into(), remedy: None }
    }

    pub(super) fn unknown(name: &'static str, evidence: impl Into<String>) -> Self {
        Self { state: State::Unknown, ..Self::ok(name, evidence) }
    }

    pub(super) fn problem(name: &'static str, evidence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Problem, remedy: Some(remedy.into()), ..Self::ok(name, evidence) }
    }

    pub(super) fn warning(name: &'static str, evidence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Warning, remedy: Some(remedy.into()), ..Self::ok(name, evidence) }
    }
}
