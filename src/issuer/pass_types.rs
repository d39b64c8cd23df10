//! `GET /issuer/v1/pass-types?cursor=&limit=`
//!
//! Pages through the pass types of which passes were published or which have a signing identity, with a warning where a
//! certificate ends soon. `cursor` of a page is the pass type after which the next one begins; the last page has none.

use super::{page::Limit, signing_identity::SigningIdentity};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, query},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::{
            pass_types::{Page as Statement, PageRow},
            signing_identity::ShowRow,
        },
    },
};
use serde::Serialize;

/// An issuer lists its pass types.
#[derive(Debug, Clone)]
pub struct PassTypes {
    after: String,
    limit: Limit,
    now: i64,
}

impl PassTypes {
    /// Reads the query; `now` is unix seconds.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when a parameter makes no sense.
    pub fn from_query(query: &str, now: i64) -> Result<Self, ClientError> {
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
    /// Of the newest change of any of its passes; null: none was published.
    revision: Option<i64>,
    signing_identity: Option<SigningIdentity>,
}

/// The identity, if the pass type has one.
fn identity(row: &PageRow) -> Option<ShowRow> {
    let PageRow { subject, team, serial_number, not_before, not_after, stored_at, .. } = row.clone();
    Some(ShowRow {
        subject: subject?,
        team: team?,
        serial_number: serial_number?,
        not_before: not_before?,
        not_after: not_after?,
        stored_at: stored_at?,
    })
}

impl Endpoint for PassTypes {
    fn ask(&self) -> Batch<'_> {
        let page = Statement { after: &self.after, limit: self.limit.and_one_more() };
        Batch::repeatable(vec![page.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let found = rows.all::<Statement>()?;
        let (page, more) = self.limit.page_of(&found);
        let cursor = page.last().filter(|_| more).map(|last| last.pass_type.as_str());
        let pass_types = page
            .iter()
            .map(|row| Listed {
                pass_type_identifier: &row.pass_type,
                revision: row.revision,
                signing_identity: identity(row).map(|identity| SigningIdentity::new(identity, self.now)),
            })
            .collect();
        Ok(Reply::json(200, &Page { pass_types, cursor }))
    }
}
