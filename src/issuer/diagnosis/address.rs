//! The two keys with which phones ask for updates.

use super::{
    check::Check,
    facts::{Facts, File},
};
use crate::http::credentials::TokenHash;
use pkpass::{DefectCode, fault_of_host, fault_of_web_service_url, json::echo};

const NAMES: [&str; 5] = [KEYS, FORM, PUBLIC, OURS, TOKEN];
const KEYS: &str = "service_keys";
const FORM: &str = "web_service_url_form";
const PUBLIC: &str = "web_service_url_is_public";
const OURS: &str = "web_service_url_is_ours";
const TOKEN: &str = "pass_token";

pub(super) fn check(facts: &Facts<'_>) -> Vec<Check> {
    let File::Read { content: Some(_), defects } = &facts.file else {
        return NAMES.map(|name| Check::unknown(name, "pass.json cannot be read.")).into();
    };
    let (url, token) = (facts.file.text("webServiceURL"), facts.file.text("authenticationToken"));
    let wrong_token = defects.iter().find(|defect| defect.code == DefectCode::AuthenticationToken);
    let mut checks = vec![match (url, token, wrong_token) {
        (Some(_), Some(_), None) => Check::ok(KEYS, "pass.json has webServiceURL and authenticationToken."),
        (_, _, Some(defect)) => Check::problem(KEYS, defect.message.clone(), facts.publish_again()),
        (None, None, None) => Check::problem(KEYS, NEITHER, format!("{} {HAND_OUT}", facts.publish_again())),
        _ => Check::problem(KEYS, ONE, format!("{} {HAND_OUT}", facts.publish_again())),
    }];
    match url {
        Some(url) => checks.extend([form(facts, url), public(facts, url), ours(facts, url)]),
        None => checks.extend([FORM, PUBLIC, OURS].map(|name| Check::unknown(name, "There is no webServiceURL."))),
    }
    checks.push(match token {
        Some(token) if Some(TokenHash::from_token(token).0) == facts.pass.token => {
            Check::ok(TOKEN, "The token in the file is the one that the service expects.")
        }
        Some(_) => Check::problem(TOKEN, OTHER_TOKEN, facts.publish_again()),
        None => Check::unknown(TOKEN, "There is no authenticationToken."),
    });
    checks
}

const NEITHER: &str = "pass.json has neither webServiceURL nor authenticationToken, so Wallet never asks for updates.";
const ONE: &str = "pass.json has only one of webServiceURL and authenticationToken.";
const HAND_OUT: &str = "Phones that have the pass do not ask, so their owners have to add it again.";
const OTHER_TOKEN: &str =
    "The token in the file is not the one that the service expects, so phones with this file are refused.";

fn form(facts: &Facts<'_>, url: &str) -> Check {
    match fault_of_web_service_url(url) {
        None => Check::ok(FORM, format!("webServiceURL is {}.", echo(url))),
        Some(rule) => {
            let evidence = format!("webServiceURL is {}, but it {rule}.", echo(url));
            Check::problem(FORM, evidence, format!("{} {HAND_OUT}", facts.publish_again()))
        }
    }
}

fn public(facts: &Facts<'_>, url: &str) -> Check {
    match fault_of_host(url) {
        None => Check::ok(PUBLIC, "The host of webServiceURL is not one of a private network."),
        Some(fault) => {
            let evidence = format!("webServiceURL is {}: its host {fault}. Phones cannot reach it.", echo(url));
            Check::problem(
                PUBLIC,
                evidence,
                format!("Set PUBLIC_URL to the public address. {} {HAND_OUT}", facts.publish_again()),
            )
        }
    }
}

fn ours(facts: &Facts<'_>, url: &str) -> Check {
    let Some(public_url) = facts.setup.public_url else {
        return Check::unknown(OURS, "PUBLIC_URL is not set, so the service does not know its own address.");
    };
    if normalize(url) == normalize(public_url) {
        return Check::ok(OURS, "webServiceURL is the address of this service.");
    }
    let evidence = format!("webServiceURL is {}, but this service is {public_url}. Phones ask there, not here.", echo(url));
    let remedy = format!(
        "If both addresses lead here, nothing is wrong. Otherwise: {} Keep the old address working until phones have the new \
         version: they fetch it from there.",
        facts.publish_again()
    );
    Check::problem(OURS, evidence, remedy)
}

/// An address without the differences that do not count here: the scheme, letter case of the host, a usual port, and `/` and
/// `/v1` at the end.
fn normalize(url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (host, mut path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    while let Some(shorter) = path.strip_suffix('/').or_else(|| path.strip_suffix("/v1")) {
        path = shorter;
    }
    let host = host.to_ascii_lowercase();
    format!("{}{path}", host.strip_suffix(":443").unwrap_or(&host))
}

#[cfg(test)]
mod tests {
    use super::normalize;

    #[test]
    fn addresses_that_lead_to_the_same_service_are_equal() {
        let same = "passes.example.com/wallet";
        for url in [
            "HTTPS://Passes.Example.com/wallet/",
            "https://passes.example.com:443/wallet/v1/",
            "https://passes.example.com/wallet//",
            "http://passes.example.com/wallet",
        ] {
            assert_eq!(normalize(url), same, "{url}");
        }
        for url in [
            "https://passes.example.com",
            "https://passes.example.com/Wallet",
            "https://passes.example.com:8443/wallet",
            "",
            "x",
        ] {
            assert_ne!(normalize(url), same, "{url}");
        }
    }
}
