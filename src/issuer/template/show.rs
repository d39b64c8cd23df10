//! What is known of a template; with `Accept: application/zip` its prepared file.

use super::{MEDIA_TYPE, Summary, UNKNOWN};
use crate::{
    endpoint::Endpoint,
    http::{Headers, Reply, accepts, conditional::ReadConditions, file::StoredFile},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::template::{Show as Statement, ShowRow},
    },
};

/// An issuer looks at a template.
#[derive(Debug, Clone)]
pub struct Show {
    name: String,
    conditions: ReadConditions,
    file: bool,
    head: bool,
}

impl Show {
    /// Takes from the header fields what is wanted of the template.
    #[must_use]
    pub fn new(name: String, headers: &impl Headers, head: bool) -> Self {
        Self { name, conditions: ReadConditions::from_headers(headers), file: accepts(headers, MEDIA_TYPE), head }
    }
}

impl Endpoint for Show {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![Statement { name: &self.name }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(row) = rows.first::<Statement>()? else { return Ok(UNKNOWN.into()) };
        let ShowRow { object_key, version, modified_at, size, passes } = row;
        let reply = if self.file {
            let file = StoredFile { object_key, etag: version, modified_at, size, media_type: MEDIA_TYPE };
            file.reply(&self.conditions, self.head)
        } else {
            let summary = Summary::new(&self.name, &version, modified_at, size);
            Reply::json(200, &Summary { passes: Some(passes), ..summary })
        };
        Ok(reply.with("vary", "accept"))
    }
}
