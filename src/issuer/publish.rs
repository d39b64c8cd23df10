//! `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/vnd.apple.pkpass`
//!
//! Publishes a signed pass: 201 when it is new, 200 when it was replaced or is unchanged. A pass whose manifest equals
//! the stored one *is* the stored one to a phone, so nothing changes then: no revision, no listing. The one exception is a
//! withdrawn pass, which is listed again.
//!
//! The file goes into the bucket before the row that names it, under a key of its own. A crash before the batch leaves an
//! object nobody names, which the sweep finds; a crash after it leaves the pass published, and publishing it again
//! changes nothing.

use super::Address;
use crate::{
    endpoint::{Endpoint, Upload},
    http::{Problem, Refusal, Reply, conditional::WriteConditions, credentials::TokenHash, date, path},
    pass::{self, Defect, Expected, Pass},
    revision,
    store::{
        Batch, Rows, Unreadable,
        sql::issuer::publish::{Admit, Advance, After, Before, Retire, Store},
    },
};
use serde::Serialize;

/// The largest file, in bytes.
pub const BODY_LIMIT: usize = 5 * 1024 * 1024;

/// An upload that passed all checks a file can be given by itself.
#[derive(Debug, Clone)]
pub struct Publish {
    address: Address,
    pass: Pass,
    token: Option<TokenHash>,
    file: Vec<u8>,
    object_key: String,
    conditions: WriteConditions,
    publication: String,
    now_ms: i64,
}

/// The order of the batch: what is read before the change, and what after.
const BEFORE: usize = 0;
const AFTER: usize = 5;

type BeforeRow = (Option<String>, String, String, bool);
type AfterRow = (String, i64, i64, String, i64);

impl Publish {
    /// Checks the file. `publication` is unique to this upload; `now_ms` is unix milliseconds.
    ///
    /// # Errors
    /// [`Refusal::Problem`] with all defects of the file.
    pub fn check(
        address: Address,
        file: Vec<u8>,
        conditions: WriteConditions,
        publication: String,
        now_ms: i64,
    ) -> Result<Self, Refusal> {
        let expected = Expected { pass_type: &address.pass_type, serial: &address.serial };
        let pass = pass::inspect(&file, &expected).map_err(|defects| refused(&defects))?;
        let object_key = object_key(&address, &pass.file_sha256, &publication);
        let token = pass.authentication_token.as_deref().map(TokenHash::of);
        Ok(Self { address, pass, token, file, object_key, conditions, publication, now_ms })
    }

    fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.0.as_str())
    }

    /// Why the upload was not admitted, or that there was nothing to do.
    fn not_stored(&self, before: Option<BeforeRow>, after: Option<AfterRow>) -> Result<Reply, Unreadable> {
        let etag = before.as_ref().map(|(_, _, file, _)| file.as_str());
        if !self.conditions.hold(etag) {
            return Ok(Refusal::PreconditionFailed.into());
        }
        let (token, ..) = before.ok_or(Unreadable)?;
        if token.is_some() && token.as_deref() != self.token() {
            return Ok(token_differs().into());
        }
        Ok(self.published(200, false, after.ok_or(Unreadable)?))
    }

    fn published(&self, status: u16, changed: bool, after: AfterRow) -> Reply {
        let (_, revision, modified_at, file, registrations) = after;
        let etag = format!("\"{file}\"");
        let published = Published {
            pass_type_identifier: &self.address.pass_type,
            serial_number: &self.address.serial,
            revision,
            last_modified: date::format(modified_at),
            etag: &etag,
            changed,
            registrations,
        };
        let reply = Reply::json(status, &published);
        // RFC 9110, section 9.3.4: a validator in the answer to a PUT says that these very bytes were stored.
        if file == self.pass.file_sha256 { reply.with("etag", etag) } else { reply }
    }
}

/// What the issuer learns of a pass that is published.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Published<'a> {
    pass_type_identifier: &'a str,
    serial_number: &'a str,
    revision: i64,
    last_modified: String,
    etag: &'a str,
    changed: bool,
    registrations: i64,
}

impl Endpoint for Publish {
    fn upload(&self) -> Option<Upload<'_>> {
        Some(Upload { key: &self.object_key, bytes: &self.file })
    }

    /// Not repeatable: between two runs somebody else may have published, and would be overwritten without notice.
    fn ask(&self) -> Batch<'_> {
        let (pass_type, serial) = (self.address.pass_type.as_str(), self.address.serial.as_str());
        let (manifest, publication) = (self.pass.manifest_sha256.as_str(), self.publication.as_str());
        let now = self.now_ms.div_euclid(1000);
        Batch::once(vec![
            Before { pass_type, serial }.query(),
            Admit {
                pass_type,
                serial,
                token: self.token(),
                manifest,
                if_match: self.conditions.if_match.as_deref(),
                if_none_match: self.conditions.if_none_match.as_deref(),
                publication,
            }
            .query(),
            Advance { pass_type, publication, now_ms: revision::candidate(self.now_ms) }.query(),
            Retire { pass_type, serial, publication, now }.query(),
            Store {
                pass_type,
                serial,
                token: self.token(),
                manifest,
                file: &self.pass.file_sha256,
                object_key: &self.object_key,
                size: i64::try_from(self.file.len()).unwrap_or(i64::MAX),
                publication,
                now,
            }
            .query(),
            After { pass_type, serial }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let before: Option<BeforeRow> = rows.first(BEFORE)?;
        let after: Option<AfterRow> = rows.first(AFTER)?;
        match after {
            Some(after) if after.0 == self.object_key => {
                Ok(self.published(if before.is_none() { 201 } else { 200 }, true, after))
            }
            after => Ok(self.not_stored(before, after)?.discarding(Some(self.object_key.clone()))),
        }
    }
}

/// `{passTypeIdentifier}/{serial number, percent-encoded}/{SHA-256 of the file}-{publication}.pkpass`: readable to a
/// person in the bucket, unique to an upload, and within R2's limit of 1,024 bytes.
fn object_key(address: &Address, file_sha256: &str, publication: &str) -> String {
    let Address { pass_type, serial } = address;
    format!("{}/{}/{file_sha256}-{publication}.pkpass", path::encode(pass_type), path::encode(serial))
}

/// The pass that an object's key belongs to, if it is one of those that publishing makes.
#[must_use]
pub fn address_of_object(key: &str) -> Option<Address> {
    let mut segments = key.split('/');
    let address = Address::decode(segments.next()?, segments.next()?).ok()?;
    (segments.next()?.ends_with(".pkpass") && segments.next().is_none()).then_some(address)
}

/// 409 when the file is fine but belongs elsewhere, 400 when it is not.
fn refused(defects: &[Defect]) -> Refusal {
    let conflict = defects.iter().all(|defect| defect.code.is_conflict());
    let (status, title) = if conflict { (409, "Another Pass") } else { (400, "Defective Pass") };
    let detail = "The file was not published. Each defect below must be mended.";
    Refusal::Problem(Problem::new(status, title, detail, defects))
}

fn token_differs() -> Refusal {
    let title = "Another Authentication Token";
    let detail = "The file was not published. Devices that hold the pass authenticate with the token it had when they got it.";
    let defect = StoredDefect {
        code: "authentication_token_changed",
        file: "pass.json",
        message: "authenticationToken must stay what it was in the first version of this pass.",
    };
    Refusal::Problem(Problem::new(409, title, detail, &[defect]))
}

/// A [`Defect`] that does not show in the file, but against what is stored.
#[derive(Serialize)]
struct StoredDefect {
    code: &'static str,
    file: &'static str,
    message: &'static str,
}
