//! The pass in the service, and on phones.

use super::{
    DAYS, SECONDS_A_DAY,
    check::Check,
    facts::{Facts, File},
};
use crate::{
    http::date,
    issuer::Address,
    storage::sql::issuer::diagnosis::{RefusalsRow, WalletsRow},
};
use pkpass::date::parse_w3c;
use serde_json::Value;

const FILE: &str = "file";
const IN_SERVICE: &str = "in_service";
const NOT_EXPIRED: &str = "not_expired";
const REGISTERED: &str = "registered";
const TOKEN: &str = "token_on_phones";

/// The name of Apple Wallet in answers.
const APPLE: &str = "ApplePass";

/// Whether the service has the pass, and gives it out.
pub(super) fn check_service(facts: &Facts<'_>) -> Vec<Check> {
    let in_service = match facts.pass.withdrawn_at {
        None => Check::ok(IN_SERVICE, "The pass is in service."),
        Some(at) => Check::problem(
            IN_SERVICE,
            format!("The pass was withdrawn on {}. Phones can neither register it nor learn of changes.", date::format(at)),
            format!("To bring it back, publish it: {}", facts.put()),
        ),
    };
    let file = match &facts.file {
        File::Read { content: Some(_), .. } => Check::ok(FILE, "The file is there and can be read."),
        File::Read { content: None, .. } => Check::problem(FILE, "The file is there, but cannot be read.", facts.put()),
        File::Missing => Check::problem(
            FILE,
            "The bucket does not have the file of the newest version. Phones that ask for it get 503.",
            format!("Did somebody delete objects of the bucket? Publish the pass again: {}", facts.put()),
        ),
    };
    vec![in_service, file, not_expired(facts)]
}

fn not_expired(facts: &Facts<'_>) -> Check {
    const ENDED: &str = "Wallet moves such passes away, and may not ask for updates any more (not tried with an iPhone).";
    let publish = || format!("If it should go on, change it and publish it again: {}", facts.put());
    if facts.file.value("voided") == Some(&Value::Bool(true)) {
        return Check::warning(NOT_EXPIRED, format!("The pass is voided. {ENDED}"), publish());
    }
    match facts.file.text("expirationDate").and_then(parse_w3c).filter(|ends| *ends < facts.setup.now()) {
        Some(ended) => Check::warning(NOT_EXPIRED, format!("The pass ended on {}. {ENDED}", date::format(ended)), publish()),
        None => Check::ok(NOT_EXPIRED, "The pass is not voided, and its expirationDate has not passed."),
    }
}

/// Whether phones have the pass.
pub(super) fn check_phones(facts: &Facts<'_>) -> Vec<Check> {
    vec![token_on_phones(facts), registered(facts)]
}

fn registered(facts: &Facts<'_>) -> Check {
    if facts.registrations() > 0 {
        let wallets: Vec<String> = facts.wallets.iter().map(describe).collect();
        let evidence = format!("It is registered: {}. Devices: {}", wallets.join("; "), facts.devices.join(", "));
        return Check::ok(REGISTERED, evidence);
    }
    let Some(first) = facts.pass.first_registered_at.map(date::format) else {
        return Check::problem(REGISTERED, "No device has ever registered it.", ADD);
    };
    if let Some(removed) = facts.pass.last_removed_at.map(date::format) {
        let evidence =
            format!("No device has it any more. It was first registered on {first}, and removed from a device on {removed}.");
        return Check::problem(REGISTERED, evidence, AGAIN);
    }
    let dead = facts.jobs.iter().fold(0_i64, |sum, job| sum.saturating_add(job.dropped));
    let evidence = format!(
        "No device has it any more. It was first registered on {first}. {dead} registrations were deleted because the push \
         service called their push tokens dead."
    );
    Check::problem(REGISTERED, evidence, AGAIN)
}

fn describe(wallet: &WalletsRow) -> String {
    let WalletsRow { client, registrations, first_at, last_at } = wallet;
    let devices = if *registrations == 1 { "1 device".to_owned() } else { format!("{registrations} devices") };
    let (client, first, last) = (client.as_deref().unwrap_or(APPLE), date::format(*first_at), date::format(*last_at));
    if first == last {
        format!("{client}, {devices} since {first}")
    } else {
        format!("{client}, {devices} from {first} to {last}")
    }
}

const AGAIN: &str = "If the person still wants it, send a link: POST …/links. Switching Automatic Updates off and on registers \
    a pass that is still on the phone (not tried with an iPhone).";

const ADD: &str = "Add the pass to a phone with Automatic Updates switched on. If the phone still does not register, look at \
    the checks of webServiceURL and at the reports of phones. Run `cargo run --example doctor -- PASS.pkpass` outside your \
    network.";

fn token_on_phones(facts: &Facts<'_>) -> Check {
    let since = facts.setup.now().saturating_sub(DAYS.saturating_mul(SECONDS_A_DAY));
    let Some(RefusalsRow { count, first_at, last_at }) = facts.refusals.as_ref().filter(|row| row.last_at >= since) else {
        return Check::ok(TOKEN, format!("No other token than the pass's was shown for it in the last {DAYS} days."));
    };
    let (first, last) = (date::format(*first_at), date::format(*last_at));
    let evidence = format!(
        "A device showed another token than the pass's and was refused, in {count} minutes from {first} to {last}. It has a \
         file of this pass that was not given out by this service."
    );
    // Somebody who guesses looks the same. With a registered device, that is as likely.
    if facts.registrations() > 0 { Check::warning(TOKEN, evidence, RESEND) } else { Check::problem(TOKEN, evidence, RESEND) }
}

const RESEND: &str = "Files that were sent around the service, or signed by another system, have another \
    authenticationToken. Give the person a link (POST …/links) and have the pass added again. Never change a pass's token.";

impl Facts<'_> {
    /// The request that publishes the pass.
    pub(super) fn put(&self) -> String {
        let Address { pass_type, serial } = self.address;
        format!("PUT /issuer/v1/passes/{pass_type}/{serial}.")
    }

    /// How a new version of the pass comes about.
    pub(super) fn publish_again(&self) -> String {
        match &self.pass.template {
            Some(template) => format!("Make it again: POST /issuer/v1/templates/{template}/republish."),
            None => format!("Put it right, sign it and publish it: {}", self.put()),
        }
    }
}
