//! Whether phones are told of changes.

use super::{check::Check, facts::Facts};
use crate::{
    http::date,
    issuer::push::{Counted, Devices},
    push::name_of,
    storage::sql::issuer::{diagnosis::ListsRow, push::HoldsRow},
    wallet::Wallet,
};

const CONFIGURED: &str = "push_configured";
const NOT_HELD: &str = "push_not_held";
const TOLD: &str = "told_of_last_change";
const LISTED: &str = "listed_since_change";

/// Pushes that wait longer than this are late, in milliseconds.
const LATE_MS: i64 = 600_000;

/// A phone that has not asked for so long after a change is worth a look, in seconds.
const PATIENCE: i64 = 3600;

pub(super) fn check(facts: &Facts<'_>) -> Vec<Check> {
    let wallets = wallets(facts);
    vec![configured(facts, &wallets), not_held(facts, &wallets), told(facts), listed(facts)]
}

/// The wallets that registered the pass. Apple Wallet if none did.
fn wallets(facts: &Facts<'_>) -> Vec<Wallet> {
    if facts.wallets.is_empty() {
        return vec![Wallet::Apple];
    }
    facts.wallets.iter().filter_map(|row| Wallet::from_column(row.client.as_deref())).collect()
}

fn configured(facts: &Facts<'_>, wallets: &[Wallet]) -> Check {
    let unusable = facts.setup.wallets.iter().filter(|(wallet, _)| wallets.contains(wallet));
    let unusable: Vec<_> =
        unusable.filter_map(|(wallet, problem)| Some(format!("{}: {}", wallet.name(), (*problem)?))).collect();
    if unusable.is_empty() {
        return if wallets.is_empty() {
            Check::warning(CONFIGURED, "No push service is known for the wallets that registered the pass.", BY_HAND)
        } else {
            Check::ok(CONFIGURED, "Push is set up for the wallets that registered the pass.")
        };
    }
    let evidence = format!("Phones are not told of changes, because push is not set up. {}", unusable.join(" "));
    if facts.registrations() > 0 {
        Check::problem(CONFIGURED, evidence, SET_UP)
    } else {
        Check::warning(CONFIGURED, evidence, SET_UP)
    }
}

const SET_UP: &str = "docs/push.md says how to set it up. All changes until then are told afterwards.";
const BY_HAND: &str = "Their holders update the pass by hand.";

fn not_held(facts: &Facts<'_>, wallets: &[Wallet]) -> Check {
    let concerns = |hold: &&HoldsRow| wallets.iter().any(|wallet| name_of(*wallet) == hold.client);
    let Some(hold) = facts.holds.iter().find(concerns) else {
        return Check::ok(NOT_HELD, "No push service refuses pushes.");
    };
    let time = |ms: i64| date::format(ms.div_euclid(1000));
    let (cause, reason) = (&hold.cause, &hold.reason);
    let evidence = format!(
        "The push service takes no pushes since {} ({cause}: {reason}). The service tries again at {}.",
        time(hold.since),
        time(hold.until)
    );
    if cause == "configuration" { Check::problem(NOT_HELD, evidence, MEND) } else { Check::warning(NOT_HELD, evidence, WAIT) }
}

const MEND: &str = "docs/push.md explains the reason. Put the settings right, then POST /issuer/v1/push/test ends the hold.";
const WAIT: &str = "Wait until the push service works again. No change is lost.";

fn told(facts: &Facts<'_>) -> Check {
    let Counted { devices, errors } = &facts.pushes;
    let Devices { pushed, waiting, failing, given_up, queued, registered_since, .. } = devices;
    let changed = date::format(facts.pass.modified_at);
    let failed = failing.saturating_add(*given_up);
    if failed > 0 {
        let reasons: Vec<_> = errors.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
        let evidence = format!(
            "{failed} phones could not be told of the change of {changed} ({given_up} of them were given up): {}.",
            reasons.join(", ")
        );
        return Check::problem(TOLD, evidence, REASONS);
    }
    let waiting = waiting.saturating_add(*queued);
    let oldest = facts.jobs.iter().filter_map(|job| job.due_at).min();
    if waiting > 0 && oldest.is_some_and(|due| due < facts.setup.now_ms.saturating_sub(LATE_MS)) {
        let evidence = format!("{waiting} phones wait to be told of the change of {changed}, longer than ten minutes.");
        return Check::warning(TOLD, evidence, "GET /issuer/v1/push says what push waits for, and so does /healthz?deep.");
    }
    if waiting > 0 {
        return Check::ok(TOLD, format!("{waiting} phones are about to be told of the change of {changed}."));
    }
    let since = *registered_since;
    if pushed.saturating_add(since) > 0 {
        let evidence = format!("{pushed} phones were told of the change of {changed}. {since} registered since, and have it.");
        return Check::ok(TOLD, evidence);
    }
    Check::unknown(TOLD, format!("The newest change is of {changed}. There is no phone that can be told."))
}

const REASONS: &str =
    "docs/push.md explains the reasons. Phones that fail are tried again for a day, and with the next change.";

fn listed(facts: &Facts<'_>) -> Check {
    if !facts.setup.track_lists {
        return Check::unknown(LISTED, "TRACK_LISTS is off, so the service does not note which phones asked.");
    }
    let (ListsRow { listed, behind, last_at }, changed) = (&facts.lists, date::format(facts.pass.modified_at));
    let is_recent = facts.setup.now().saturating_sub(facts.pass.modified_at) < PATIENCE;
    match (*behind, last_at) {
        (1.., _) if !is_recent => {
            let evidence = format!("{behind} phones have not asked what changed since the change of {changed}. {listed} have.");
            Check::warning(LISTED, evidence, SILENT)
        }
        (_, Some(last)) => Check::ok(
            LISTED,
            format!("{listed} phones asked and were told of the change of {changed}, the last on {}.", date::format(*last)),
        ),
        (1.., None) => {
            Check::ok(LISTED, format!("{behind} phones have not asked since the change of {changed}, which is new."))
        }
        (_, None) => Check::unknown(LISTED, format!("No phone has had to ask since the change of {changed}.")),
    }
}

const SILENT: &str = "Such a phone is off or offline, or Wallet asks less after many pushes. Open the details of the pass, \
    look at Automatic Updates, and pull them down: the phone asks at once (not tried with an iPhone).";
