//! The errors that a client sees, and the answers to them.
//!
//! The service has two kinds of error, [`ClientError`] and [`InternalError`](crate::endpoint::InternalError). A `ClientError`
//! says what the client has to change. An `InternalError` is written to the log, and the client gets
//! [`ClientError::Unavailable`].
//!
//! Bodies are problem documents (RFC 9457). Wallet does not read them. People who use `curl` do.

use super::{Body, Reply};
use pkpass::{Report, Warning};
use serde::Serialize;

/// Why a request is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientError {
    /// 400, with what is wrong with the request.
    BadRequest(&'static str),
    /// 401 for devices. The pass is unknown, the type is wrong or the token is wrong. The answer must not tell which.
    WrongPassToken,
    /// 401 for issuers.
    WrongIssuerKey,
    /// 404, with what does not exist.
    NotFound(&'static str),
    /// 405, with the methods that are allowed.
    MethodNotAllowed(String),
    /// 413: the body is larger than accepted.
    PayloadTooLarge {
        /// The most bytes accepted.
        limit: usize,
    },
    /// 409, with what to change in the data that is stored.
    Conflict(&'static str),
    /// 412: `If-Match` or `If-None-Match` does not hold.
    PreconditionFailed,
    /// 415, with the media types that are accepted.
    UnsupportedMediaType(&'static str),
    /// 429: a rate limit was reached.
    TooManyRequests,
    /// 501: Apple's protocol has it, this service does not yet.
    NotImplemented(&'static str),
    /// 503 that no retry mends, with what the operator has to do. A secret, variable or binding is missing or wrong.
    NotConfigured(&'static str),
    /// 503: too many large bodies at a time.
    Busy,
    /// 503: storage did not answer.
    Unavailable,
    /// 400 or 409 with a list of defects.
    Problem(Problem),
}

impl ClientError {
    /// The error in a sentence or two, without details that only the request has.
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

    /// The error in a sentence or two.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Problem(Problem { report: Some(report), .. }) => {
                report.defects.first().map_or(self.detail(), |defect| defect.message.as_str())
            }
            Self::Problem(problem) => &problem.detail,
            other => other.detail(),
        }
    }

    /// What was found in a file, if that is why.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Problem(problem) => problem.report.as_deref(),
            _ => None,
        }
    }
}

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: u16,
    document: String,
    /// What was found in a file.
    report: Option<Box<Report>>,
    /// What to do.
    detail: String,
}

impl Problem {
    /// A problem with a list of defects. `title` names the kind of problem, and `detail` says what to do about it.
    #[must_use]
    pub fn new(status: u16, title: &str, detail: &str, defects: &[impl Serialize]) -> Self {
        Self::from_document(&Document {
            r#type: BLANK,
            title,
            status,
            detail,
            defects: Some(defects),
            errors: None,
            warnings: &[],
        })
    }

    /// A problem with a list of errors in the lines of a request.
    #[must_use]
    pub fn from_errors(status: u16, title: &str, detail: &str, errors: &[impl Serialize]) -> Self {
        let errors = Some(errors);
        Self::from_document(&Document { r#type: BLANK, title, status, detail, defects: None, errors, warnings: &[] })
    }

    /// The same for a file, with its warnings.
    #[must_use]
    pub fn from_report(status: u16, title: &str, detail: &str, report: &Report) -> Self {
        let Report { defects, warnings } = report;
        let document = Document { r#type: BLANK, title, status, detail, defects: Some(defects), errors: None, warnings };
        Self { report: Some(Box::new(report.clone())), ..Self::from_document(&document) }
    }

    /// A problem without a list.
    #[must_use]
    pub fn from_detail(status: u16, title: &str, detail: &str) -> Self {
        Self::from_document(&Document::<()> {
            r#type: BLANK,
            title,
            status,
            detail,
            defects: None,
            errors: None,
            warnings: &[],
        })
    }

    fn from_document(document: &Document<'_, impl Serialize>) -> Self {
        let text = serde_json::to_string(document).unwrap_or_default();
        let detail = document.detail.to_owned();
        Self { status: document.status, document: text, report: None, detail }
    }
}

/// The type of a problem whose status code says it all (RFC 9457, section 4.2.1).
const BLANK: &str = "about:blank";

#[derive(Serialize)]
struct Document<'a, D> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    defects: Option<&'a [D]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a [D]>,
    #[serde(skip_serializing_if = "<[Warning]>::is_empty")]
    warnings: &'a [Warning],
}

/// Seconds after which a client may try again. Phones have a longer schedule of their own.
const RETRY_AFTER: &str = "5";

/// The same after a rate limit: the longest period of the platform's rate limits.
const RETRY_AFTER_LIMIT: &str = "60";

impl From<ClientError> for Reply {
    /// The title is the name of the status code, as `about:blank` requires.
    fn from(error: ClientError) -> Self {
        use ClientError as E;
        let problem = |status, title, detail: &str| reply(Problem::from_detail(status, title, detail));
        match error {
            E::BadRequest(detail) => problem(400, "Bad Request", detail),
            E::WrongPassToken => problem(401, "Unauthorized", WRONG_TOKEN).with("www-authenticate", "ApplePass"),
            E::WrongIssuerKey => problem(401, "Unauthorized", WRONG_KEY).with("www-authenticate", "Bearer"),
            E::NotFound(detail) => problem(404, "Not Found", detail),
            E::MethodNotAllowed(allowed) => {
                problem(405, "Method Not Allowed", &format!("This resource answers to {allowed}.")).with("allow", allowed)
            }
            E::Conflict(detail) => problem(409, "Conflict", detail),
            E::PreconditionFailed => problem(412, "Precondition Failed", PRECONDITION),
            E::PayloadTooLarge { limit } => {
                problem(413, "Content Too Large", &format!("The body may have at most {limit} bytes."))
            }
            E::UnsupportedMediaType(accepted) => {
                let detail = format!("The Content-Type must be {accepted}.");
                problem(415, "Unsupported Media Type", &detail).with("accept", accepted)
            }
            E::TooManyRequests => problem(429, "Too Many Requests", TOO_MANY).with("retry-after", RETRY_AFTER_LIMIT),
            E::NotImplemented(detail) => problem(501, "Not Implemented", detail),
            // No `Retry-After`: a retry changes nothing until the operator acts.
            E::NotConfigured(detail) => problem(503, "Not Configured", detail),
            E::Busy => problem(503, "Service Unavailable", BUSY).with("retry-after", RETRY_AFTER),
            E::Unavailable => problem(503, "Service Unavailable", UNAVAILABLE).with("retry-after", RETRY_AFTER),
            E::Problem(problem) => reply(problem),
        }
    }
}

const WRONG_TOKEN: &str = "The Authorization header does not carry the authentication token of a known pass: \
    `ApplePass {authenticationToken}`.";
const WRONG_KEY: &str = "The Authorization header must carry the issuer key: `Bearer {ISSUER_KEY}`.";
const PRECONDITION: &str = "The pass is not in the state that If-Match or If-None-Match asks for.";
const TOO_MANY: &str = "There were too many requests of this kind. Try again later.";
const BUSY: &str = "There are as many large files on their way as there is memory for. Try again.";
const UNAVAILABLE: &str = "Storage did not answer. Try again.";

fn reply(Problem { status, document, .. }: Problem) -> Reply {
    Reply::empty(status).with("content-type", "application/problem+json").with_body(Body::Text(document))
}
