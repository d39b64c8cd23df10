//! edgepass: the web service behind Apple Wallet passes, at the edge.
//!
//! | Room | What it knows |
//! |---|---|
//! | [`device`] | Apple's web service, one file per endpoint |
//! | [`issuer`] | what an issuer does, one file per endpoint |
//! | [`push`] | telling devices that their passes changed |
//! | [`client`] | which wallets there are |
//! | [`http`] | what HTTP means here |
//! | [`revision`] | revisions and update tags |
//! | [`crypto`] | the port to the platform's cryptography, and the keys derived from the master key |
//! | [`message`] | what goes to the queue |
//! | [`jobs`] | what the queue and the cron trigger run |
//! | [`endpoint`] | how a request meets storage |
//! | [`store`] | the SQL, and the ports behind which D1 and R2 stand |
//! | [`upkeep`] | what runs from the cron trigger |
//! | `router`, `shell` | the Worker: routes, and all that touches the platform |
//!
//! The pkpass file, and JSON on its way in, are in the crate [`pkpass`].
//!
//! All but the last row knows nothing of Workers: a native build does not even have the platform's crates.

#[cfg(target_arch = "wasm32")]
mod chunks;
pub mod client;
pub mod crypto;
pub mod device;
pub mod endpoint;
pub mod http;
pub mod issuer;
pub mod jobs;
pub mod message;
#[cfg(target_arch = "wasm32")]
mod promise;
pub mod push;
pub mod revision;
#[cfg(target_arch = "wasm32")]
mod router;
#[cfg(target_arch = "wasm32")]
mod shell;
pub mod store;
#[cfg(target_arch = "wasm32")]
mod thrown;
pub mod upkeep;

#[cfg(target_arch = "wasm32")]
mod events {
    //! The Worker's events.

    use crate::{
        crypto::subtle::SubtleCrypto,
        endpoint::Failure,
        promise, router,
        shell::{
            Arrival, Settings, binding, log_resealed, log_resumed, log_swept, milliseconds, now_ms, queue,
        },
        store::{d1::D1, r2::R2},
        upkeep,
    };
    use std::convert::Infallible;
    use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
    use web_sys::Request;
    use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event, worker_sys};

    /// The cron trigger that looks for work that was left; any other one sweeps, so that it may be set as the
    /// operator likes.
    const RESUME: &str = "* * * * *";

    #[event(start)]
    fn start() {
        console_error_panic_hook::set_once();
    }

    /// A response or the promise of one. The platform crate's event would queue a future for what can be answered at once.
    /// `entry.js` tells what each request is asked for.
    #[wasm_bindgen]
    #[expect(unreachable_pub, reason = "what is exported to JavaScript has to be public")]
    pub fn answer(
        bindings: u32,
        at_ms: f64,
        target: String,
        request: Request,
        env: Env,
        context: worker_sys::Context,
    ) -> JsValue {
        let settings = Settings::of_request(&env, bindings);
        let arrival = Arrival::new(milliseconds(at_ms), target, request);
        let at_ms = arrival.at_ms;
        promise::run(at_ms, router::answer(arrival, env, Context::new(context), settings))
    }

    /// Every message was acknowledged or will come again.
    #[event(queue)]
    async fn queue(messages: MessageBatch<JsValue>, env: Env, _: Context) -> Result<(), Infallible> {
        queue::consume(messages, &env).await;
        Ok(())
    }

    #[event(scheduled)]
    async fn scheduled(event: ScheduledEvent, env: Env, _: ScheduleContext) {
        let now = now_ms().div_euclid(1000);
        if event.cron() == RESUME {
            log_resumed(&queue::resume(&env, now_ms()).await);
            log_resealed(&resealed(&env, now).await);
        } else {
            let (swept, failure) = swept(&env, now).await;
            log_swept(swept, failure.as_ref());
        }
    }

    /// Without a usable master key there is nothing to do.
    async fn resealed(env: &Env, now: i64) -> Result<usize, Failure> {
        let settings = Settings::of(env);
        let Ok(master_key) = settings.master_key() else { return Ok(0) };
        Ok(upkeep::reseal(&D1::new(binding::database(env)?), &SubtleCrypto, master_key, now).await?)
    }

    async fn swept(env: &Env, now: i64) -> (upkeep::Swept, Option<Failure>) {
        let bound = || Ok((D1::new(binding::database(env)?), R2(binding::bucket(env)?)));
        let (database, objects) = match bound() {
            Ok(bound) => bound,
            Err(failure) => return (upkeep::Swept::default(), Some(failure)),
        };
        let wanted = Settings::of(env).wanted_clients();
        let (swept, trouble) = upkeep::sweep_all(&database, &objects, &wanted, now).await;
        (swept, trouble.map(Failure::from))
    }
}
