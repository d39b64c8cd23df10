//! edgepass: the web service behind Apple Wallet passes, at the edge.
//!
//! | Module | Content |
//! |---|---|
//! | [`web_service`] | Apple's web service, one file per endpoint |
//! | [`issuer`] | the issuer API, one file or folder per endpoint |
//! | [`push`] | tells devices that their passes changed |
//! | [`wallet`] | the known wallets |
//! | [`http`] | HTTP: replies, problem documents, conditional requests |
//! | [`revision`] | revisions and update tags |
//! | [`crypto`] | the port to the platform's cryptography, and the keys derived from the master key |
//! | [`message`] | queue messages |
//! | [`jobs`] | the work of the queue and of the cron trigger |
//! | [`endpoint`] | runs an endpoint's statements between the request and the reply |
//! | [`storage`] | the SQL, and the ports to D1 and R2 |
//! | [`upkeep`] | regular work of the cron triggers, and the health check |
//! | `routes` | every route, and its handler |
//! | `platform` | the Workers platform: bindings, settings, requests, the queue, the log |
//!
//! The crate [`pkpass`] reads and writes pass files, and reads JSON.
//!
//! Only this file, `routes`, `platform`, `thrown` and the adapters `storage::d1`, `storage::r2` and `crypto::subtle` use the
//! platform. `tests/properties/layers.rs` asserts it.

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

/// Logs panics. The hook of workers-rs renews the instance, so it must stay. `console_error_panic_hook::set_once` would replace
/// it.
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

#[event(queue)]
async fn queue(messages: MessageBatch<JsValue>, env: Env, _: Context) -> Result<(), Infallible> {
    platform::consume(messages, &env).await;
    Ok(())
}

#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _: ScheduleContext) {
    platform::run_cron(&event.cron(), &env).await;
}
