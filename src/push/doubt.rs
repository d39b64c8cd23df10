//! Counts failures in a row, to tell a broken service from a pass with bad push tokens.
//!
//! Whoever holds a pass chooses the push tokens that it registers, and so can cause failures: a token that Apple never issued
//! may get 404, 500 or no answer. So these failures alone prove nothing about the service. A probe with a token of no device
//! does.

use super::Target;
use std::collections::BTreeMap;

/// So many failures in a row put the service or the pass in doubt. More pushes would only make each phone wait longer. Chance
/// alone rarely causes so many, even if every third push fails.
const IN_DOUBT: usize = 10;

/// Pass type and serial number.
type Pass = (String, String);

/// Failures in a row that the service may have caused.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    /// The failures of all phones, and the pass type of the last one.
    failures: usize,
    pass_type: String,
    /// By pass: the failures, and when its phones are tried again (unix milliseconds).
    by_pass: BTreeMap<Pass, (usize, i64)>,
}

impl Doubt {
    /// A push failed. Its phone is tried again at `due`.
    pub(super) fn add(&mut self, pass: Pass, due: i64) {
        self.failures = self.failures.saturating_add(1);
        self.pass_type.clone_from(&pass.0);
        let (failures, until) = self.by_pass.entry(pass).or_default();
        *failures = failures.saturating_add(1);
        *until = (*until).max(due);
    }

    /// The service answered about a phone of this pass, so it works. If a probe is due already, it stays due.
    pub(super) fn end(&mut self, pass: &Pass) {
        if self.failures < IN_DOUBT {
            self.failures = 0;
        }
        self.by_pass.remove(pass);
    }

    /// The service was probed.
    pub(super) fn settle(&mut self) {
        self.failures = 0;
    }

    /// The pass type to probe the service with, if it is in doubt.
    pub(super) fn pass_type(&self) -> Option<&str> {
        (self.failures >= IN_DOUBT).then_some(self.pass_type.as_str())
    }

    /// Until when the other phones of this pass wait, in unix milliseconds, if the pass is in doubt.
    pub(super) fn waits_until(&self, target: &Target) -> Option<i64> {
        let (failures, until) = self.by_pass.get(&target.pass())?;
        (*failures >= IN_DOUBT).then_some(*until)
    }
}
