//! edgepass: the web service behind Apple Wallet passes, at the edge.
//!
//! | Room | What it knows |
//! |---|---|
//! | [`device`] | Apple's web service, one file per endpoint |
//! | [`issuer`] | what an issuer does, one file per endpoint |
//! | [`pass`] | the pkpass file |
//! | [`http`] | what HTTP means here |
//! | [`revision`] | revisions and update tags |
//! | [`json`] | JSON on its way in |
//! | [`endpoint`] | how a request meets storage |
//! | [`store`] | the SQL, and the ports behind which D1 and R2 stand |
//! | [`upkeep`] | what runs from the cron trigger |
//! | `router`, `shell` | the Worker: routes, and all that touches the platform |
//!
//! All but the last row knows nothing of Workers: a native build does not even have the platform's crates.

pub mod device;
pub mod endpoint;
pub mod http;
pub mod issuer;
pub mod json;
pub mod pass;
pub mod revision;
#[cfg(target_arch = "wasm32")]
mod router;
#[cfg(target_arch = "wasm32")]
mod shell;
pub mod store;
pub mod upkeep;

#[cfg(target_arch = "wasm32")]
mod events {
    //! The Worker's events.

    use crate::{
        router,
        shell::{Failure, binding, log_cron, now_ms},
        store::{d1::D1, r2::R2},
        upkeep,
    };
    use std::convert::Infallible;
    use web_sys::Request;
    use worker::{Context, Env, Response, ScheduleContext, ScheduledEvent, event};

    #[event(start)]
    fn start() {
        console_error_panic_hook::set_once();
    }

    /// Every failure has become a response; so the bundle needs no code that describes the platform crate's errors.
    #[event(fetch)]
    async fn fetch(request: Request, env: Env, _: Context) -> Result<Response, Infallible> {
        Ok(router::answer(request, env).await)
    }

    #[event(scheduled)]
    async fn scheduled(_: ScheduledEvent, env: Env, _: ScheduleContext) {
        log_cron(&swept(&env).await);
    }

    async fn swept(env: &Env) -> Result<upkeep::Swept, Failure> {
        let (database, objects) = (D1::new(binding::database(env)?), R2(binding::bucket(env)?));
        Ok(upkeep::sweep_pages(&database, &objects, now_ms().div_euclid(1000)).await?)
    }
}
