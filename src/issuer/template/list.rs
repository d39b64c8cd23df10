//! Pages through the templates in the order of their names. `cursor` of a page is the name after which the next one begins;
//! the last page has none.

use super::Summary;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, query},
    issuer::page::Limit,
    storage::{Batch, Rows, Unreadable, sql::issuer::template::Page as Statement},
};
use serde::Serialize;

/// An issuer lists its templates.
#[derive(Debug, Clone)]
pub struct List {
    after: String,
    limit: Limit,
}

impl List {
    /// Reads the query.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when a parameter makes no sense.
    pub fn from_query(query: &str) -> Result<Self, ClientError> {
        let after = query::value(query, "cursor").unwrap_or_default();
        Ok(Self { after, limit: Limit::from_query(query)? })
    }
}

#[derive(Serialize)]
struct Page<'a> {
    templates: Vec<Summary<'a>>,
    cursor: Option<&'a str>,
}

impl Endpoint for List {
    fn ask(&self) -> Batch<'_> {
        let page = Statement { after: &self.after, limit: self.limit.and_one_more() };
        Batch::repeatable(vec![page.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let found = rows.all::<Statement>()?;
        let (page, more) = self.limit.page_of(&found);
        let cursor = page.last().filter(|_| more).map(|last| last.name.as_str());
        let templates = page.iter().map(|row| Summary::new(&row.name, &row.version, row.modified_at, row.size)).collect();
        Ok(Reply::json(200, &Page { templates, cursor }))
    }
}
