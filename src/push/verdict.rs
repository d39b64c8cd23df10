//! The meaning of a push service's answer, for the device and for all others.

use std::borrow::Cow;

/// A short word for counters: the service's own (`Unregistered`), or one of ours (`NoAnswer`, `Status502`).
pub type Reason = Cow<'static, str>;

/// The meaning of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The service accepted the push.
    Delivered,
    /// The push token is dead. Its registrations are deleted; with `before_ms`, only those that are older.
    Dead {
        /// The service's word.
        reason: Reason,
        /// Unix milliseconds at which the service knew that the token is dead.
        before_ms: Option<i64>,
    },
    /// The device could not be reached now. It is tried again, with growing waits.
    Later {
        /// The reason.
        reason: Reason,
        /// Seconds to wait, if the service asks for a wait.
        retry_after: Option<i64>,
    },
    /// The service takes none of our pushes now, so a hold begins. Every token and every job is kept.
    Held {
        /// Who has to act.
        cause: Cause,
        /// What is held.
        scope: Scope,
        /// The reason.
        reason: Reason,
        /// Seconds to wait, if the service asks for a wait.
        retry_after: Option<i64>,
    },
    /// The push token cannot be one of this service's. Nothing is sent now or later.
    Never {
        /// The reason.
        reason: Reason,
    },
    /// The provider token is too old. A new one is made and tried once.
    ExpiredCredentials,
}

/// Why a service takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The service fails. That ends by itself.
    Outage,
    /// The operator's settings are wrong, or this program. A person has to act.
    Configuration,
}

/// What is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All pushes to the service.
    Service,
    /// Its pushes for this pass type.
    PassType,
}

/// APNs' words for push tokens that belong to another environment or pass type.
pub(super) const BAD: [&str; 2] = ["BadDeviceToken", "DeviceTokenNotForTopic"];

/// APNs' word for provider tokens that change too often.
pub(super) const TOO_OFTEN: &str = "TooManyProviderTokenUpdates";

impl Verdict {
    /// Whether another provider token may help.
    pub(super) fn is_about_credentials(&self) -> bool {
        match self {
            Self::ExpiredCredentials => true,
            Self::Held { reason, .. } => reason == TOO_OFTEN,
            _ => false,
        }
    }

    /// The service wants no pushes for a while.
    pub(super) fn outage(reason: impl Into<Reason>, retry_after: Option<i64>) -> Self {
        Self::Held { cause: Cause::Outage, scope: Scope::Service, reason: reason.into(), retry_after }
    }

    /// The service takes no pushes until a person acts.
    pub(super) fn misconfigured(reason: impl Into<Reason>, retry_after: Option<i64>) -> Self {
        Self::Held { cause: Cause::Configuration, scope: Scope::Service, reason: reason.into(), retry_after }
    }
}

/// The longest word of a service that is used, in bytes.
const LONGEST: usize = 40;

/// Whether a service's word can name a counter. Other texts must not fill the log or the database.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.len() <= LONGEST
}

/// The reason for an answer that has nothing but a status.
pub(super) fn reason_of_status(status: u16) -> Reason {
    Cow::Owned(format!("Status{status}"))
}
