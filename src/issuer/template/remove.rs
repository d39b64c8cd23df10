//! Removing a template: 204. Passes that were made from it stay, and can still be changed one by one.

use super::UNKNOWN;
use crate::{
    endpoint::Endpoint,
    http::Reply,
    storage::{Batch, Rows, Unreadable, sql::issuer::template as sql},
};

/// An issuer removes a template.
pub(crate) struct RemoveTemplate {
    /// Its name.
    pub(crate) name: String,
    /// Unix seconds.
    pub(crate) now: i64,
}

impl Endpoint for RemoveTemplate {
    /// Not repeatable: between two runs another one may have been stored.
    fn ask(&self) -> Batch<'_> {
        let name = self.name.as_str();
        Batch::once(vec![
            sql::Before { name }.query(),
            // No version is the empty text, so this retires any version.
            sql::Retire { name, version: "", now: self.now }.query(),
            sql::Remove { name }.query(),
            sql::ForgetRuns { name }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        Ok(if rows.any::<sql::Before>()? { Reply::empty(204) } else { UNKNOWN.into() })
    }
}
