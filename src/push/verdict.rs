//! What an answer of a push service means for the device, and for all others.

use std::borrow::Cow;

/// A short word for counters: the service's own (`Unregistered`), or one of ours (`NoAnswer`, `Status502`).
pub type Reason = Cow<'static, str>;

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The device will hear of it.
    Delivered,
    /// The push token is dead. Registrations with it go; with `before_ms` only those that were registered before.
    Dead {
        /// The service's word.
        reason: Reason,
        /// Unix milliseconds at which the service knew that the token is dead.
        before_ms: Option<i64>,
    },
    /// This device could not be reached now: try again with growing waits.
    Later {
        /// Why.
        reason: Reason,
        /// Seconds before which the service does not want to be asked again.
        retry_after: Option<i64>,
    },
    /// The service takes nothing from us now. Every token and every job is kept, the rest of the run stops.
    Held {
        /// Whose doing it is.
        cause: Cause,
        /// What has to wait.
        scope: Scope,
        /// Why.
        reason: Reason,
        /// Seconds before which the service does not want to be asked again.
        retry_after: Option<i64>,
    },
    /// This push token cannot be one of the service's: nothing is sent, and nothing will be.
    Never {
        /// Why.
        reason: Reason,
    },
    /// The provider token is too old: make a new one, once, and try again.
    ExpiredCredentials,
}

/// Whose doing it is that a service takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The service's: it ends by itself.
    Outage,
    /// The operator's, or this program's: somebody has to look.
    Configuration,
}

/// What has to wait while a service takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All that goes to the service.
    Service,
    /// All that goes to it for this pass type.
    PassType,
}

/// APNs' words for push tokens that are not of this service, or not of this pass type.
pub(super) const BAD: [&str; 2] = ["BadDeviceToken", "DeviceTokenNotForTopic"];

/// APNs' word for provider tokens that change too often.
pub(super) const TOO_OFTEN: &str = "TooManyProviderTokenUpdates";

impl Verdict {
    /// Whether another provider token may be taken where this one was not.
    pub(super) fn is_about_credentials(&self) -> bool {
        match self {
            Self::ExpiredCredentials => true,
            Self::Held { reason, .. } => reason == TOO_OFTEN,
            _ => false,
        }
    }

    /// The service asks for patience with all that is sent to it.
    pub(super) fn outage(reason: impl Into<Reason>, retry_after: Option<i64>) -> Self {
        Self::Held { cause: Cause::Outage, scope: Scope::Service, reason: reason.into(), retry_after }
    }

    /// Somebody has to look before anything can be sent to the service.
    pub(super) fn misconfigured(reason: impl Into<Reason>, retry_after: Option<i64>) -> Self {
        Self::Held { cause: Cause::Configuration, scope: Scope::Service, reason: reason.into(), retry_after }
    }
}

/// The longest word of a service that is taken over, in bytes.
const LONGEST: usize = 40;

/// The word of a service, if it can be a counter's name: what stands in an answer must not fill the log or the database.
pub(super) fn word(text: &str) -> Option<&str> {
    let fine = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.len() <= LONGEST;
    fine.then_some(text)
}

/// The word for an answer that says no more than its status.
pub(super) fn of_status(status: u16) -> Reason {
    Cow::Owned(format!("Status{status}"))
}
