//! What the push service does with a request.

use serde_json::json;
use std::time::Duration;

/// APNs' reasons with their status, as listed in Apple's "Handling notification responses from APNs".
pub const REASONS: &[(u16, &str)] = &[
    (400, "BadCollapseId"),
    (400, "BadDeviceToken"),
    (400, "BadExpirationDate"),
    (400, "BadMessageId"),
    (400, "BadPriority"),
    (400, "BadTopic"),
    (400, "DeviceTokenNotForTopic"),
    (400, "DuplicateHeaders"),
    (400, "IdleTimeout"),
    (400, "InvalidPushType"),
    (400, "MissingDeviceToken"),
    (400, "MissingTopic"),
    (400, "PayloadEmpty"),
    (400, "TopicDisallowed"),
    (403, "BadCertificate"),
    (403, "BadCertificateEnvironment"),
    (403, "ExpiredProviderToken"),
    (403, "Forbidden"),
    (403, "InvalidProviderToken"),
    (403, "MissingProviderToken"),
    (403, "UnrelatedKeyIdInToken"),
    (403, "BadEnvironmentKeyIdInToken"),
    (404, "BadPath"),
    (405, "MethodNotAllowed"),
    (410, "ExpiredToken"),
    (410, "Unregistered"),
    (413, "PayloadTooLarge"),
    (429, "TooManyProviderTokenUpdates"),
    (429, "TooManyRequests"),
    (500, "InternalServerError"),
    (503, "ServiceUnavailable"),
    (503, "Shutdown"),
];

/// What the service does with a request without problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// 200 without a body: the device will hear of it.
    Deliver,
    /// A refusal in APNs' form: `{"reason":…}`, with a `timestamp` when there is one.
    Answer {
        status: u16,
        reason: String,
        /// Since when the push token is dead, in unix milliseconds. APNs sends it with 410.
        timestamp_ms: Option<i64>,
        /// `Retry-After`, as it is sent.
        retry_after: Option<String>,
    },
    /// Any answer: one of a proxy in between, or of another push service.
    Raw {
        status: u16,
        body: String,
    },
    Delay(Duration, Box<Self>),
    /// The connection is reset without an answer. Over HTTP/2 this ends the other requests on it, too.
    Reset,
    /// Status and headers, then the connection ends in the middle of the body.
    Half(u16),
    Hang,
    /// Bytes that are not HTTP, then the connection ends.
    Garbage,
}

impl Behaviour {
    /// The refusal with this reason, and the status that it has in [`REASONS`].
    #[track_caller]
    pub fn refuse(reason: &str) -> Self {
        let status = status_of(reason).unwrap_or_else(|| panic!("APNs has no reason {reason}"));
        Self::Answer { status, reason: reason.to_owned(), timestamp_ms: None, retry_after: None }
    }

    /// 410 `Unregistered`: the token is dead since then, in unix milliseconds.
    pub fn unregistered(since_ms: i64) -> Self {
        Self::refuse("Unregistered").with_timestamp(since_ms)
    }

    /// 410 `ExpiredToken`: the token is dead since then, in unix milliseconds.
    pub fn expired_token(since_ms: i64) -> Self {
        Self::refuse("ExpiredToken").with_timestamp(since_ms)
    }

    pub fn raw(status: u16, body: &str) -> Self {
        Self::Raw { status, body: body.to_owned() }
    }

    /// With a `timestamp`, in unix milliseconds. Only refusals have one.
    pub fn with_timestamp(mut self, since_ms: i64) -> Self {
        if let Self::Answer { timestamp_ms, .. } = &mut self {
            *timestamp_ms = Some(since_ms);
        }
        self
    }

    /// With a `Retry-After` of this value. Only refusals have one.
    pub fn with_retry_after(mut self, value: &str) -> Self {
        if let Self::Answer { retry_after, .. } = &mut self {
            *retry_after = Some(value.to_owned());
        }
        self
    }

    pub fn after(self, delay: Duration) -> Self {
        Self::Delay(delay, Box::new(self))
    }

    pub(super) fn refusal(reason: &str, timestamp_ms: Option<i64>) -> String {
        match timestamp_ms {
            None => json!({ "reason": reason }).to_string(),
            Some(timestamp) => json!({ "reason": reason, "timestamp": timestamp }).to_string(),
        }
    }

    /// A name for counters: `200`, `410 Unregistered`, `reset`.
    pub(super) fn outcome(&self) -> String {
        match self {
            Self::Deliver => "200".to_owned(),
            Self::Answer { status, reason, .. } => format!("{status} {reason}"),
            Self::Raw { status, .. } => status.to_string(),
            Self::Delay(_, then) => then.outcome(),
            Self::Reset => "reset".to_owned(),
            Self::Half(status) => format!("half {status}"),
            Self::Hang => "hang".to_owned(),
            Self::Garbage => "garbage".to_owned(),
        }
    }

    pub(super) fn delivers(&self) -> bool {
        match self {
            Self::Delay(_, then) => then.delivers(),
            other => matches!(other, Self::Deliver | Self::Raw { status: 200, .. }),
        }
    }
}

pub(super) fn status_of(reason: &str) -> Option<u16> {
    REASONS.iter().find(|(_, known)| *known == reason).map(|(status, _)| *status)
}
