//! Rate limits. The platform counts, by its location that the request came to, and needs no round trip for it; how many are
//! let in is in `wrangler.toml`.

use super::{Visit, binding};
use crate::{
    http::{Headers, Refusal, network},
    promise::settled,
};
use js_sys::Promise;
use std::cell::{Cell, OnceCell};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::Env;

#[wasm_bindgen(module = "/src/shell/limit.js")]
extern "C" {
    fn admit(limiter: &JsValue, key: &str) -> Promise;
}

/// The status of what is refused here.
pub(super) const TOO_MANY_REQUESTS: u16 = 429;

thread_local! {
    /// The minute, since the Unix epoch, in which this isolate last refused a request.
    static REFUSED: Cell<i64> = const { Cell::new(0) };
}

/// Whether a request that arrived at `at_ms` (Unix milliseconds) is the first of its minute that this isolate refuses.
pub(super) fn is_first_of_minute(at_ms: i64) -> bool {
    let minute = at_ms.div_euclid(60_000);
    REFUSED.replace(minute) != minute
}

/// What is limited.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    /// Registrations of a pass.
    Registrations,
    /// Requests of a client to device endpoints that ask the database.
    Clients,
    /// What a client logs.
    Logs,
    /// How often a client asks for the service's health.
    Health,
}

/// The bindings, each looked up once. One that is missing limits nothing.
#[derive(Default)]
pub(super) struct Limiters([OnceCell<Option<JsValue>>; 4]);

impl Limiters {
    fn get(&self, limit: Limit, env: &Env) -> Option<&JsValue> {
        let Self([registrations, clients, logs, health]) = self;
        let (cell, name) = match limit {
            Limit::Registrations => (registrations, "REGISTRATION_LIMIT"),
            Limit::Clients => (clients, "CLIENT_LIMIT"),
            Limit::Logs => (logs, "LOG_LIMIT"),
            Limit::Health => (health, "HEALTH_LIMIT"),
        };
        cell.get_or_init(|| binding::rate_limiter(env, name)).as_ref()
    }
}

impl Visit<'_> {
    /// Counts this request under its client's network, as Cloudflare gives the address (Cloudflare, "HTTP request headers"): what
    /// a client sends in this field itself does not arrive.
    ///
    /// # Errors
    /// [`Refusal::TooManyRequests`] when there were too many.
    pub(crate) async fn admit_client(&self, limit: Limit) -> Result<(), Refusal> {
        self.admit(limit, || network(&self.get("cf-connecting-ip").unwrap_or_default())).await
    }

    /// Counts this request under a key, which is made if there is such a limit.
    ///
    /// # Errors
    /// [`Refusal::TooManyRequests`] when there were too many.
    pub(crate) async fn admit(&self, limit: Limit, key: impl FnOnce() -> String) -> Result<(), Refusal> {
        let Some(limiter) = self.settings().limiters.get(limit, self.env()) else { return Ok(()) };
        settled(admit(limiter, &key())).await.map(|_| ()).map_err(|_| Refusal::TooManyRequests)
    }
}
