//! Why a pass does not update, seen from outside: from its file, and from what its web service answers.
//!
//! It works with any file and any server. It sends what a phone sends, and registers a made-up device only if told to.

mod file;
mod finding;
mod network;
mod service;

pub use self::finding::{Finding, State};

use pkpass::signature::Trust;

/// What to examine a pass with.
#[derive(Debug)]
pub struct Options {
    /// Whom its certificates must lead to.
    pub trust: Trust,
    /// Unix seconds.
    pub now: i64,
    /// Where the service is, instead of the pass's `webServiceURL`, to which alone phones go.
    pub url: Option<String>,
    /// Whether to register a made-up device, and to end the registration.
    pub register: bool,
}

/// Examines a pass file and its web service. The findings are in the order in which an issuer would mend what is wrong.
pub fn examine(pass: &[u8], options: &Options) -> Vec<Finding> {
    let mut findings = file::examine(pass, options);
    let Some(keys) = file::Keys::read(pass, options.url.as_deref()) else { return findings };
    match network::examine(&keys.url) {
        Ok(found) => {
            findings.extend(found);
            findings.extend(service::examine(pass, &keys, options.register));
        }
        Err(problem) => findings.push(problem),
    }
    findings
}

/// Whether a finding is a problem.
pub fn has_problem(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.state == State::Problem)
}
