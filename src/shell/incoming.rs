//! A request on its way in.

use super::{Call, Settings, binding};
use crate::{
    http::{Headers, Method, Refusal, credentials},
    store::{d1::D1, r2::R2},
};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, Request};
use worker::Env;

/// A request, and what there is to serve it with.
pub(crate) struct Visit<'a> {
    /// The request's method.
    pub(crate) method: Method,
    /// Still percent-encoded.
    pub(crate) query: &'a str,
    /// The request's record.
    pub(crate) call: &'a Call,
    /// The platform's request.
    pub(crate) request: &'a Request,
    /// The bindings.
    pub(crate) env: &'a Env,
}

impl Visit<'_> {
    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.call.started_ms()
    }

    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// A name that no other request has.
    pub(crate) fn unique(&self) -> String {
        self.call.id()
    }

    /// The database of this request.
    pub(crate) fn database(&self) -> Result<&D1, Refusal> {
        self.call.database(self.env)
    }

    /// The bucket.
    pub(crate) fn objects(&self) -> Result<R2, Refusal> {
        binding::bucket(self.env).map(R2)
    }

    /// Lets only the issuer pass.
    pub(crate) fn authorize_issuer(&self) -> Result<(), Refusal> {
        let settings = Settings::of(self.env);
        let key = settings.issuer_key.as_deref().ok_or(Refusal::NotConfigured(
            "The issuer API is not configured. Set its key: npx wrangler secret put ISSUER_KEY",
        ))?;
        let authorized = credentials::is_issuer(self.get("authorization").as_deref(), key);
        authorized.then_some(()).ok_or(Refusal::WrongIssuerKey)
    }

    /// The body, if it has at most `limit` bytes. A declared length above that is refused without reading; of an
    /// undeclared one no more than the limit is read.
    pub(crate) async fn body(&self, limit: usize) -> Result<Vec<u8>, Refusal> {
        let declared = self.get("content-length").and_then(|length| length.parse::<usize>().ok());
        if declared.is_some_and(|length| length > limit) {
            return Err(Refusal::PayloadTooLarge { limit });
        }
        let body = match self.request.body() {
            None => Ok(Some(Vec::new())),
            Some(_) if declared.is_some() => whole(self.request).await.map(Some),
            Some(stream) => within(limit, stream).await,
        };
        body.map_err(|_| Refusal::BadRequest("The body did not arrive completely."))?
            .ok_or(Refusal::PayloadTooLarge { limit })
    }
}

async fn whole(request: &Request) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(request.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// `None` when there are more bytes than `limit`.
async fn within(limit: usize, stream: ReadableStream) -> Result<Option<Vec<u8>>, JsValue> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut body = Vec::new();
    loop {
        let read = JsFuture::from(reader.read()).await?;
        if Reflect::get(&read, &JsValue::from_str("done"))?.is_truthy() {
            return Ok(Some(body));
        }
        let chunk: Uint8Array = Reflect::get(&read, &JsValue::from_str("value"))?.unchecked_into();
        body.append(&mut chunk.to_vec());
        if body.len() > limit {
            let _ = reader.cancel();
            return Ok(None);
        }
    }
}

impl Headers for Visit<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.request.headers().get(name).ok().flatten()
    }
}
