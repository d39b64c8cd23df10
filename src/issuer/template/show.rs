//! Showing a template as JSON, or with `Accept: application/zip` its prepared file.

use super::{MEDIA_TYPE, TemplateSummary, UNKNOWN};
use crate::{
    endpoint::Endpoint,
    http::{Headers, Reply, accepts, conditional::ReadConditions, file::StoredFile},
    storage::{Batch, Rows, Unreadable, sql::issuer::template as sql},
};

/// An issuer looks at a template.
pub(crate) struct ShowTemplate {
    name: String,
    conditions: ReadConditions,
    file: bool,
    head: bool,
}

impl ShowTemplate {
    /// Reads the header fields.
    pub(crate) fn from_headers(name: String, headers: &impl Headers, head: bool) -> Self {
        Self { name, conditions: ReadConditions::from_headers(headers), file: accepts(headers, MEDIA_TYPE), head }
    }
}

impl Endpoint for ShowTemplate {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::Show { name: &self.name }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(row) = rows.first::<sql::Show>()? else { return Ok(UNKNOWN.into()) };
        let sql::ShowRow { object_key, version, modified_at, size, passes } = row;
        let reply = if self.file {
            let file = StoredFile { object_key, etag: version, modified_at, size, media_type: MEDIA_TYPE };
            file.reply(&self.conditions, self.head)
        } else {
            let summary = TemplateSummary::new(&self.name, &version, modified_at, size);
            Reply::json(200, &TemplateSummary { passes: Some(passes), ..summary })
        };
        Ok(reply.with("vary", "accept"))
    }
}
