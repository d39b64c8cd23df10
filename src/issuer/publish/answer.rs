//! The answers to a publication.

use super::Outcome;
use crate::{
    http::{ClientError, Problem, Reply, date},
    issuer::Address,
};
use pkpass::{Report, Warning, json};
use serde::Serialize;
use serde_json::{Map, Value};

/// A pass as phones see it.
#[derive(Clone)]
pub(crate) struct Published {
    pub(crate) address: Address,
    /// The number of its newest change.
    pub(crate) revision: i64,
    /// Unix seconds, for `Last-Modified`.
    pub(crate) modified_at: i64,
    /// SHA-256 of the file.
    pub(crate) etag: String,
    /// How many devices registered it.
    pub(crate) registrations: i64,
    /// What works on a phone but disappoints.
    pub(crate) warnings: Vec<Warning>,
    /// The pass's own values, as JSON. `None` when it was not made from a template.
    pub(crate) values: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    pass_type_identifier: &'a str,
    serial_number: &'a str,
    revision: i64,
    last_modified: String,
    etag: String,
    changed: bool,
    registrations: i64,
    warnings: &'a [Warning],
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Value>,
}

impl Published {
    /// The answer, with whether this request changed the pass.
    pub(crate) fn reply(&self, status: u16, changed: bool) -> Reply {
        let values = self.values.as_deref().map(|values| json::parse(values).unwrap_or_else(|| Map::new().into()));
        let body = Body {
            pass_type_identifier: &self.address.pass_type,
            serial_number: &self.address.serial,
            revision: self.revision,
            last_modified: date::format(self.modified_at),
            etag: format!("\"{}\"", self.etag),
            changed,
            registrations: self.registrations,
            warnings: &self.warnings,
            values,
        };
        Reply::json(status, &body)
    }
}

impl Outcome {
    /// The answer to an upload. `file` is the SHA-256 of the file that was sent.
    pub(super) fn reply_to_upload(&self, file: &str) -> Reply {
        let stored = match self {
            Self::Stored { published, .. } | Self::Unchanged(published) => published.etag == file,
            _ => false,
        };
        let reply = self.reply();
        // RFC 9110, section 9.3.4: an `ETag` in the answer to a PUT says that these very bytes were stored.
        if stored { reply.with("etag", format!("\"{file}\"")) } else { reply }
    }

    /// The answer.
    pub(crate) fn reply(&self) -> Reply {
        match self {
            Self::Stored { first, published, messages, .. } => {
                published.reply(if *first { 201 } else { 200 }, true).with_messages(messages.clone())
            }
            Self::Unchanged(published) => published.reply(200, false),
            Self::PreconditionFailed => ClientError::PreconditionFailed.into(),
            Self::TokenDiffers => token_differs().into(),
            Self::Previewed(reply) => reply.clone(),
            Self::Overtaken => ClientError::Conflict(OVERTAKEN).into(),
        }
    }
}

/// 409 when the file is a good pass with another address, else 400.
pub(crate) fn list_defects(report: &Report) -> ClientError {
    let is_conflict = report.defects.iter().all(|defect| defect.code.is_conflict());
    let (status, title) = if is_conflict { (409, "Another Pass") } else { (400, "Defective Pass") };
    let detail = "The pass was not published. Each defect below must be mended.";
    ClientError::Problem(Problem::from_report(status, title, detail, report))
}

/// The text for [`Outcome::Overtaken`].
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

/// Like a [`pkpass::Defect`], but found by comparing the file with the stored pass.
#[derive(Serialize)]
struct StoredDefect {
    code: &'static str,
    file: &'static str,
    message: &'static str,
}
