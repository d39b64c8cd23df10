//! `GET /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}`
//!
//! Apple, "Get the List of Updatable Passes": 200 with the `SerialNumbers` object, or 204 when nothing changed. There is no
//! `Authorization`: the device identifier is the secret. An unknown device gets 204 too, never 404.
//!
//! Without a tag, the answer lists all passes of the type that the device registered. With a tag, it lists those changed after
//! it. A tag that cannot be read counts as none: phones never recover from an error, and a full list gives them a good tag.
//!
//! The service notes what it told the device. A crash before the batch leaves the note before. A crash after it leaves a note
//! of a list that the phone did not get. The phone asks again. A note must not stop the list: a full database refuses to write
//! it, and can still be read. Then the list costs a second call.

use super::address::decode;
use crate::{
    endpoint::{Answer, Endpoint, InternalError, serve},
    http::{ClientError, Reply, query},
    revision,
    storage::{Batch, Database, Fault, Objects, Rows, Unreadable, sql::web_service::list_updatable_passes as sql},
};

/// A device asks which of its passes changed.
#[derive(Debug, Clone)]
pub struct ListUpdatablePasses {
    /// `deviceLibraryIdentifier`
    pub device: String,
    /// `passTypeIdentifier`
    pub pass_type: String,
    /// The revision after which changes are listed.
    pub since: i64,
    /// When the list is noted, in unix seconds. `None`: the variable `TRACK_LISTS` is off.
    pub noted_at: Option<i64>,
}

impl ListUpdatablePasses {
    /// Decodes the path's segments and the query. The list is not noted, unless [`noted_at`](Self::noted_at) is set.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when a segment cannot be an identifier.
    pub fn decode(device: &str, pass_type: &str, query: &str) -> Result<Self, ClientError> {
        let since = query::value(query, "passesUpdatedSince").map_or(revision::NONE, |tag| revision::parse_tag(&tag));
        Ok(Self { device: decode(device)?, pass_type: decode(pass_type)?, since, noted_at: None })
    }

    /// The answer, and why the list was not noted if the database refused that.
    ///
    /// # Errors
    /// [`InternalError`] when storage does not answer.
    pub async fn find<D: Database, O: Objects>(
        &self,
        database: &D,
        objects: &O,
    ) -> Result<(Answer<O::Body>, Option<InternalError>), InternalError> {
        match serve(self, database, objects).await {
            Err(InternalError::Database(refusal)) if self.noted_at.is_some() && refusal.fault == Fault::Other => {
                let unnoted = Self { noted_at: None, ..self.clone() };
                Ok((serve(&unnoted, database, objects).await?, Some(refusal.into())))
            }
            answer => Ok((answer?, None)),
        }
    }
}

impl Endpoint for ListUpdatablePasses {
    fn ask(&self) -> Batch<'_> {
        let (device, pass_type, since) = (self.device.as_str(), self.pass_type.as_str(), self.since);
        Batch::repeatable(vec![match self.noted_at {
            Some(now) => sql::ListAndNote { device, pass_type, since, now }.query(),
            None => sql::ListUpdatablePasses { device, pass_type, since }.query(),
        }])
    }

    /// The database writes the array of serial numbers. `lastUpdated` is the highest revision among the listed passes.
    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let text = match self.noted_at {
            Some(_) => rows.text::<sql::ListAndNote>()?,
            None => rows.text::<sql::ListUpdatablePasses>()?,
        };
        let Some(text) = text else { return Ok(Reply::empty(204)) };
        let array = text.find('[').ok_or(Unreadable)?;
        let (revision, serials) = text.split_at_checked(array).ok_or(Unreadable)?;
        let object = format!("{{\"serialNumbers\":{serials},\"lastUpdated\":\"{revision}\"}}");
        Ok(Reply::json_text(200, object))
    }
}
