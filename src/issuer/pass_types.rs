//! `GET /issuer/v1/pass-types?cursor=&limit=`
//!
//! Pages through the pass types that have passes, a signing identity or a certificate request, with a warning where a
//! certificate ends soon. `cursor` of a page is the pass type after which the next one begins. The last page has none.

use super::{page::Limit, signing_identity::SigningIdentity};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, query},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::{pass_types as sql, signing_identity::ShowRow},
    },
};
use serde::Serialize;

/// An issuer lists its pass types.
pub(crate) struct ListPassTypes {
    after: String,
    limit: Limit,
    now: i64,
}

impl ListPassTypes {
    /// `now` is unix seconds.
    pub(crate) fn from_query(query: &str, now: i64) -> Result<Self, ClientError> {
        let after = query::value(query, "cursor").unwrap_or_default();
        Ok(Self { after, limit: Limit::from_query(query)?, now })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    pass_types: Vec<Listed<'a>>,
    cursor: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    pass_type_identifier: &'a str,
    /// The newest revision of its passes. Null when none was published.
    revision: Option<i64>,
    signing_identity: Option<SigningIdentity>,
    /// How many certificate requests wait.
    certificate_requests: i64,
}

impl<'a> Listed<'a> {
    fn from_row(row: &'a sql::PageRow, now: i64) -> Self {
        let signing_identity = identity(row.clone()).map(|identity| SigningIdentity::from_row(identity, now));
        Self {
            pass_type_identifier: &row.pass_type,
            revision: row.revision,
            signing_identity,
            certificate_requests: row.certificate_requests,
        }
    }
}

/// The identity, if the pass type has one.
fn identity(row: sql::PageRow) -> Option<ShowRow> {
    Some(ShowRow {
        subject: row.subject?,
        team: row.team?,
        serial_number: row.serial_number?,
        not_before: row.not_before?,
        not_after: row.not_after?,
        stored_at: row.stored_at?,
    })
}

impl Endpoint for ListPassTypes {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::Page { after: &self.after, limit: self.limit.and_one_more() }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let found = rows.all::<sql::Page>()?;
        let (page, last) = self.limit.page_of(&found);
        let pass_types = page.iter().map(|row| Listed::from_row(row, self.now)).collect();
        Ok(Reply::json(200, &Page { pass_types, cursor: last.map(|last| last.pass_type.as_str()) }))
    }
}
