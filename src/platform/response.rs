//! An answer on its way out, and the one place where a failure becomes one.

use super::RequestContext;
use crate::{
    endpoint::{Answer, Error},
    http::{Body, ClientError, Reply},
};
use web_sys::ReadableStream;
use worker::{Response, ResponseBody, console_error};

/// The response to a request. It tells the operator about trouble, and the client only that there is some. To a HEAD request
/// the header fields are those of GET.
///
/// # Errors
/// None that the platform has been seen to give: what it does not take becomes a bare 503.
pub(crate) fn respond_to(handled: Result<Answer<ReadableStream>, Error>, request: &RequestContext) -> worker::Result<Response> {
    let answer = handled.unwrap_or_else(|failure| {
        let refusal = match failure {
            Error::ClientError(refusal) => refusal,
            Error::InternalError(trouble) => {
                request.note(trouble.into());
                ClientError::Unavailable
            }
        };
        Reply::from(refusal).into()
    });
    let status = answer.reply.status;
    let response = response(answer, request);
    request.finish(if response.is_ok() { status } else { UNAVAILABLE });
    response.or_else(|error| {
        console_error!("{}", crate::thrown::error_message(error));
        Ok(Response::empty()?.with_status(UNAVAILABLE))
    })
}

const UNAVAILABLE: u16 = 503;

fn response(answer: Answer<ReadableStream>, request: &RequestContext) -> worker::Result<Response> {
    let Answer { reply, object } = answer;
    let mut builder = Response::builder().with_status(reply.status);
    for (name, value) in &reply.headers {
        builder = builder.with_header(name, value)?;
    }
    if reply.header("cache-control").is_none() {
        // A list that a cache keeps is an update that a phone misses.
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
        _ if request.is_head() => ResponseBody::Empty,
        (_, Some(object)) => ResponseBody::Stream(object),
        (Body::Text(text), None) => ResponseBody::Body(text.into_bytes()),
        (Body::Empty | Body::Object(_), None) => ResponseBody::Empty,
    }))
}
