//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
//!
//! A pass as JSON with its content, or with `Accept: application/vnd.apple.pkpass` its file.

use super::{Address, summary::PassSummary};
use crate::{
    endpoint::{Answer, Error, run, with_object},
    http::{ClientError, Headers, Reply, accepts, conditional::ReadConditions, file::StoredFile},
    storage::{
        Batch, Database, Objects, Unreadable,
        sql::issuer::{inspect as sql, list::PageRow},
    },
};
use pkpass::{json, parts::content_of};
use serde::Serialize;
use serde_json::{Map, Value};

/// An issuer looks at a pass.
pub(crate) struct InspectPass {
    address: Address,
    conditions: ReadConditions,
    file: bool,
    head: bool,
    tracked: bool,
}

impl InspectPass {
    /// `tracked`: lists to devices are noted.
    pub(crate) fn from_headers(address: Address, headers: &impl Headers, head: bool, tracked: bool) -> Self {
        let file = accepts(headers, pkpass::MEDIA_TYPE);
        Self { address, conditions: ReadConditions::from_headers(headers), file, head, tracked }
    }

    /// The answer. Its JSON has the content of the file, so it takes a read of the bucket.
    pub(crate) async fn find<D: Database, O: Objects>(&self, database: &D, objects: &O) -> Result<Answer<O::Body>, Error> {
        let Address { pass_type, serial } = &self.address;
        let rows = run(database, &Batch::repeatable(vec![sql::Inspect { pass_type, serial }.query()])).await?;
        let Some(row) = rows.first::<sql::Inspect>()? else {
            return Err(ClientError::NotFound("No such pass was published.").into());
        };
        let reply = if self.file {
            let sql::InspectRow { object_key, etag, modified_at, size, .. } = row;
            let file = StoredFile { object_key, etag, modified_at, size, media_type: pkpass::MEDIA_TYPE };
            file.reply(&self.conditions, self.head)
        } else {
            let file = if self.head { None } else { objects.read(&row.object_key).await? };
            let details = Details::new(&row, file.as_deref()).ok_or(Unreadable)?;
            let listed = as_listed(&self.address, row);
            Reply::json(200, &Shown { summary: PassSummary::from_row(&listed, self.tracked), details })
        };
        Ok(with_object(reply.with("vary", "accept"), objects).await?)
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    summary: PassSummary<'a>,
    #[serde(flatten)]
    details: Details,
}

/// What a pass is made from, and its content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    /// The pass's own values.
    values: Value,
    /// The pass's own merge patches.
    patches: Value,
    /// `pass.json` without the authentication token, which is a secret. Null if the file cannot be read.
    pass: Option<Map<String, Value>>,
}

impl Details {
    /// `None` when a column has another form.
    fn new(row: &sql::InspectRow, file: Option<&[u8]>) -> Option<Self> {
        let mut pass = file.and_then(content_of);
        if let Some(pass) = &mut pass {
            pass.remove("authenticationToken");
        }
        Some(Self {
            values: json::parse(row.field_values.as_deref().unwrap_or("{}"))?,
            patches: json::parse(row.fields.as_deref().unwrap_or("[]"))?,
            pass,
        })
    }
}

/// The pass as a row of the listing.
fn as_listed(address: &Address, row: sql::InspectRow) -> PageRow {
    let Address { pass_type, serial } = address.clone();
    PageRow {
        pass_type,
        serial,
        place: 1,
        matches: true,
        template: row.template,
        external_id: row.external_id,
        etag: row.etag,
        modified_at: row.modified_at,
        size: row.size,
        revision: row.revision,
        web_service: row.web_service,
        withdrawn_at: row.withdrawn_at,
        registrations: row.registrations,
        first_registered_at: row.first_registered_at,
        last_removed_at: row.last_removed_at,
        last_listed_at: row.last_listed_at,
    }
}
