//! The web service: what it answers to the requests that phones send.

use super::{Finding, file::Keys};
use crate::{
    http::{self, Answer, Body, segment},
    pass::Pass,
    phone::{Exchange, Phone},
    random,
};

const PKPASS: &str = "application/vnd.apple.pkpass";

pub(super) fn examine(file: &[u8], keys: &Keys, register: bool) -> Vec<Finding> {
    let answer = match ask(keys, &pass_path(keys)) {
        Ok(answer) => answer,
        Err(problem) => return vec![problem],
    };
    let mut findings = vec![judge_pass(file, &answer)];
    let device = random::hex(16);
    let list = format!("/v1/devices/{device}/registrations/{}", segment(&keys.pass_type));
    findings.push(ask(keys, &list).map_or_else(|problem| problem, |answer| judge_list(&answer)));
    if register && answer.status == 200 {
        findings.extend(try_registration(keys));
    }
    findings
}

fn pass_path(keys: &Keys) -> String {
    format!("/v1/passes/{}/{}", segment(&keys.pass_type), segment(&keys.serial))
}

fn ask(keys: &Keys, path: &str) -> Result<Answer, Finding> {
    let authorization = format!("ApplePass {}", keys.token);
    let headers = [("Accept", "*/*"), ("Authorization", authorization.as_str())];
    http::send(&keys.url, "GET", path, &headers, Body::Empty).map_err(|error| {
        if keys.url.to_ascii_lowercase().starts_with("https") {
            Finding::problem("tls", format!("The server does not speak TLS as phones want it: {error}."))
                .with_remedy("Give the server a certificate of a public authority for this name, with its intermediate.")
        } else {
            Finding::problem("http", format!("The server gives no answer: {error}."))
        }
    })
}

/// The answer to "send me the pass".
fn judge_pass(file: &[u8], answer: &Answer) -> Finding {
    const CHECK: &str = "send_pass";
    match answer.status {
        200 => judge_version(file, answer),
        401 => Finding::problem("token_refused", TOKEN_REFUSED).with_remedy(OTHER_FILE),
        403 => Finding::problem(CHECK, "Something in front of the server refuses the request (403), such as a firewall.")
            .with_remedy("Let phones through to /v1/: they send no cookies, and their User-Agent is not a browser's."),
        404 => Finding::problem(CHECK, "There is no web service for passes below this address (404).")
            .with_remedy("webServiceURL must be the address to which phones append /v1/…, with its whole path."),
        status @ 300..=399 => {
            let to = answer.header("Location").unwrap_or("nowhere");
            Finding::problem(CHECK, format!("The server redirects ({status}) to {to}.")).with_remedy(REDIRECT)
        }
        status => {
            Finding::problem(CHECK, format!("The server answers {status} to a request for the pass. Phones want 200 or 304."))
                .with_remedy("Look at the server's log.")
        }
    }
}

const TOKEN_REFUSED: &str =
    "The server refuses the token in this file (401): it does not know the pass, or the pass has another token.";
const OTHER_FILE: &str = "A phone with this file never updates. Is the pass published at this server? If so, the file was made \
    elsewhere: give out the one of the server, by a link.";
const REDIRECT: &str = "Write the address behind the redirect into webServiceURL. Phones should not have to follow one.";

fn judge_version(file: &[u8], answer: &Answer) -> Finding {
    const CHECK: &str = "send_pass";
    let media_type = answer.header("Content-Type").unwrap_or_default();
    // Some servers add a charset.
    let without_parameters = media_type.split(';').next().unwrap_or_default().trim();
    if !without_parameters.eq_ignore_ascii_case(PKPASS) {
        return Finding::problem(CHECK, format!("The server sends \"{media_type}\" instead of {PKPASS}."))
            .with_remedy("Is this a page of a website? webServiceURL must lead to the web service.");
    }
    let sent = match Pass::read(&answer.body) {
        Ok(sent) => sent,
        Err(error) => return Finding::problem(CHECK, format!("The server sends a pass that phones refuse: {error}.")),
    };
    if answer.header("Last-Modified").is_none() {
        return Finding::warning(CHECK, "The server sends the pass without Last-Modified. Phones then fetch it each time.");
    }
    let is_same = Pass::read(file).is_ok_and(|own| own.manifest == sent.manifest);
    let version = if is_same { "this version" } else { "another version: a phone with this file gets it with the next update" };
    Finding::ok(CHECK, format!("The server knows the token, and sends {version}."))
}

/// The answer to "what changed?" of a device that nobody knows.
fn judge_list(answer: &Answer) -> Finding {
    const CHECK: &str = "list_of_unknown_device";
    match answer.status {
        200 | 204 => Finding::ok(CHECK, format!("The server answers {} to a device that it does not know.", answer.status)),
        status => {
            Finding::problem(CHECK, format!("The server answers {status} to the list of a device that it does not know."))
                .with_remedy("It must be 204 (or 200): a phone that gets an error asks less and less often.")
        }
    }
}

/// Registers a made-up device, asks for its list, and ends the registration.
fn try_registration(keys: &Keys) -> Vec<Finding> {
    let pass = Pass::new(&keys.pass_type, &keys.serial, &keys.token);
    let mut phone = Phone::new(&keys.url);
    let registered = phone.register(&pass);
    let mut findings = vec![judge_exchange("register", &registered)];
    if matches!(registered.status(), 200 | 201) {
        let list = phone.list(&keys.pass_type);
        let is_listed = list.serials().contains(&keys.serial);
        findings.push(match list.status() {
            200 if is_listed && list.complaints().is_empty() => {
                Finding::ok("list", "The list of the made-up device names the pass.")
            }
            200 if !is_listed => {
                Finding::problem("list", "The list of the made-up device does not name the pass that it registered.")
                    .with_remedy("Without a tag, a list has all passes of the device.")
            }
            _ => judge_exchange("list", &list),
        });
    }
    findings.push(judge_exchange("unregister", &phone.unregister(&pass)));
    findings
}

fn judge_exchange(check: &str, exchange: &Exchange) -> Finding {
    match exchange.complaints() {
        [] => Finding::ok(check, format!("The server answers {} to a made-up device.", exchange.status())),
        complaints => Finding::problem(check, format!("A phone would complain: {}.", complaints.join("; "))),
    }
}
