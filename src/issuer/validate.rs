//! `POST /issuer/v1/validate`
//!
//! Checks a file as an upload of it would be checked, and stores nothing. The answer is 200 whatever was found: the file is the
//! subject of the request, not a part of it.

use crate::http::Reply;
use pkpass::{
    Content, Defect, Report, Rsa, Warning, check_content, inspect,
    signature::Trust,
    template::{self, Prepared},
};
use serde::Serialize;

/// The largest file, in bytes.
pub(crate) const BODY_LIMIT: usize = super::publish::BODY_LIMIT;

/// The kinds of file that can be checked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A signed pass.
    Pass,
    /// A ZIP of an unsigned pass folder.
    Template,
    /// A `pass.json` alone.
    Content,
}

impl Kind {
    /// The kinds by their media types.
    pub(crate) const MEDIA_TYPES: &str = "application/vnd.apple.pkpass, application/zip, application/json";

    /// The kind of a media type.
    pub(crate) fn from_media_type(media_type: &str) -> Option<Self> {
        match media_type {
            pkpass::MEDIA_TYPE => Some(Self::Pass),
            super::template::MEDIA_TYPE => Some(Self::Template),
            "application/json" => Some(Self::Content),
            _ => None,
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    valid: bool,
    defects: &'a [Defect],
    warnings: &'a [Warning],
}

/// Checks a file at the time `now`, in unix seconds.
pub(crate) async fn validate<R: Rsa>(kind: Kind, file: &[u8], trust: &Trust, now: i64, rsa: &R) -> Reply {
    let checked = match kind {
        Kind::Pass => inspect(file, None, trust, now, rsa).await.map(|pass| pass.warnings),
        Kind::Template => template::prepare(file).map(|Prepared { warnings, .. }| warnings),
        Kind::Content => check_content(file, None).map(|Content { needs_nfc, mut warnings, .. }| {
            warnings.extend(needs_nfc.then(Warning::nfc_certificate));
            warnings
        }),
    };
    let Report { defects, warnings } = match checked {
        Ok(warnings) => Report { defects: Vec::new(), warnings },
        Err(report) => report,
    };
    Reply::json(200, &Body { valid: defects.is_empty(), defects: &defects, warnings: &warnings })
}
