//! `GET /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}`
//!
//! Apple, "Get the List of ListUpdatablePasses Passes": 200 with the `SerialNumbers` object, 204 when nothing changed. There is no
//! `Authorization`: the device identifier is the secret. An unknown device is 204 too, never 404.
//!
//! Without a tag all passes of the type that the device registered are listed, with a tag those changed after it. A tag
//! that cannot be read is no tag, never an error: phones never recover from one, while a full list heals them.

use super::address::identifier;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply, query},
    revision,
    storage::{Batch, Rows, Unreadable, sql::web_service::list_updatable_passes::ListUpdatablePasses as Statement},
};

/// A device asks which of its passes changed.
#[derive(Debug, Clone)]
pub struct ListUpdatablePasses {
    /// `deviceLibraryIdentifier`
    pub device: String,
    /// `passTypeIdentifier`
    pub pass_type: String,
    /// Revisions above this one are asked for.
    pub since: i64,
}

impl ListUpdatablePasses {
    /// Decodes the path's segments and the query.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when a segment cannot be an identifier.
    pub fn decode(device: &str, pass_type: &str, query: &str) -> Result<Self, ClientError> {
        Ok(Self {
            device: identifier(device)?,
            pass_type: identifier(pass_type)?,
            since: query::value(query, "passesUpdatedSince").map_or(revision::NONE, |tag| revision::since(&tag)),
        })
    }
}

impl Endpoint for ListUpdatablePasses {
    fn ask(&self) -> Batch<'_> {
        let statement = Statement { device: &self.device, pass_type: &self.pass_type, since: self.since };
        Batch::repeatable(vec![statement.query()])
    }

    /// The `SerialNumbers` object: `serialNumbers` an array of strings, which the database wrote, `lastUpdated` a string, the
    /// highest revision among the passes listed.
    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let Some(text) = rows.text::<Statement>()? else { return Ok(Reply::empty(204)) };
        let array = text.find('[').ok_or(Unreadable)?;
        let (revision, serials) = text.split_at_checked(array).ok_or(Unreadable)?;
        let object = format!("{{\"serialNumbers\":{serials},\"lastUpdated\":\"{revision}\"}}");
        Ok(Reply::json_text(200, object))
    }
}
