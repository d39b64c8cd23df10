//! `GET /v1/passes/{passTypeIdentifier}/{serialNumber}`, and HEAD, which phones really send
//!
//! Apple, "Send an Updated Pass": 200 with the pass, 304 when the device has this version, 401 when the token is wrong.
//! The bytes are served as they were signed.

use super::PassAddress;
use crate::{
    endpoint::Endpoint,
    http::{
        Body, Refusal, Reply,
        conditional::{ReadConditions, Validators},
        credentials::TokenHash,
        date,
    },
    pass,
    store::{Batch, Rows, Unreadable, sql::device::latest::Latest as Statement},
};

/// A device wants the newest version of a pass.
#[derive(Debug, Clone)]
pub struct Latest {
    /// Which pass.
    pub address: PassAddress,
    /// What the device presents.
    pub token: TokenHash,
    /// Which version it has.
    pub conditions: ReadConditions,
    /// HEAD: the same answer without the file.
    pub head: bool,
}

impl Endpoint for Latest {
    fn ask(&self) -> Batch<'_> {
        let statement = Statement {
            pass_type: &self.address.pass_type,
            serial: &self.address.serial.once,
            serial_twice: &self.address.serial.twice,
            token: &self.token.0,
        };
        Batch::repeatable(vec![statement.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some((object_key, etag, modified_at, size)) = rows.first::<(String, String, i64, i64)>(0)? else {
            return Ok(Refusal::WrongPassToken.into());
        };
        let file = StoredFile { object_key, etag, modified_at, size };
        Ok(file.reply(&self.conditions, self.head))
    }
}

/// A pass file in the bucket.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// Where it is.
    pub object_key: String,
    /// SHA-256 of the file.
    pub etag: String,
    /// Unix seconds.
    pub modified_at: i64,
    /// Bytes.
    pub size: i64,
}

impl StoredFile {
    /// 304 or 200, with the header fields phones look for: they complain about a missing `Last-Modified`. A pass is
    /// personal, so nothing on the way may keep it.
    #[must_use]
    pub fn reply(self, conditions: &ReadConditions, head: bool) -> Reply {
        let unchanged =
            conditions.not_modified(Validators { etag: &self.etag, modified_at: self.modified_at });
        let reply = Reply::empty(if unchanged { 304 } else { 200 })
            .with("last-modified", date::format(self.modified_at))
            .with("etag", format!("\"{}\"", self.etag))
            .with("cache-control", "private, no-store");
        if unchanged {
            return reply;
        }
        reply
            .with("content-type", pass::MEDIA_TYPE)
            .with("content-length", self.size.to_string())
            .with_body(if head { Body::Empty } else { Body::Object(self.object_key) })
    }
}
