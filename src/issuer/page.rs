//! The pages of listings.

use crate::http::{ClientError, query};

/// Entries of a page, unless the query says otherwise.
const DEFAULT_LIMIT: i64 = 100;

/// The most entries of a page.
const MOST: i64 = 1000;

/// How many entries a page has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit(i64);

impl Limit {
    /// Reads the parameter `limit`.
    pub(super) fn from_query(query: &str) -> Result<Self, ClientError> {
        parse_number(query, "limit", DEFAULT_LIMIT, MOST).map(Self)
    }

    /// The most entries of the page.
    pub(super) fn entries(self) -> i64 {
        self.0
    }

    /// The number of rows to ask for. One row more than the page has tells whether there is a next page.
    pub(super) fn and_one_more(self) -> i64 {
        self.0.saturating_add(1)
    }

    /// The entries of the page, and the last of them if there is a next page.
    pub(super) fn page_of<T>(self, found: &[T]) -> (&[T], Option<&T>) {
        let limit = usize::try_from(self.0).unwrap_or(usize::MAX);
        found.get(..limit).filter(|_| limit < found.len()).map_or((found, None), |page| (page, page.last()))
    }
}

/// Reads the parameter `name` as a number from 1 to `most`, or `default` when it is missing.
pub(super) fn parse_number(query: &str, name: &str, default: i64, most: i64) -> Result<i64, ClientError> {
    match query::value(query, name).map(|value| value.parse()) {
        None => Ok(default),
        Some(Ok(number)) if (1..=most).contains(&number) => Ok(number),
        Some(_) => Err(ClientError::BadRequest("`limit` and `days` are numbers from 1 to 1000 (`days`: to 30).")),
    }
}
