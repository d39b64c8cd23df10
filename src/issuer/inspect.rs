//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
//!
//! A pass as JSON with its content, or with `Accept: application/vnd.apple.pkpass` its file.

use super::{Address, summary::PassSummary};
use crate::{
    endpoint::{Answer, Error, run, with_object},
    http::{ClientError, Headers, Reply, accepts, conditional::ReadConditions, file::StoredFile},
    storage::{
        Batch, Database, Objects, Unreadable,
        sql::issuer::{inspect as sql, list::AllRow},
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
}

impl InspectPass {
    pub(crate) fn from_headers(address: Address, headers: &impl Headers, head: bool) -> Self {
        let file = accepts(headers, pkpass::MEDIA_TYPE);
        Self { address, conditions: ReadConditions::from_headers(headers), file, head }
    }

    /// The answer. Its JSON has the content of the file, so it takes a read of the bucket.
    pub(crate) async fn find<D: Database, O: Objects>(&self, database: &D, objects: &O) -> Result<Answer<O::Body>, Error> {
        let Address { pass_type, serial } = &self.address;
        let queries = vec![sql::Inspect { pass_type, serial }.query(), sql::Own { pass_type, serial }.query()];
        let rows = run(database, &Batch::repeatable(queries)).await?;
        let Some((row, own)) = rows.first::<sql::Inspect>()?.zip(rows.first::<sql::Own>()?) else {
            return Err(ClientError::NotFound("No such pass was published.").into());
        };
        let reply = if self.file {
            let sql::InspectRow { object_key, etag, modified_at, size, .. } = row;
            let file = StoredFile { object_key, etag, modified_at, size, media_type: pkpass::MEDIA_TYPE };
            file.reply(&self.conditions, self.head)
        } else {
            let file = if self.head { None } else { objects.read(&row.object_key).await? };
            let details = Details::new(&own, file.as_deref()).ok_or(Unreadable)?;
            Reply::json(200, &Shown { summary: PassSummary::from_row(&self.summarize(row)), details })
        };
        Ok(with_object(reply.with("vary", "accept"), objects).await?)
    }

    fn summarize(&self, row: sql::InspectRow) -> AllRow {
        let Address { pass_type, serial } = self.address.clone();
        let sql::InspectRow { etag, modified_at, size, revision, web_service, withdrawn_at, registrations, .. } = row;
        AllRow { pass_type, serial, etag, modified_at, size, revision, web_service, withdrawn_at, registrations }
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    summary: PassSummary<'a>,
    #[serde(flatten)]
    details: Details<'a>,
}

/// What a pass is made from, and its content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    /// Null for an upload.
    template: Option<&'a str>,
    external_id: Option<&'a str>,
    /// The pass's own values.
    values: Value,
    /// The pass's own merge patches.
    patches: Value,
    /// `pass.json` without the authentication token, which is a secret. Null if the file cannot be read.
    pass: Option<Map<String, Value>>,
}

impl<'a> Details<'a> {
    /// `None` when a column has another form.
    fn new(own: &'a sql::OwnRow, file: Option<&[u8]>) -> Option<Self> {
        let mut pass = file.and_then(content_of);
        if let Some(pass) = &mut pass {
            pass.remove("authenticationToken");
        }
        Some(Self {
            template: own.template.as_deref(),
            external_id: own.external_id.as_deref(),
            values: json::parse(own.field_values.as_deref().unwrap_or("{}"))?,
            patches: json::parse(own.fields.as_deref().unwrap_or("[]"))?,
            pass,
        })
    }
}
