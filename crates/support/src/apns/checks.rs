//! Checks the form of a push to Wallet, except its provider token.

use super::problem::Problem;
use hyper::{HeaderMap, Method, header::HeaderName, http::request::Parts};

/// The largest payload, in bytes ("Generating a remote notification").
const MOST_BYTES: usize = 4096;

/// The push token as it is in the path. Adds what is wrong with method and path to the problems.
pub(super) fn push_token<'r>(request: &'r Parts, problems: &mut Vec<Problem>) -> &'r str {
    if request.method != Method::POST {
        problems.push(Problem::refused("MethodNotAllowed", format!("the method is {}", request.method)));
    }
    let path = request.uri.path_and_query().map_or("", |path| path.as_str());
    match path.strip_prefix("/3/device/") {
        Some("") => problems.push(Problem::refused("MissingDeviceToken", "there is no push token")),
        Some(token) if !token.contains(['/', '?']) => return token,
        _ => problems.push(Problem::refused("BadPath", format!("the path is {path}"))),
    }
    ""
}

pub(super) fn headers(headers: &HeaderMap, problems: &mut Vec<Problem>) {
    match one(headers, "apns-topic", problems) {
        None => problems.push(Problem::refused("MissingTopic", "there is no apns-topic")),
        Some("") => problems.push(Problem::refused("BadTopic", "apns-topic is empty")),
        Some(_) => (),
    }
    for (name, expected, reason) in [("apns-push-type", "background", "InvalidPushType"), ("apns-priority", "5", "BadPriority")]
    {
        let value = one(headers, name, problems);
        if value != Some(expected) {
            let wrong = format!("{name} is {} instead of {expected}", value.unwrap_or("missing"));
            problems.push(Problem::refused(reason, wrong));
        }
    }
    let others = headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with("apns-"));
    for name in others.filter(|name| !matches!(*name, "apns-topic" | "apns-push-type" | "apns-priority")) {
        problems.push(Problem::tolerated(format!("there is a header {name}")));
    }
}

pub(super) fn body(body: &[u8], problems: &mut Vec<Problem>) {
    let shown = || String::from_utf8_lossy(&body[..body.len().min(100)]);
    match body {
        b"{}" => (),
        b"" => problems.push(Problem::refused("PayloadEmpty", "there is no body")),
        _ if body.len() > MOST_BYTES => {
            problems.push(Problem::refused("PayloadTooLarge", format!("the body has {} bytes", body.len())));
        }
        _ => problems.push(Problem::tolerated(format!("the body is {} instead of {{}}", shown()))),
    }
}

pub(super) fn one<'r>(headers: &'r HeaderMap, name: &str, problems: &mut Vec<Problem>) -> Option<&'r str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() {
        problems.push(Problem::refused("DuplicateHeaders", format!("there is more than one {name}")));
    }
    first.to_str().ok()
}
