//! Rate limits. The platform counts at each of its locations, without a round trip. The numbers are in `wrangler.toml`.

use super::{RequestContext, bindings};
use crate::http::{ClientError, Headers, network};
use std::cell::Cell;

thread_local! {
    /// The minute, since the Unix epoch, in which this isolate last refused a request.
    static REFUSED: Cell<i64> = const { Cell::new(0) };
}

/// Whether a request that arrived at `at_ms` (Unix milliseconds) is the first of its minute that this isolate refuses.
pub(super) fn is_first_of_minute(at_ms: i64) -> bool {
    let minute = at_ms.div_euclid(60_000);
    REFUSED.replace(minute) != minute
}

/// A rate limit. Without its binding it limits nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RateLimit {
    /// Registrations of a pass.
    Registrations,
    /// A client's requests to device endpoints that ask the database.
    Clients,
    /// A client's log entries.
    Logs,
    /// A client's requests for the service's health.
    Health,
}

impl RateLimit {
    fn binding(self) -> &'static str {
        match self {
            Self::Registrations => "REGISTRATION_LIMIT",
            Self::Clients => "CLIENT_LIMIT",
            Self::Logs => "LOG_LIMIT",
            Self::Health => "HEALTH_LIMIT",
        }
    }
}

impl RequestContext {
    /// Counts this request under its client's network. Cloudflare sets the address and overwrites a field that the client sent
    /// (Cloudflare, "HTTP request headers").
    ///
    /// # Errors
    /// [`ClientError::TooManyRequests`] when there were too many.
    pub(crate) async fn admit_client(&self, limit: RateLimit) -> Result<(), ClientError> {
        self.admit(limit, || network(&self.get("cf-connecting-ip").unwrap_or_default())).await
    }

    /// Counts this request under a key. A limit that fails refuses nobody.
    ///
    /// # Errors
    /// [`ClientError::TooManyRequests`] when there were too many.
    pub(crate) async fn admit(&self, limit: RateLimit, key: impl FnOnce() -> String) -> Result<(), ClientError> {
        let Some(limiter) = bindings::rate_limiter(self.env(), limit.binding()) else { return Ok(()) };
        let is_over = limiter.limit(key()).await.is_ok_and(|outcome| !outcome.success);
        if is_over { Err(ClientError::TooManyRequests) } else { Ok(()) }
    }
}
