//! Pages through the templates by name. `cursor` of a page is the name after which the next one begins. The last page has none.

use super::TemplateSummary;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, query},
    issuer::page::Limit,
    storage::{Batch, Rows, Unreadable, sql::issuer::template as sql},
};
use serde::Serialize;

/// An issuer lists its templates.
pub(crate) struct ListTemplates {
    after: String,
    limit: Limit,
}

impl ListTemplates {
    /// Reads the query.
    pub(crate) fn from_query(query: &str) -> Result<Self, ClientError> {
        let after = query::value(query, "cursor").unwrap_or_default();
        Ok(Self { after, limit: Limit::from_query(query)? })
    }
}

#[derive(Serialize)]
struct Page<'a> {
    templates: Vec<TemplateSummary<'a>>,
    cursor: Option<&'a str>,
}

impl Endpoint for ListTemplates {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::Page { after: &self.after, limit: self.limit.and_one_more() }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let found = rows.all::<sql::Page>()?;
        let (page, last) = self.limit.page_of(&found);
        let templates =
            page.iter().map(|row| TemplateSummary::new(&row.name, &row.version, row.modified_at, row.size)).collect();
        Ok(Reply::json(200, &Page { templates, cursor: last.map(|last| last.name.as_str()) }))
    }
}
