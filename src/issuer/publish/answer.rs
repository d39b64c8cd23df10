//! What the issuer is told of a publication.

use super::Outcome;
use crate::{
    http::{ClientError, Problem, Reply, date},
    issuer::Address,
};
use pkpass::Defect;
use serde::Serialize;

/// A pass as phones will see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Which pass.
    pub address: Address,
    /// The number of its newest change.
    pub revision: i64,
    /// Unix seconds; `Last-Modified`.
    pub modified_at: i64,
    /// SHA-256 of the file.
    pub etag: String,
    /// How many devices registered it.
    pub registrations: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    pass_type_identifier: &'a str,
    serial_number: &'a str,
    revision: i64,
    last_modified: String,
    etag: &'a str,
    changed: bool,
    registrations: i64,
}

impl Published {
    /// What is published now, and whether this request changed it.
    fn reply(&self, status: u16, changed: bool) -> Reply {
        let etag = format!("\"{}\"", self.etag);
        let body = Body {
            pass_type_identifier: &self.address.pass_type,
            serial_number: &self.address.serial,
            revision: self.revision,
            last_modified: date::format(self.modified_at),
            etag: &etag,
            changed,
            registrations: self.registrations,
        };
        Reply::json(status, &body)
    }
}

/// The answer to an upload; `file` is the SHA-256 of what was sent.
pub(super) fn reply_to_upload(outcome: &Outcome, file: &str) -> Reply {
    let reply = outcome_reply(outcome);
    let stored = match outcome {
        Outcome::Stored { published, .. } | Outcome::Unchanged(published) => published.etag == file,
        _ => false,
    };
    // RFC 9110, section 9.3.4: a validator in the answer to a PUT says that these very bytes were stored.
    if stored { reply.with("etag", format!("\"{file}\"")) } else { reply }
}

/// The answer to an outcome.
pub(crate) fn outcome_reply(outcome: &Outcome) -> Reply {
    match outcome {
        Outcome::Stored { first, published, messages } => {
            published.reply(if *first { 201 } else { 200 }, true).telling(messages.clone())
        }
        Outcome::Unchanged(published) => published.reply(200, false),
        Outcome::PreconditionFailed => ClientError::PreconditionFailed.into(),
        Outcome::TokenDiffers => token_differs().into(),
        Outcome::Overtaken => ClientError::Conflict(OVERTAKEN).into(),
    }
}

/// 409 when the pass is fine but belongs elsewhere, 400 when it is not.
#[must_use]
pub fn refused(defects: &[Defect]) -> ClientError {
    let conflict = defects.iter().all(|defect| defect.code.is_conflict());
    let (status, title) = if conflict { (409, "Another Pass") } else { (400, "Defective Pass") };
    let detail = "The pass was not published. Each defect below must be mended.";
    ClientError::Problem(Problem::new(status, title, detail, defects))
}

/// What the issuer of [`Outcome::Overtaken`] is told.
pub(crate) const OVERTAKEN: &str =
    "Other versions of this pass were published again and again while this one was made. Send the request again.";

fn token_differs() -> ClientError {
    let title = "Another Authentication Token";
    let detail = "The pass was not published. Devices that hold it authenticate with the token it had when they got it.";
    let defect = StoredDefect {
        code: "authentication_token_changed",
        file: "pass.json",
        message: "authenticationToken must stay what it was in the first version of this pass.",
    };
    ClientError::Problem(Problem::new(409, title, detail, &[defect]))
}

/// A [`Defect`] that does not show in the file, but against what is stored.
#[derive(Serialize)]
struct StoredDefect {
    code: &'static str,
    file: &'static str,
    message: &'static str,
}
