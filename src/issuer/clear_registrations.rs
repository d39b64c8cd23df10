//! `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?device=`
//!
//! Deletes the registrations of a pass, or that of one device, which is named as the listing shows it. A phone that held one hears
//! of no change until it registers again.
//!
//! What is given is first taken for a whole identifier, which is found by key. Only if there is none, the pass's devices are looked
//! through for the one of which it is shown.
//!
//! The deletion is one transaction. A crash before it leaves all, one after it leaves them deleted, and doing it again is harmless.

use super::{Address, registrations::SHOWN};
use crate::{
    endpoint::{Error, run},
    http::{ClientError, Reply, path, query},
    storage::{
        Batch, Database, Query, Rows, Unreadable,
        sql::issuer::registrations::{Clear, ClearDevice, Count, Known, Shown},
    },
};
use serde::Serialize;

/// The most registrations that one request deletes: a statement has 30 seconds.
const MOST: i64 = 10_000;

/// What the listing puts behind the beginning of an identifier.
const ELLIPSIS: char = '…';

/// An issuer wants registrations of a pass gone.
#[derive(Debug, Clone)]
pub struct ClearRegistrations {
    address: Address,
    /// The device's identifier, or what is shown of it; `None` for all.
    device: Option<String>,
}

#[derive(Serialize)]
struct Cleared {
    deleted: i64,
    /// Whether there are some left, so that the request is worth repeating.
    more: bool,
}

impl ClearRegistrations {
    /// Reads the query.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when `device` cannot be an identifier.
    pub fn from_query(address: Address, query: &str) -> Result<Self, ClientError> {
        let Some(device) = query::value(query, "device") else { return Ok(Self { address, device: None }) };
        let device = device.trim_end_matches(ELLIPSIS).to_owned();
        if path::identifier(&path::encode(&device)).is_none() {
            return Err(ClientError::BadRequest("`device` must be an identifier as the listing shows it, or all of it."));
        }
        Ok(Self { address, device: Some(device) })
    }
}

impl ClearRegistrations {
    /// Deletes them: with one call of the database, or three where a device is named by what the listing shows.
    ///
    /// # Errors
    /// [`ClientError::NotFound`] when there is no such pass, [`ClientError::Conflict`] when several devices are named,
    /// [`Error::InternalError`] when the database does not answer.
    pub async fn clear<D: Database>(&self, database: &D) -> Result<Reply, Error> {
        let cleared = match self.device.as_deref() {
            None => self.clear_all(database).await?,
            Some(device) => {
                let mut deleted = self.clear_device(database, device).await?;
                if deleted == 0
                    && let Some(device) = self.find_shown(database, device).await?
                {
                    deleted = self.clear_device(database, &device).await?;
                }
                Cleared { deleted, more: false }
            }
        };
        Ok(Reply::json(200, &cleared))
    }

    async fn clear_all<D: Database>(&self, database: &D) -> Result<Cleared, Error> {
        let (pass_type, serial) = self.pass();
        let count = Count { pass_type, serial, most: MOST.saturating_add(1) };
        let rows = self.ask(database, &[count.query(), Clear { pass_type, serial, most: MOST }.query()]).await?;
        let count = rows.first::<Count>()?.ok_or(Unreadable)?.registrations;
        Ok(Cleared { deleted: count.min(MOST), more: count > MOST })
    }

    /// Deletes the registration of the device of this identifier, and tells how many there were.
    async fn clear_device<D: Database>(&self, database: &D, device: &str) -> Result<i64, Error> {
        let (pass_type, serial) = self.pass();
        let rows = self.ask(database, &[ClearDevice { pass_type, serial, device }.query()]).await?;
        Ok(i64::from(rows.any::<ClearDevice>()?))
    }

    /// The one device of which the listing shows this.
    async fn find_shown<D: Database>(&self, database: &D, shown: &str) -> Result<Option<String>, Error> {
        // No listing shows more of an identifier.
        if shown.chars().count() > SHOWN {
            return Ok(None);
        }
        let (pass_type, serial) = self.pass();
        let rows = self.ask(database, &[Shown { pass_type, serial, shown }.query()]).await?;
        let mut found = rows.all::<Shown>()?;
        if found.len() > 1 {
            return Err(ClientError::Conflict(SEVERAL).into());
        }
        Ok(found.pop().map(|row| row.device))
    }

    fn pass(&self) -> (&str, &str) {
        (&self.address.pass_type, &self.address.serial)
    }

    /// Asks whether there is such a pass, and runs the queries behind that.
    async fn ask<D: Database>(&self, database: &D, queries: &[Query<'_>]) -> Result<Rows, Error> {
        let (pass_type, serial) = self.pass();
        let queries = [&[Known { pass_type, serial }.query()], queries].concat();
        // Not repeatable: the second would not tell what the first deleted.
        let rows = run(database, &Batch::once(queries)).await?;
        if !rows.any::<Known>()? {
            return Err(ClientError::NotFound("No such pass was published.").into());
        }
        Ok(rows)
    }
}

const SEVERAL: &str = "Several devices that registered the pass begin like this. Give all of the identifier, or delete all \
    registrations of the pass.";
