//! A stored file as an answer.

use super::{
    Body, Reply,
    conditional::{ReadConditions, Validators},
    date,
};

/// A file in the bucket.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// Its key in the bucket.
    pub object_key: String,
    /// SHA-256 of the file.
    pub etag: String,
    /// Unix seconds.
    pub modified_at: i64,
    /// Bytes.
    pub size: i64,
    /// Its media type.
    pub media_type: &'static str,
}

impl StoredFile {
    /// 304 or 200. Phones complain when `Last-Modified` is missing. A pass is personal, so no cache may keep it.
    pub(crate) fn reply(self, conditions: &ReadConditions, head: bool) -> Reply {
        let unchanged = conditions.not_modified(Validators { etag: &self.etag, modified_at: self.modified_at });
        let reply = Reply::empty(if unchanged { 304 } else { 200 })
            .with("last-modified", date::format(self.modified_at))
            .with("etag", format!("\"{}\"", self.etag))
            .with("cache-control", "private, no-store");
        if unchanged {
            return reply;
        }
        let body = if head { Body::Empty } else { Body::Object(self.object_key) };
        reply.with("content-type", self.media_type).with("content-length", self.size.to_string()).with_body(body)
    }
}
