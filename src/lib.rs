//! edgepass: the web service behind Apple Wallet passes, at the edge.
//!
//! | Room | What it knows |
//! |---|---|
//! | [`web_service`] | Apple's web service, one file per endpoint |
//! | [`issuer`] | what an issuer does, one file per endpoint |
//! | [`push`] | telling devices that their passes changed |
//! | [`wallet`] | which wallets there are |
//! | [`http`] | what HTTP means here |
//! | [`revision`] | revisions and update tags |
//! | [`crypto`] | the port to the platform's cryptography, and the keys derived from the master key |
//! | [`message`] | what goes to the queue |
//! | [`jobs`] | what the queue and the cron trigger run |
//! | [`endpoint`] | how a request meets storage |
//! | [`storage`] | the SQL, and the ports behind which D1 and R2 stand |
//! | [`upkeep`] | what runs from the cron trigger |
//! | `routes` | every route, and its handler |
//! | `platform` | the Workers platform: bindings, settings, requests, the queue, the log |
//!
//! The pkpass file, and JSON on its way in, are in the crate [`pkpass`].
//!
//! Only this file, `routes`, `platform`, `thrown` and the adapters `storage::d1`, `storage::r2` and `crypto::subtle` know the platform.
//! `tests/properties/layers.rs` asserts it.

pub mod crypto;
pub mod endpoint;
pub mod http;
pub mod issuer;
pub mod jobs;
pub mod message;
mod platform;
pub mod push;
pub mod revision;
mod routes;
pub mod storage;
mod thrown;
pub mod upkeep;
pub mod wallet;
pub mod web_service;
use std::{convert::Infallible, panic};
use wasm_bindgen::JsValue;
use worker::{Context, Env, MessageBatch, Request, Response, ScheduleContext, ScheduledEvent, event};

/// Logs panics. The hook of workers-rs, which has the instance renewed, must stay: `console_error_panic_hook::set_once` would
/// displace it.
#[event(start)]
fn start() {
    let renew = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        console_error_panic_hook::hook(panic);
        renew(panic);
    }));
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    routes::respond(request, env, context).await
}

/// Every message was acknowledged or will come again.
#[event(queue)]
async fn queue(messages: MessageBatch<JsValue>, env: Env, _: Context) -> Result<(), Infallible> {
    platform::consume(messages, &env).await;
    Ok(())
}

#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _: ScheduleContext) {
    platform::run_cron(&event.cron(), &env).await;
}
