//! An answer on its way out, and the one place where a failure becomes one.

use super::Call;
use crate::{
    endpoint::{Answer, Failure},
    http::{Body, Refusal, Reply},
};
use js_sys::Uint8Array;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::{ReadableStream, Response, ResponseInit, console};

#[wasm_bindgen(module = "/src/shell/http.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn respond(status: u16, fields: &str, text: Option<&str>, body: &JsValue) -> Result<Response, JsValue>;
}

/// What a handler gives back.
pub(crate) type Outcome = Result<Answer<ReadableStream>, Failure>;

/// The platform's response to an outcome. It tells the operator about trouble, and the client only that there is some.
/// To a HEAD request the header fields are those of GET.
pub(crate) fn response(outcome: Outcome, call: &Call) -> Response {
    let answer = outcome.unwrap_or_else(|failure| {
        let refusal = match failure {
            Failure::Refusal(refusal) => refusal,
            Failure::Trouble(trouble) => {
                let refusal = Refusal::from(&trouble);
                call.note(trouble.into());
                refusal
            }
        };
        Reply::from(refusal).into()
    });
    let status = answer.reply.status;
    match platform_response(answer, call) {
        Ok(response) => {
            call.finish(status);
            response
        }
        Err(thrown) => {
            console::error_1(&thrown);
            call.finish(503);
            unavailable()
        }
    }
}

/// What is left to say when the platform does not take a response.
fn unavailable() -> Response {
    let init = ResponseInit::new();
    init.set_status(503);
    Response::new_with_opt_str_and_init(None, &init).unwrap_or_else(|_| Response::error())
}

fn platform_response(answer: Answer<ReadableStream>, call: &Call) -> Result<Response, JsValue> {
    let Answer { reply, object } = answer;
    let fields = fields(&reply, call)?;
    let (text, body) = match (&reply.body, object) {
        _ if call.arrival.method() == "HEAD" => (None, JsValue::NULL),
        (_, Some(object)) => (None, object.into()),
        (Body::Bytes(bytes), None) => (None, Uint8Array::from(bytes.as_slice()).into()),
        (Body::Text(text), None) => (Some(text.as_str()), JsValue::NULL),
        (Body::Empty | Body::Object(_), None) => (None, JsValue::NULL),
    };
    respond(reply.status, &fields, text, &body)
}

/// The header's fields, a line each.
fn fields(reply: &Reply, call: &Call) -> Result<String, JsValue> {
    let mut fields = String::new();
    for (name, value) in &reply.headers {
        add(&mut fields, name, value)?;
    }
    if reply.header("cache-control").is_none() {
        // A list that something on the way keeps is an update that is missed.
        add(&mut fields, "cache-control", "no-store")?;
    }
    // Whatever has a body has its type. A browser must not take it for what it looks like instead.
    if reply.header("content-type").is_some() {
        add(&mut fields, "x-content-type-options", "nosniff")?;
    }
    if reply.status >= 400 {
        add(&mut fields, "x-request-id", &call.id())?;
    }
    if let Some(timing) = call.server_timing() {
        add(&mut fields, "server-timing", &timing)?;
    }
    Ok(fields)
}

fn add(fields: &mut String, name: &str, value: &str) -> Result<(), JsValue> {
    // It would become a field of its own. The platform refuses whatever else must not be in a field.
    if value.contains('\n') {
        return Err(JsValue::from_str("a header field has a line feed"));
    }
    if !fields.is_empty() {
        fields.push('\n');
    }
    fields.push_str(name);
    fields.push(':');
    fields.push_str(value);
    Ok(())
}
