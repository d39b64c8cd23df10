//! What a client is told when a request is not carried out, and the one place that turns it into an answer.
//!
//! Three kinds of error exist in this service, and they do not mix:
//!
//! * a [`Refusal`] is the client's doing. It says what to change, and it is all a client ever learns.
//! * a [`DatabaseError`](crate::store::DatabaseError) or [`ObjectsError`](crate::store::ObjectsError) is storage's.
//!   The client gets 503 with `Retry-After`; the operator finds its words in the log.
//! * [`Unreadable`](crate::store::Unreadable) is this program's own mistake. The client gets 503 as well: phones retry it.
//!
//! Bodies are problem documents (RFC 9457). Wallet does not read them; people with `curl` do.

use super::{Body, Reply};
use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;

/// Why a request is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// 400: the request cannot be understood. What is wrong with it.
    BadRequest(&'static str),
    /// 401 for devices: unknown pass, wrong type or wrong token, which must not be told apart.
    WrongPassToken,
    /// 401 for issuers.
    WrongIssuerKey,
    /// 404: what does not exist.
    NotFound(&'static str),
    /// 405, with the methods that are allowed.
    MethodNotAllowed(&'static str),
    /// 413: the body is larger than accepted.
    PayloadTooLarge {
        /// The most bytes accepted.
        limit: usize,
    },
    /// 412: `If-Match` or `If-None-Match` does not hold.
    PreconditionFailed,
    /// 415, with what is accepted.
    UnsupportedMediaType(&'static str),
    /// 501: Apple's protocol has it, this service does not yet.
    NotImplemented(&'static str),
    /// 503: a secret or binding is missing. What the operator must do.
    NotConfigured(&'static str),
    /// 503: storage did not answer.
    Unavailable,
    /// 400 or 409 with a list of defects.
    Problem(Problem),
}

/// A problem document with defects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The status code.
    pub status: u16,
    /// What kind of problem, in a few words.
    pub title: &'static str,
    /// What to do about it.
    pub detail: &'static str,
    /// Each defect, as JSON.
    pub defects: Vec<serde_json::Value>,
}

/// RFC 9457: `about:blank` says that the status code tells the type of the problem.
#[derive(Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: Cow<'a, str>,
}

/// Seconds after which a client may try again. Phones keep their own, longer schedule.
const RETRY_AFTER: &str = "5";

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let title = refusal.title();
        match refusal {
            Refusal::BadRequest(detail) => problem(400, title, detail),
            Refusal::WrongPassToken => problem(
                401,
                title,
                "The Authorization header does not carry the authentication token of a known pass: `ApplePass {authenticationToken}`.",
            )
            .with("www-authenticate", "ApplePass"),
            Refusal::WrongIssuerKey => {
                problem(401, title, "The Authorization header must carry the issuer key: `Bearer {ISSUER_KEY}`.")
                    .with("www-authenticate", "Bearer")
            }
            Refusal::NotFound(detail) => problem(404, title, detail),
            Refusal::MethodNotAllowed(allowed) => {
                problem(405, title, format!("This resource answers to {allowed}.")).with("allow", allowed)
            }
            Refusal::PayloadTooLarge { limit } => {
                problem(413, title, format!("The body may have at most {limit} bytes."))
            }
            Refusal::PreconditionFailed => {
                problem(412, title, "The pass is not in the state that If-Match or If-None-Match asks for.")
            }
            Refusal::UnsupportedMediaType(accepted) => {
                problem(415, title, format!("The Content-Type must be {accepted}.")).with("accept", accepted)
            }
            Refusal::NotImplemented(detail) => problem(501, title, detail),
            Refusal::NotConfigured(detail) => problem(503, title, detail).with("retry-after", RETRY_AFTER),
            Refusal::Unavailable => problem(503, title, "Storage did not answer. Try again.")
                .with("retry-after", RETRY_AFTER),
            Refusal::Problem(Problem { status, title, detail, defects }) => document(
                status,
                json!({ "type": "about:blank", "title": title, "status": status, "detail": detail, "defects": defects })
                    .to_string(),
            ),
        }
    }
}

impl Refusal {
    /// The status code's name, which is the title `about:blank` asks for.
    fn title(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "Bad Request",
            Self::WrongPassToken | Self::WrongIssuerKey => "Unauthorized",
            Self::NotFound(_) => "Not Found",
            Self::MethodNotAllowed(_) => "Method Not Allowed",
            Self::PayloadTooLarge { .. } => "Content Too Large",
            Self::PreconditionFailed => "Precondition Failed",
            Self::UnsupportedMediaType(_) => "Unsupported Media Type",
            Self::NotImplemented(_) => "Not Implemented",
            Self::NotConfigured(_) => "Not Configured",
            Self::Unavailable => "Service Unavailable",
            Self::Problem(problem) => problem.title,
        }
    }
}

fn problem<'a>(status: u16, title: &'a str, detail: impl Into<Cow<'a, str>>) -> Reply {
    let body = Document { r#type: "about:blank", title, status, detail: detail.into() };
    document(status, serde_json::to_string(&body).unwrap_or_default())
}

fn document(status: u16, json: String) -> Reply {
    Reply::empty(status).with("content-type", "application/problem+json").with_body(Body::Text(json))
}
