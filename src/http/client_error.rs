//! What a client is told when a request is not carried out, and the one place that turns it into an answer.
//!
//! Three kinds of error exist in this service, and they do not mix:
//!
//! * a [`ClientError`] is the client's doing. It says what to change, and it is all a client ever learns.
//! * a [`DatabaseError`](crate::storage::DatabaseError) or [`ObjectsError`](crate::storage::ObjectsError) is storage's.
//!   The client gets 503 with `Retry-After`; the operator finds its words in the log.
//! * [`Unreadable`](crate::storage::Unreadable) is this program's own mistake. The client gets 503 as well: phones retry it.
//!
//! Bodies are problem documents (RFC 9457). Wallet does not read them; people with `curl` do.

use super::{Body, Reply};
use serde::Serialize;

/// Why a request is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientError {
    /// 400: the request cannot be understood. What is wrong with it.
    BadRequest(&'static str),
    /// 401 for devices: unknown pass, wrong type or wrong token, which must not be told apart.
    WrongPassToken,
    /// 401 for issuers.
    WrongIssuerKey,
    /// 404: what does not exist.
    NotFound(&'static str),
    /// 405, with the methods that are allowed.
    MethodNotAllowed(String),
    /// 413: the body is larger than accepted.
    PayloadTooLarge {
        /// The most bytes accepted.
        limit: usize,
    },
    /// 409: what is stored does not allow it. What to change there.
    Conflict(&'static str),
    /// 412: `If-Match` or `If-None-Match` does not hold.
    PreconditionFailed,
    /// 415, with what is accepted.
    UnsupportedMediaType(&'static str),
    /// 429: a rate limit was reached.
    TooManyRequests,
    /// 501: Apple's protocol has it, this service does not yet.
    NotImplemented(&'static str),
    /// 503 that no retry mends: a secret, variable or binding is missing or wrong. What the operator must do.
    NotConfigured(&'static str),
    /// 503: too many large bodies at a time.
    Busy,
    /// 503: storage did not answer.
    Unavailable,
    /// 400 or 409 with a list of defects.
    Problem(Problem),
}

impl ClientError {
    /// What is wrong, in a sentence or two, where that does not depend on the request.
    #[must_use]
    pub fn detail(&self) -> &'static str {
        match self {
            Self::BadRequest(detail)
            | Self::NotFound(detail)
            | Self::Conflict(detail)
            | Self::NotConfigured(detail)
            | Self::NotImplemented(detail) => detail,
            Self::PayloadTooLarge { .. } => "It would be too large.",
            _ => "It was refused.",
        }
    }
}

/// A problem document with defects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: u16,
    document: String,
}

impl Problem {
    /// `title` is what kind of problem it is, in a few words, and `detail` what to do about it.
    #[must_use]
    pub fn new(status: u16, title: &str, detail: &str, defects: &[impl Serialize]) -> Self {
        Self { status, document: Document::new(status, title, detail, Some(defects)).text() }
    }

    /// A problem that is told in one sentence.
    #[must_use]
    pub fn from_detail(status: u16, title: &str, detail: &str) -> Self {
        Self { status, document: Document::<()>::new(status, title, detail, None).text() }
    }
}

/// RFC 9457: `about:blank` says that the status code tells the type of the problem.
#[derive(Serialize)]
struct Document<'a, D> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    defects: Option<&'a [D]>,
}

impl<'a, D: Serialize> Document<'a, D> {
    fn new(status: u16, title: &'a str, detail: &'a str, defects: Option<&'a [D]>) -> Self {
        Self { r#type: "about:blank", title, status, detail, defects }
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Seconds after which a client may try again. Phones keep their own, longer schedule.
const RETRY_AFTER: &str = "5";

/// The same after a rate limit: the longest period that the platform counts in.
const RETRY_AFTER_LIMIT: &str = "60";

impl From<ClientError> for Reply {
    /// The title is the status code's name, as `about:blank` asks for.
    fn from(refusal: ClientError) -> Self {
        match refusal {
            ClientError::BadRequest(detail) => problem(400, "Bad Request", detail),
            ClientError::WrongPassToken => problem(
                401,
                "Unauthorized",
                "The Authorization header does not carry the authentication token of a known pass: `ApplePass {authenticationToken}`.",
            )
            .with("www-authenticate", "ApplePass"),
            ClientError::WrongIssuerKey => {
                problem(401, "Unauthorized", "The Authorization header must carry the issuer key: `Bearer {ISSUER_KEY}`.")
                    .with("www-authenticate", "Bearer")
            }
            ClientError::NotFound(detail) => problem(404, "Not Found", detail),
            ClientError::MethodNotAllowed(allowed) => {
                problem(405, "Method Not Allowed", &format!("This resource answers to {allowed}.")).with("allow", allowed)
            }
            ClientError::PayloadTooLarge { limit } => {
                problem(413, "Content Too Large", &format!("The body may have at most {limit} bytes."))
            }
            ClientError::Conflict(detail) => problem(409, "Conflict", detail),
            ClientError::PreconditionFailed => {
                problem(412, "Precondition Failed", "The pass is not in the state that If-Match or If-None-Match asks for.")
            }
            ClientError::UnsupportedMediaType(accepted) => {
                problem(415, "Unsupported Media Type", &format!("The Content-Type must be {accepted}.")).with("accept", accepted)
            }
            ClientError::TooManyRequests => problem(429, "Too Many Requests", "There were too many requests of this kind. Try again later.")
                .with("retry-after", RETRY_AFTER_LIMIT),
            ClientError::NotImplemented(detail) => problem(501, "Not Implemented", detail),
            // No `Retry-After`: it is the same until the operator does something.
            ClientError::NotConfigured(detail) => problem(503, "Not Configured", detail),
            ClientError::Busy => {
                problem(503, "Service Unavailable", "There are as many large files on their way as there is memory for. Try again.")
                    .with("retry-after", RETRY_AFTER)
            }
            ClientError::Unavailable => problem(503, "Service Unavailable", "Storage did not answer. Try again.")
                .with("retry-after", RETRY_AFTER),
            ClientError::Problem(Problem { status, document }) => reply(status, document),
        }
    }
}

fn problem(status: u16, title: &str, detail: &str) -> Reply {
    reply(status, Document::<()>::new(status, title, detail, None).text())
}

fn reply(status: u16, document: String) -> Reply {
    Reply::empty(status).with("content-type", "application/problem+json").with_body(Body::Text(document))
}
