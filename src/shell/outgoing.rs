//! An answer on its way out, and the one place where a failure becomes one.

use super::Call;
use crate::{
    endpoint::{Answer, Trouble},
    http::{Body, Refusal, Reply},
};
use worker::{Headers, Response, ResponseBody};

/// What a handler gives back.
pub(crate) type Outcome = Result<Answer<ResponseBody>, Failure>;

/// Why a request was not carried out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The client's doing.
    Refusal(Refusal),
    /// Storage's.
    Trouble(Trouble),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// The platform's response to an outcome. It tells the operator about trouble, and the client only that there is some.
/// To a HEAD request the header fields are those of GET.
pub(crate) fn response(outcome: Outcome, call: &Call, head: bool) -> worker::Result<Response> {
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
    let headers = headers(&answer.reply, call)?;
    let status = answer.reply.status;
    let body = match (answer.reply.body, answer.object) {
        _ if head => ResponseBody::Empty,
        (_, Some(object)) => object,
        (Body::Text(text), None) => ResponseBody::Body(text.into_bytes()),
        (Body::Empty | Body::Object(_), None) => ResponseBody::Empty,
    };
    call.finish(status);
    Ok(Response::from_body(body)?.with_status(status).with_headers(headers))
}

fn headers(reply: &Reply, call: &Call) -> worker::Result<Headers> {
    let headers = Headers::new();
    for (name, value) in &reply.headers {
        headers.set(name, value)?;
    }
    if reply.status >= 400 {
        headers.set("x-request-id", &call.id())?;
    }
    if let Some(timing) = call.server_timing() {
        headers.set("server-timing", &timing)?;
    }
    Ok(headers)
}
