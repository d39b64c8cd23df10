//! The meaning of an answer of APNs: Apple, "Handling notification responses from APNs". The answer has a status and, in the
//! body, `reason` and `timestamp`.
//!
//! Two rules come first. Only the words for a dead token delete registrations, since a registration that was deleted by mistake
//! does not come back. A word that Apple adds later delays one device, and neither deletes nor holds anything.

use crate::push::{
    Answer, Cause, Scope, Verdict,
    verdict::{Reason, TOO_OFTEN, is_word, reason_of_status},
};
use pkpass::json;
use serde_json::Value;

/// Seconds that Apple wants between provider tokens of one team and key.
const BETWEEN_PROVIDER_TOKENS: i64 = 20 * 60;

/// The meaning of an answer.
#[must_use]
pub fn verdict(answer: &Answer, now_ms: i64) -> Verdict {
    let (given, timestamp) = parse_body(&answer.body);
    let retry_after = answer.retry_after(now_ms);
    let reason = given.clone().map_or_else(|| reason_of_status(answer.status), Reason::Owned);
    match (answer.status, given.as_deref().unwrap_or_default()) {
        (200, _) => Verdict::Delivered,
        (400, given) => bad_request(given, reason, retry_after),
        (403, "ExpiredProviderToken") => Verdict::ExpiredCredentials,
        (403, _) => Verdict::misconfigured(reason, retry_after),
        // The device may have registered again. Without the time of the token's death, the dead registrations are unknown. A
        // time in the future would also delete registrations until then.
        (410, "Unregistered" | "ExpiredToken") => match timestamp {
            Some(moment) => Verdict::Dead { reason, before_ms: Some(moment.min(now_ms)) },
            None => Verdict::Later { reason, retry_after },
        },
        (429, TOO_OFTEN) => {
            let wait = retry_after.unwrap_or_default().max(BETWEEN_PROVIDER_TOKENS);
            Verdict::misconfigured(reason, Some(wait))
        }
        _ => Verdict::Later { reason, retry_after },
    }
}

/// 400 is about the device, the pass type, or what all pushes have in common.
fn bad_request(given: &str, reason: Reason, retry_after: Option<i64>) -> Verdict {
    match given {
        "BadDeviceToken" | "DeviceTokenNotForTopic" => Verdict::Dead { reason, before_ms: None },
        "TopicDisallowed" | "MissingTopic" | "BadTopic" | "InvalidPushType" => {
            Verdict::Held { cause: Cause::Configuration, scope: Scope::PassType, reason, retry_after }
        }
        // A header or the body is wrong. All pushes have the same.
        "BadCollapseId" | "BadExpirationDate" | "BadMessageId" | "BadPriority" | "DuplicateHeaders" | "PayloadEmpty" => {
            Verdict::misconfigured(reason, retry_after)
        }
        // `IdleTimeout`, for example, is about the connection.
        _ => Verdict::Later { reason, retry_after },
    }
}

/// `reason`, and `timestamp` in unix milliseconds. Both are `None` in a body that is empty, incomplete, or a proxy's page.
fn parse_body(body: &str) -> (Option<String>, Option<i64>) {
    let object = json::parse(body).unwrap_or_default();
    let reason = object.get("reason").and_then(Value::as_str).filter(|text| is_word(text));
    let timestamp = object.get("timestamp").and_then(Value::as_i64).filter(|moment| *moment > 0);
    (reason.map(str::to_owned), timestamp)
}
