//! Failures in a row: is the service out of order, or do a pass's push tokens fail?
//!
//! Whoever holds a pass chooses the push tokens that it registers, and with them the failures: a token that Apple never issued
//! may get 404, 500 or no answer. So such failures alone say nothing of the service. A probe with a token of nobody does.

use super::Target;
use std::collections::BTreeMap;

/// Failures in a row, none of which need be the phone's own, after which the service or the pass is in doubt: to ask on would
/// only make each phone wait longer. So many by chance are unlikely even if every third push fails.
const IN_DOUBT: usize = 10;

/// Pass type and serial number.
type Pass = (String, String);

/// Pushes that failed in a row up to now, so that it may be the service's doing.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    /// Of all phones: how many, and the pass type of the last.
    failures: usize,
    pass_type: String,
    /// By pass: how many, and when its phones are tried again (unix milliseconds).
    by_pass: BTreeMap<Pass, (usize, i64)>,
}

impl Doubt {
    /// A push failed; its phone is tried again at `due`.
    pub(super) fn add(&mut self, pass: Pass, due: i64) {
        self.failures = self.failures.saturating_add(1);
        self.pass_type.clone_from(&pass.0);
        let (failures, until) = self.by_pass.entry(pass).or_default();
        *failures = failures.saturating_add(1);
        *until = (*until).max(due);
    }

    /// The service answered something about this pass's phone: it works. What was under way does not settle a doubt that calls for a
    /// probe already.
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

    /// Until when the other phones of this pass wait, in unix milliseconds: so many in a row failed that the rest would, too.
    pub(super) fn waits_until(&self, target: &Target) -> Option<i64> {
        let (failures, until) = self.by_pass.get(&target.pass())?;
        (*failures >= IN_DOUBT).then_some(*until)
    }
}
