//! `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?device=`
//!
//! Deletes all registrations of a pass, or that of one device. The phone hears of no change until it registers again.
//!
//! `device` is a whole identifier, or its beginning, as the listing shows it. A whole identifier is found by key. Only if there
//! is none, the service reads all devices of the pass and looks for one that begins like this.
//!
//! A crash before the deletion leaves all registrations, and one after it leaves them deleted. Repeating it is harmless.

use super::{Address, registrations::SHOWN};
use crate::{
    endpoint::{Error, run},
    http::{ClientError, Reply, path, query},
    storage::{Batch, Database, Query, Rows, Unreadable, sql::issuer::registrations as sql},
};
use serde::Serialize;

/// The most registrations that one request deletes: a statement has 30 seconds.
const MOST: i64 = 10_000;

/// The listing shortens identifiers with it.
const ELLIPSIS: char = '…';

/// An issuer deletes registrations of a pass.
pub(crate) struct ClearRegistrations {
    address: Address,
    /// The device's identifier, or its beginning. `None` for all devices.
    device: Option<String>,
}

#[derive(Serialize)]
struct Cleared {
    deleted: i64,
    /// Whether some are left. The issuer then repeats the request.
    more: bool,
}

impl ClearRegistrations {
    /// Reads the query.
    pub(crate) fn from_query(address: Address, query: &str) -> Result<Self, ClientError> {
        let Some(device) = query::value(query, "device") else { return Ok(Self { address, device: None }) };
        let device = device.trim_end_matches(ELLIPSIS).to_owned();
        if path::identifier(&path::encode(&device)).is_none() {
            return Err(ClientError::BadRequest("`device` must be an identifier as the listing shows it, or all of it."));
        }
        Ok(Self { address, device: Some(device) })
    }

    /// Deletes them. It costs one call of the database, or three if `device` is a beginning.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] when there is no such pass, [`ClientError::Conflict`] when several devices begin like this,
    /// [`Error::InternalError`] when the database does not answer.
    pub(crate) async fn clear<D: Database>(&self, database: &D) -> Result<Reply, Error> {
        let cleared = match self.device.as_deref() {
            None => self.clear_all(database).await?,
            Some(device) => {
                let mut deleted = self.clear_device(database, device).await?;
                if deleted == 0
                    && let Some(device) = self.find_device(database, device).await?
                {
                    deleted = self.clear_device(database, &device).await?;
                }
                Cleared { deleted, more: false }
            }
        };
        Ok(Reply::json(200, &cleared))
    }

    async fn clear_all<D: Database>(&self, database: &D) -> Result<Cleared, Error> {
        let Address { pass_type, serial } = &self.address;
        let count = sql::Count { pass_type, serial, most: MOST.saturating_add(1) };
        let rows = self.ask(database, &[count.query(), sql::Clear { pass_type, serial, most: MOST }.query()]).await?;
        let count = rows.first::<sql::Count>()?.ok_or(Unreadable)?.registrations;
        Ok(Cleared { deleted: count.min(MOST), more: count > MOST })
    }

    /// Deletes the registration of the device with this identifier, and returns how many there were.
    async fn clear_device<D: Database>(&self, database: &D, device: &str) -> Result<i64, Error> {
        let Address { pass_type, serial } = &self.address;
        let rows = self.ask(database, &[sql::ClearDevice { pass_type, serial, device }.query()]).await?;
        Ok(i64::from(rows.any::<sql::ClearDevice>()?))
    }

    /// Finds the one device that the listing shows like this.
    async fn find_device<D: Database>(&self, database: &D, shown: &str) -> Result<Option<String>, Error> {
        // The listing shows no more of an identifier.
        if shown.chars().count() > SHOWN {
            return Ok(None);
        }
        let Address { pass_type, serial } = &self.address;
        let rows = self.ask(database, &[sql::Shown { pass_type, serial, shown }.query()]).await?;
        let mut found = rows.all::<sql::Shown>()?;
        if found.len() > 1 {
            return Err(ClientError::Conflict(SEVERAL).into());
        }
        Ok(found.pop().map(|row| row.device))
    }

    /// Runs the queries, and checks that the pass exists.
    async fn ask<D: Database>(&self, database: &D, queries: &[Query<'_>]) -> Result<Rows, Error> {
        let Address { pass_type, serial } = &self.address;
        let queries = [&[sql::Known { pass_type, serial }.query()], queries].concat();
        // Not repeatable: a second run would not count the registrations that the first one deleted.
        let rows = run(database, &Batch::once(queries)).await?;
        if !rows.any::<sql::Known>()? {
            return Err(ClientError::NotFound("No such pass was published.").into());
        }
        Ok(rows)
    }
}

const SEVERAL: &str = "Several devices that registered the pass begin like this. Give all of the identifier, or delete all \
    registrations of the pass.";
