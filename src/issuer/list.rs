//! `GET /issuer/v1/passes?passTypeIdentifier=&template=&externalId=&withdrawn=&changedSince=&registered=&push=&behind=&cursor=`
//! `&limit=`
//!
//! Pages through the passes that a [`Filter`] lets through, in the order of pass type and serial number. `cursor` of a page is
//! the place where the next one begins. The last page has none.

use super::{
    filter::{Filter, Place},
    page::Limit,
    summary::PassSummary,
};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, query},
    storage::{Batch, Rows, Unreadable},
};
use serde::Serialize;

/// An issuer lists its passes.
pub struct ListPasses {
    filter: Filter,
    after: Place,
    limit: Limit,
    tracked: bool,
}

impl ListPasses {
    /// Reads the query. `tracked`: lists to devices are noted.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when a parameter makes no sense.
    pub fn from_query(query: &str, tracked: bool) -> Result<Self, ClientError> {
        let after = match query::value(query, "cursor") {
            None => Place::default(),
            Some(cursor) => from_cursor(&cursor).ok_or(ClientError::BadRequest("`cursor` is not one that a listing gave."))?,
        };
        Ok(Self { filter: Filter::from_query(query, tracked)?, after, limit: Limit::from_query(query)?, tracked })
    }
}

#[derive(Serialize)]
struct Page<'a> {
    passes: Vec<PassSummary<'a>>,
    cursor: Option<String>,
}

impl Endpoint for ListPasses {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![self.filter.page(&self.after, self.limit.entries())])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let (found, next) = self.filter.found(rows, self.limit.entries())?;
        let cursor = next.map(|(pass_type, serial)| to_cursor(&pass_type, &serial));
        let passes = found.iter().map(|row| PassSummary::from_row(row, self.tracked)).collect();
        Ok(Reply::json(200, &Page { passes, cursor }))
    }
}

/// A place in the listing, in characters that need no encoding. No identifier has a line break.
fn to_cursor(pass_type: &str, serial: &str) -> String {
    format!("{pass_type}\n{serial}").bytes().fold(String::new(), |cursor, byte| format!("{cursor}{byte:02x}"))
}

fn from_cursor(cursor: &str) -> Option<Place> {
    let digits = cursor.as_bytes().chunks(2);
    let bytes = digits.map(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
    let text = String::from_utf8(bytes.collect::<Option<_>>()?).ok()?;
    let (pass_type, serial) = text.split_once('\n')?;
    Some((pass_type.to_owned(), serial.to_owned()))
}
