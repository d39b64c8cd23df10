//! Turns answers and errors into responses.

use super::RequestContext;
use crate::{
    endpoint::{Answer, Error},
    http::{Body, ClientError, Reply},
};
use web_sys::ReadableStream;
use worker::{Response, ResponseBody, console_error};

/// The response to a request. An internal error goes to the log, and the client gets its status only. The response to HEAD has
/// the header fields of GET.
///
/// # Errors
/// None are known. If the platform refuses a header field, the client gets a bare 503.
pub(crate) fn respond_to(handled: Result<Answer<ReadableStream>, Error>, request: &RequestContext) -> worker::Result<Response> {
    let answer = handled.unwrap_or_else(|error| {
        let error = match error {
            Error::ClientError(error) => error,
            Error::InternalError(error) => {
                request.note(error.into());
                ClientError::Unavailable
            }
        };
        Reply::from(error).into()
    });
    let status = answer.reply.status;
    let response = build(answer, request);
    request.finish(if response.is_ok() { status } else { UNAVAILABLE });
    response.or_else(|error| {
        console_error!("{}", crate::thrown::error_message(error));
        Ok(Response::empty()?.with_status(UNAVAILABLE))
    })
}

const UNAVAILABLE: u16 = 503;

fn build(answer: Answer<ReadableStream>, request: &RequestContext) -> worker::Result<Response> {
    let Answer { reply, object } = answer;
    let mut builder = Response::builder().with_status(reply.status);
    for (name, value) in &reply.headers {
        builder = builder.with_header(name, value)?;
    }
    if reply.header("cache-control").is_none() {
        // A cached list would hide updates from phones.
        builder = builder.with_header("cache-control", "no-store")?;
    }
    if reply.header("content-type").is_some() {
        // A browser must not guess another type from the content.
        builder = builder.with_header("x-content-type-options", "nosniff")?;
    }
    if reply.status >= 400 {
        builder = builder.with_header("x-request-id", &request.id())?;
    }
    if let Some(timing) = request.server_timing() {
        builder = builder.with_header("server-timing", &timing)?;
    }
    Ok(builder.body(match (reply.body, object) {
        // RFC 9110, section 6.4.1. The platform throws if these have a body, and workers-rs unwraps that.
        _ if request.is_head() || matches!(reply.status, 204 | 205 | 304) => ResponseBody::Empty,
        (_, Some(object)) => ResponseBody::Stream(object),
        (Body::Text(text), None) => ResponseBody::Body(text.into_bytes()),
        (Body::Bytes(bytes), None) => ResponseBody::Body(bytes),
        (Body::Empty | Body::Object(_), None) => ResponseBody::Empty,
    }))
}
