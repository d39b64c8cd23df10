//! What APNs answers: Apple, "Handling notification responses from APNs". The page names statuses and, in the body,
//! `reason` and `timestamp`.
//!
//! Two rules stand above the table. A token goes only by the words that say so, since whatever else happened, a
//! registration that was deleted by mistake never comes back. And what Apple may add one day delays one device, and
//! neither deletes nor stops anything.

use crate::push::{
    Answer, Cause, Scope, Verdict,
    verdict::{Reason, TOO_OFTEN, of_status, word},
};
use pkpass::json;
use serde_json::Value;

/// Seconds that Apple wants between provider tokens of one team and key.
const BETWEEN_PROVIDER_TOKENS: i64 = 20 * 60;

/// What an answer means.
#[must_use]
pub fn verdict(answer: &Answer, now_ms: i64) -> Verdict {
    let Body { reason: given, timestamp } = Body::read(&answer.body);
    let retry_after = answer.retry_after(now_ms);
    let reason = given.clone().map_or_else(|| of_status(answer.status), Reason::Owned);
    match (answer.status, given.as_deref().unwrap_or_default()) {
        (200, _) => Verdict::Delivered,
        (400, given) => bad_request(given, reason, retry_after),
        (403, "ExpiredProviderToken") => Verdict::ExpiredCredentials,
        (403, _) => Verdict::misconfigured(reason, retry_after),
        (410, "Unregistered" | "ExpiredToken") => dead_since(reason, timestamp, now_ms, retry_after),
        (429, TOO_OFTEN) => {
            let wait = retry_after.unwrap_or_default().max(BETWEEN_PROVIDER_TOKENS);
            Verdict::misconfigured(reason, Some(wait))
        }
        _ => Verdict::Later { reason, retry_after },
    }
}

/// 400 is about the device, about the pass type, or about what is sent to all.
fn bad_request(given: &str, reason: Reason, retry_after: Option<i64>) -> Verdict {
    match given {
        "BadDeviceToken" | "DeviceTokenNotForTopic" => Verdict::Dead { reason, before_ms: None },
        "TopicDisallowed" | "MissingTopic" | "BadTopic" | "InvalidPushType" => {
            Verdict::Held { cause: Cause::Configuration, scope: Scope::PassType, reason, retry_after }
        }
        // A header that goes to all is wrong, or the body is: a fault of this program.
        "BadCollapseId" | "BadExpirationDate" | "BadMessageId" | "BadPriority" | "DuplicateHeaders" | "PayloadEmpty" => {
            Verdict::misconfigured(reason, retry_after)
        }
        // Among them `IdleTimeout`, which is about the connection.
        _ => Verdict::Later { reason, retry_after },
    }
}

/// The device may have registered again since. Without the time it died nobody knows which registrations are meant.
fn dead_since(reason: Reason, timestamp: Option<i64>, now_ms: i64, retry_after: Option<i64>) -> Verdict {
    match timestamp {
        // One from the future would take along what is registered until then.
        Some(moment) => Verdict::Dead { reason, before_ms: Some(moment.min(now_ms)) },
        None => Verdict::Later { reason, retry_after },
    }
}

/// What of a body is looked at.
struct Body {
    reason: Option<String>,
    /// Unix milliseconds.
    timestamp: Option<i64>,
}

impl Body {
    /// A body that is empty, cut off, or a proxy's page says nothing.
    fn read(body: &str) -> Self {
        let object = json::parse(body).unwrap_or_default();
        let reason = object.get("reason").and_then(Value::as_str).filter(|text| word(text).is_some());
        let timestamp = object.get("timestamp").and_then(Value::as_i64).filter(|moment| *moment > 0);
        Self { reason: reason.map(str::to_owned), timestamp }
    }
}
