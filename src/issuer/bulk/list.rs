//! `GET /issuer/v1/jobs?cursor=&limit=`: the jobs, the newest first.

use super::{parse_name, progress::Progress};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, query},
    issuer::page::Limit,
    storage::{Batch, Rows, Unreadable, sql::issuer::bulk as sql},
};
use serde::Serialize;

/// An issuer lists its jobs.
#[derive(Debug)]
pub struct ListJobs {
    /// When the last job of the page before was created, and its name.
    before: (i64, String),
    limit: Limit,
}

impl ListJobs {
    /// Reads the query.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when a parameter makes no sense.
    pub fn from_query(query: &str) -> Result<Self, ClientError> {
        let before = match query::value(query, "cursor") {
            None => (i64::from(u32::MAX), String::new()),
            Some(cursor) => parse_cursor(&cursor).ok_or(ClientError::BadRequest("`cursor` is not one that a listing gave."))?,
        };
        Ok(Self { before, limit: Limit::from_query(query)? })
    }
}

fn parse_cursor(cursor: &str) -> Option<(i64, String)> {
    let (created_at, job) = cursor.split_once('-')?;
    Some((created_at.parse().ok()?, parse_name(job).ok()?))
}

#[derive(Serialize)]
struct Page {
    jobs: Vec<Progress>,
    cursor: Option<String>,
}

impl Endpoint for ListJobs {
    fn ask(&self) -> Batch<'_> {
        let (before, before_job) = (self.before.0, self.before.1.as_str());
        Batch::repeatable(vec![sql::Page { before, before_job, limit: self.limit.and_one_more() }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let found = rows.all::<sql::Page>()?;
        let (page, last) = self.limit.page_of(&found);
        let cursor = last.map(|last| format!("{}-{}", last.created_at, last.job));
        Ok(Reply::json(200, &Page { jobs: page.iter().cloned().map(Progress::from_row).collect(), cursor }))
    }
}
