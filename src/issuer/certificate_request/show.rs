//! The requests that wait, without their keys.

use super::UNKNOWN;
use crate::{
    endpoint::Endpoint,
    http::{Body, Headers, Reply, accepts, date},
    issuer::link::file_name,
    storage::{Batch, Rows, Unreadable, sql::issuer::certificate_request as sql},
};
use base64ct::{Base64, Encoding};
use pkpass::pem::{self, CERTIFICATE_REQUEST};
use serde::Serialize;

/// The form of an answer with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The file for Apple's site.
    Pem,
    /// JSON with the same text inside.
    Json,
}

impl Form {
    /// JSON for those who ask for it: people upload the file as it comes.
    pub(crate) fn from_accept(headers: &impl Headers) -> Self {
        if accepts(headers, "application/json") { Self::Json } else { Self::Pem }
    }

    /// The answer with a request.
    pub(super) fn reply(self, status: u16, pass_type: &str, row: &sql::ShowRow) -> Result<Reply, Unreadable> {
        let waiting = Waiting::from_row(row)?;
        if self == Self::Json {
            return Ok(Reply::json(status, &waiting));
        }
        // Keychain Access gives its requests this ending, and Apple's site names it.
        let name = format!("attachment; filename=\"{}.certSigningRequest\"", file_name(pass_type));
        let reply = Reply::empty(status).with("content-type", PEM_FILE).with("content-disposition", name);
        Ok(reply.with_body(Body::Text(waiting.certificate_request)))
    }
}

/// The usual type of PEM, of which none is registered. `application/pkcs10` is DER (RFC 5967).
const PEM_FILE: &str = "application/x-pem-file";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Waiting {
    id: String,
    created: String,
    /// PEM
    certificate_request: String,
}

impl Waiting {
    fn from_row(row: &sql::ShowRow) -> Result<Self, Unreadable> {
        let der = Base64::decode_vec(&row.request).map_err(|_| Unreadable)?;
        let certificate_request = pem::encode(CERTIFICATE_REQUEST, &der);
        Ok(Self { id: row.id.clone(), created: date::format(row.created_at), certificate_request })
    }
}

/// `GET /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request/{id}`
#[derive(Debug)]
pub struct ShowRequest {
    /// `passTypeIdentifier`
    pub pass_type: String,
    /// Its name.
    pub id: String,
    /// The form of the answer.
    pub form: Form,
}

impl Endpoint for ShowRequest {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::Show { pass_type: &self.pass_type, id: &self.id }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        match rows.first::<sql::Show>()? {
            Some(row) => self.form.reply(200, &self.pass_type, &row),
            None => Ok(UNKNOWN.into()),
        }
    }
}

/// `GET /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request`
#[derive(Debug)]
pub struct ListRequests {
    /// `passTypeIdentifier`
    pub pass_type: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List {
    certificate_requests: Vec<Waiting>,
}

impl Endpoint for ListRequests {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::List { pass_type: &self.pass_type }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let rows = rows.all::<sql::List>()?;
        let certificate_requests = rows.iter().map(Waiting::from_row).collect::<Result<_, _>>()?;
        Ok(Reply::json(200, &List { certificate_requests }))
    }
}
