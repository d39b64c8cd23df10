//! Rate limits. The platform counts, by its location that the request came to, and needs no round trip for it; how many are
//! let in is in `wrangler.toml`.

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

/// What is limited: a binding. One that is missing limits nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RateLimit {
    /// Registrations of a pass.
    Registrations,
    /// Requests of a client to device endpoints that ask the database.
    Wallets,
    /// What a client logs.
    Logs,
    /// How often a client asks for the service's health.
    Health,
}

impl RateLimit {
    fn binding(self) -> &'static str {
        match self {
            Self::Registrations => "REGISTRATION_LIMIT",
            Self::Wallets => "CLIENT_LIMIT",
            Self::Logs => "LOG_LIMIT",
            Self::Health => "HEALTH_LIMIT",
        }
    }
}

impl RequestContext {
    /// Counts this request under its client's network, as Cloudflare gives the address (Cloudflare, "HTTP request headers"): what
    /// a client sends in this field itself does not arrive.
    ///
    /// # Errors
    /// [`ClientError::TooManyRequests`] when there were too many.
    pub(crate) async fn admit_client(&self, limit: RateLimit) -> Result<(), ClientError> {
        self.admit(limit, || network(&self.get("cf-connecting-ip").unwrap_or_default())).await
    }

    /// Counts this request under a key, which is made if there is such a limit. A limit that fails refuses nobody: it is there to
    /// protect what works.
    ///
    /// # Errors
    /// [`ClientError::TooManyRequests`] when there were too many.
    pub(crate) async fn admit(&self, limit: RateLimit, key: impl FnOnce() -> String) -> Result<(), ClientError> {
        let Some(limiter) = bindings::rate_limiter(self.env(), limit.binding()) else { return Ok(()) };
        let is_over = limiter.limit(key()).await.is_ok_and(|outcome| !outcome.success);
        if is_over { Err(ClientError::TooManyRequests) } else { Ok(()) }
    }
}
