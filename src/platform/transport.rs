//! The transport port of push on `fetch`.

use super::{bindings, now_ms};
use crate::{
    push::{Answer, NoAnswer, Providers, Request, Transport},
    wallet::Wallet,
};
use futures_util::future::{Either, select};
use js_sys::{Function, Math, Promise, Reflect, Uint8Array};
use std::{pin::pin, time::Duration};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStream, ReadableStreamDefaultReader, Request as PlatformRequest, RequestInit,
    RequestRedirect, Response,
};
use worker::{Delay, Env};

/// How long a service may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The most bytes of an answer's body that are read. Errors are short.
const LONGEST_ANSWER: usize = 4096;

/// `fetch`: the global one, or that of a certificate binding.
pub(crate) struct Fetch {
    /// The object that has the function.
    fetcher: JsValue,
}

impl Fetch {
    /// For requests to a wallet's push service. Apple's gets the pass certificate of the binding `APNS_CERTIFICATE`, if there
    /// is no key.
    pub(crate) fn new(wallet: Wallet, providers: &Providers, env: &Env) -> Self {
        let needs_certificate = wallet == Wallet::Apple && providers.needs_certificate();
        let certificate = needs_certificate.then(|| bindings::certificate(env)).flatten();
        Self { fetcher: certificate.unwrap_or_else(|| js_sys::global().into()) }
    }

    async fn fetch(&self, request: &PlatformRequest) -> Result<Answer, JsValue> {
        let fetch: Function = Reflect::get(&self.fetcher, &JsValue::from_str("fetch"))?.dyn_into()?;
        let promise: Promise = fetch.call1(&self.fetcher, request)?.dyn_into()?;
        let response: Response = JsFuture::from(promise).await?.dyn_into()?;
        let body = match response.body() {
            Some(stream) => read_beginning(stream).await,
            None => Vec::new(),
        };
        Ok(Answer {
            status: response.status(),
            retry_after: response.headers().get("retry-after")?,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

impl Transport for Fetch {
    async fn post(&self, request: Request) -> Result<Answer, NoAnswer> {
        let controller = AbortController::new().map_err(|_| NoAnswer)?;
        let request = platform_request(&request, &controller).map_err(|_| NoAnswer)?;
        match select(pin!(self.fetch(&request)), Delay::from(TIMEOUT)).await {
            Either::Left((answer, _)) => answer.map_err(|_| NoAnswer),
            Either::Right(_) => {
                controller.abort();
                Err(NoAnswer)
            }
        }
    }

    fn now_ms(&self) -> i64 {
        now_ms()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any of the numbers will do")]
    fn random(&self) -> u32 {
        (Math::random() * f64::from(u32::MAX)) as u32
    }
}

/// Reads the first bytes of a body. An incomplete body is enough, since the status counts.
async fn read_beginning(stream: ReadableStream) -> Vec<u8> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut body = Vec::new();
    while body.len() < LONGEST_ANSWER {
        let Ok(read) = JsFuture::from(reader.read()).await else { return body };
        let chunk = Reflect::get(&read, &JsValue::from_str("value")).ok();
        let Some(chunk) = chunk.and_then(|chunk| chunk.dyn_into::<Uint8Array>().ok()) else { return body };
        body.append(&mut chunk.to_vec());
    }
    let _ = reader.cancel();
    body
}

fn platform_request(request: &Request, controller: &AbortController) -> Result<PlatformRequest, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers_headers(&headers);
    init.set_body(&JsValue::from_str(&request.body));
    init.set_signal(Some(&controller.signal()));
    // Push tokens and keys must not go to another server.
    init.set_redirect(RequestRedirect::Manual);
    PlatformRequest::new_with_str_and_init(&request.url, &init)
}
