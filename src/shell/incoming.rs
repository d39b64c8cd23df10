//! A request on its way in.

use super::{Call, Settings, Workshop};
use crate::{
    http::{Headers, Method, Refusal, credentials},
    promise::settled,
    store::{d1::D1, r2::R2},
};
use js_sys::{Reflect, Uint8Array};
use matchit::Params;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ReadableStream, ReadableStreamDefaultReader, Request};
use worker::Env;

/// A request at the route that matched it.
pub(crate) struct Visit<'a> {
    /// The request and its record.
    pub(crate) call: &'a Call,
    /// The segments of the path as they arrived, by their names in the pattern.
    pub(crate) segments: Params<'static, 'a>,
}

impl Visit<'_> {
    /// The request's method.
    pub(crate) fn method(&self) -> Method {
        Method::from(self.call.arrival.method())
    }

    /// Still percent-encoded.
    pub(crate) fn query(&self) -> &str {
        self.call.arrival.path_and_query().1
    }

    /// A segment of the path as it arrived, by its name in the pattern.
    pub(crate) fn segment(&self, name: &str) -> &str {
        self.segments.get(name).unwrap_or_default()
    }

    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.call.arrival.at_ms
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
        self.call.database()
    }

    /// The bucket.
    pub(crate) fn objects(&self) -> Result<R2, Refusal> {
        self.settings().bucket().map(R2)
    }

    /// What is bound to the Worker.
    pub(crate) fn env(&self) -> &Env {
        &self.call.env
    }

    /// What the operator set.
    pub(crate) fn settings(&self) -> &Settings {
        &self.call.settings
    }

    /// What passes are made with.
    pub(crate) fn workshop(&self) -> Result<Workshop, Refusal> {
        Workshop::of(self.env())
    }

    /// Lets only the issuer pass.
    pub(crate) fn authorize_issuer(&self) -> Result<(), Refusal> {
        let key = self.settings().issuer_key()?;
        let authorized = credentials::is_issuer(self.get("authorization").as_deref(), key);
        authorized.then_some(()).ok_or(Refusal::WrongIssuerKey)
    }

    /// The body, if it has at most `limit` bytes. A declared length above that is refused without reading; of an
    /// undeclared one no more than the limit is kept.
    pub(crate) async fn body(&self, limit: usize) -> Result<Vec<u8>, Refusal> {
        let declared = self.get("content-length").and_then(|length| length.parse::<usize>().ok());
        if declared.is_some_and(|length| length > limit) {
            return Err(Refusal::PayloadTooLarge { limit });
        }
        let request = &self.call.arrival.request;
        let body = if declared.is_some() {
            whole(request).await.map(Some)
        } else if let Some(stream) = request.body() {
            within(limit, stream).await
        } else {
            Ok(Some(Vec::new()))
        };
        body.map_err(|_| Refusal::BadRequest("The body did not arrive completely."))?
            .ok_or(Refusal::PayloadTooLarge { limit })
    }
}

async fn whole(request: &Request) -> Result<Vec<u8>, JsValue> {
    let buffer = settled(request.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// How much of a body that is too large is read and dropped. A client whose body is left half-read gets no answer: the
/// platform ends the connection.
const DROPPED: usize = 8 * 1024 * 1024;

/// `None` when there are more bytes than `limit`.
async fn within(limit: usize, stream: ReadableStream) -> Result<Option<Vec<u8>>, JsValue> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let (mut body, mut length) = (Vec::new(), 0_usize);
    while length <= limit.saturating_add(DROPPED) {
        let read = settled(reader.read()).await?;
        if Reflect::get(&read, &JsValue::from_str("done"))?.is_truthy() {
            return Ok((length <= limit).then_some(body));
        }
        let chunk: Uint8Array = Reflect::get(&read, &JsValue::from_str("value"))?.unchecked_into();
        length = length.saturating_add(usize::try_from(chunk.length()).unwrap_or(usize::MAX));
        if length <= limit {
            body.append(&mut chunk.to_vec());
        }
    }
    let _ = reader.cancel();
    Ok(None)
}

impl Headers for Visit<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.call.arrival.field(name)
    }
}
