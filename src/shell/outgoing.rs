//! An answer on its way out, and the one place where a failure becomes one.

use super::Call;
use crate::{
    endpoint::{Answer, Failure},
    http::{Body, Refusal, Reply},
};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{Headers, ReadableStream, Response, ResponseInit, console};

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
                call.trouble(trouble);
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
    let init = ResponseInit::new();
    init.set_status(reply.status);
    init.set_headers_headers(&headers(&reply, call)?);
    match (reply.body, object) {
        _ if call.method == "HEAD" => Response::new_with_opt_str_and_init(None, &init),
        (_, Some(object)) => Response::new_with_opt_readable_stream_and_init(Some(&object), &init),
        (Body::Bytes(bytes), None) => {
            Response::new_with_opt_js_u8_array_and_init(Some(&Uint8Array::from(bytes.as_slice())), &init)
        }
        (Body::Text(text), None) => Response::new_with_opt_str_and_init(Some(&text), &init),
        (Body::Empty | Body::Object(_), None) => Response::new_with_opt_str_and_init(None, &init),
    }
}

fn headers(reply: &Reply, call: &Call) -> Result<Headers, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &reply.headers {
        headers.set(name, value)?;
    }
    if reply.header("cache-control").is_none() {
        // A list that something on the way keeps is an update that is missed.
        headers.set("cache-control", "no-store")?;
    }
    if reply.status >= 400 {
        headers.set("x-request-id", &call.id())?;
    }
    if let Some(timing) = call.server_timing() {
        headers.set("server-timing", &timing)?;
    }
    Ok(headers)
}
