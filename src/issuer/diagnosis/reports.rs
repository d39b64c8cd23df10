//! What phones reported.

use super::{DAYS, check::Check, facts::Facts};

const REPORTS: &str = "device_log";

/// Kinds of report that say nothing about a problem of the service.
const HARMLESS: [&str; 3] = ["unchanged-pass", "spurious-push", "unregistered-serial-number"];

pub(super) fn check(facts: &Facts<'_>) -> Vec<Check> {
    let harmful: Vec<_> = facts.reports.iter().filter(|report| !HARMLESS.contains(&report.kind.as_str())).collect();
    let Some(first) = harmful.first() else {
        return vec![Check::ok(REPORTS, format!("No phone complained about this pass type in the last {DAYS} days."))];
    };
    let counts: Vec<_> = harmful.iter().map(|report| format!("{} {}", report.kind, report.count)).collect();
    let evidence = format!(
        "Phones complained about passes of this type in the last {DAYS} days: {}. The first in full: {}",
        counts.join(", "),
        first.sample
    );
    vec![Check::warning(REPORTS, evidence, "docs/troubleshooting.md#the-device-log says what each kind means and what to do.")]
}
