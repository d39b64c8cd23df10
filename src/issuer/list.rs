//! `GET /issuer/v1/passes?passTypeIdentifier=&cursor=&limit=`
//!
//! Pages through the passes in the order of pass type and serial number. `cursor` of a page is the place where the next one
//! begins. The last page has none.

use super::{page::Limit, summary::PassSummary};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, query},
    storage::{Batch, Rows, Unreadable, sql::issuer::list as sql},
};
use serde::Serialize;

/// An issuer lists its passes.
pub(crate) struct ListPasses {
    pass_type: Option<String>,
    after: (String, String),
    limit: Limit,
}

impl ListPasses {
    /// Reads the query.
    pub(crate) fn from_query(query: &str) -> Result<Self, ClientError> {
        let after = match query::value(query, "cursor") {
            None => Default::default(),
            Some(cursor) => from_cursor(&cursor).ok_or(ClientError::BadRequest("`cursor` is not one that a listing gave."))?,
        };
        Ok(Self { pass_type: query::value(query, "passTypeIdentifier"), after, limit: Limit::from_query(query)? })
    }
}

#[derive(Serialize)]
struct Page<'a> {
    passes: Vec<PassSummary<'a>>,
    cursor: Option<String>,
}

impl Endpoint for ListPasses {
    fn ask(&self) -> Batch<'_> {
        let limit = self.limit.and_one_more();
        let (after_type, after_serial) = (self.after.0.as_str(), self.after.1.as_str());
        Batch::repeatable(vec![match &self.pass_type {
            Some(pass_type) => sql::OfType { pass_type, after_serial, limit }.query(),
            None => sql::All { after_type, after_serial, limit }.query(),
        }])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let found = if self.pass_type.is_some() { rows.all::<sql::OfType>()? } else { rows.all::<sql::All>()? };
        let (page, last) = self.limit.page_of(&found);
        let cursor = last.map(|last| to_cursor(&last.pass_type, &last.serial));
        Ok(Reply::json(200, &Page { passes: page.iter().map(PassSummary::from_row).collect(), cursor }))
    }
}

/// A place in the listing, in characters that need no encoding. No identifier has a line break.
fn to_cursor(pass_type: &str, serial: &str) -> String {
    format!("{pass_type}\n{serial}").bytes().fold(String::new(), |cursor, byte| format!("{cursor}{byte:02x}"))
}

fn from_cursor(cursor: &str) -> Option<(String, String)> {
    let digits = cursor.as_bytes().chunks(2);
    let bytes = digits.map(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
    let text = String::from_utf8(bytes.collect::<Option<_>>()?).ok()?;
    let (pass_type, serial) = text.split_once('\n')?;
    Some((pass_type.to_owned(), serial.to_owned()))
}
