//! Failures in a row: is the service out of order, or do a pass's push tokens fail?
//!
//! Whoever holds a pass chooses the push tokens that it registers, and with them the failures: a token that Apple never issued
//! may get 404, 500 or no answer. So failures of one pass say nothing of the service. Only a probe with a token of nobody does,
//! or failures of several passes and pass types, which no holder of one pass can cause.

use super::Target;
use std::collections::{BTreeMap, BTreeSet};

/// Failures in a row, none of which need be the phone's own, after which the service or the pass is in doubt: to ask on would
/// only make each phone wait longer. So many by chance are unlikely even if every third push fails.
const IN_DOUBT: usize = 10;

/// From so many passes and pass types on, failures in a row are the service's without a probe.
const SEVERAL_PASSES: usize = 5;
const SEVERAL_TYPES: usize = 2;

/// Pass type and serial number.
type Pass = (String, String);

/// Pushes that failed in a row up to now, so that it may be the service's doing.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    /// Of all phones: the passes, and how many failures.
    passes: BTreeSet<Pass>,
    failures: usize,
    /// By pass: how many, and when its phones are tried again (unix milliseconds).
    by_pass: BTreeMap<Pass, (usize, i64)>,
}

impl Doubt {
    /// A push failed; its phone is tried again at `due`.
    pub(super) fn add(&mut self, pass: Pass, due: i64) {
        self.failures = self.failures.saturating_add(1);
        self.passes.insert(pass.clone());
        let (failures, until) = self.by_pass.entry(pass).or_default();
        *failures = failures.saturating_add(1);
        *until = (*until).max(due);
    }

    /// The service answered something about this pass's phone: it works.
    pub(super) fn end(&mut self, pass: &Pass) {
        self.end_of_service();
        self.by_pass.remove(pass);
    }

    /// The service works.
    pub(super) fn end_of_service(&mut self) {
        self.failures = 0;
        self.passes.clear();
    }

    /// Whether no single pass can have caused it.
    pub(super) fn is_of_several(&self) -> bool {
        let types: BTreeSet<&str> = self.passes.iter().map(|(pass_type, _)| pass_type.as_str()).collect();
        self.failures >= IN_DOUBT && self.passes.len() >= SEVERAL_PASSES && types.len() >= SEVERAL_TYPES
    }

    /// The pass type to probe the service with, if it is in doubt.
    pub(super) fn pass_type(&self) -> Option<String> {
        let (pass_type, _) = self.passes.first().filter(|_| self.failures >= IN_DOUBT)?;
        Some(pass_type.clone())
    }

    /// Until when the other phones of this pass wait, in unix milliseconds: so many in a row failed that the rest would, too.
    pub(super) fn waits_until(&self, target: &Target) -> Option<i64> {
        let (failures, until) = self.by_pass.get(&target.pass())?;
        (*failures >= IN_DOUBT).then_some(*until)
    }
}
