//! A request on its way in.

use super::{Call, Settings, Workshop, room::SMALL};
use crate::{
    chunks,
    http::{Headers, Method, Refusal, credentials},
    promise::settled,
    store::{d1::D1, r2::R2},
};
use js_sys::Uint8Array;
use matchit::Params;
use std::ops::ControlFlow;
use wasm_bindgen::JsValue;
use web_sys::{ReadableStream, Request};
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
        let most = declared.unwrap_or(limit);
        let body = if declared.is_some() && most <= SMALL {
            whole(request).await.map(Some)
        } else if let Some(stream) = request.body() {
            let room = if most > SMALL { self.call.take_room(most) } else { Ok(()) };
            // Without room for it the body is read all the same, and dropped.
            let body = within(if room.is_ok() { most } else { 0 }, &stream).await;
            room?;
            body
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

/// `None` when there are more bytes than `most`.
async fn within(most: usize, stream: &ReadableStream) -> Result<Option<Vec<u8>>, JsValue> {
    // To let it grow would take three times as much for a moment.
    let (mut body, mut length) = (Vec::with_capacity(most), 0_usize);
    chunks::each(stream, |chunk| {
        length = length.saturating_add(chunks::length(chunk));
        if length <= most {
            chunks::append(chunk, &mut body);
        }
        if length <= most.saturating_add(DROPPED) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })
    .await?;
    Ok((length <= most).then_some(body))
}

impl Headers for Visit<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.call.arrival.field(name)
    }
}
