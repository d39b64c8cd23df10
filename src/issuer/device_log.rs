//! `GET /issuer/v1/device-log?days=`
//!
//! What devices reported to `/v1/log` in the last days: how often, for which pass type, which kind, with one redacted
//! sample each. A device's complaint is the first sign of a mistake in a pass or in this service.

use super::page::bounded;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    storage::{
        Batch, Rows, Unreadable,
        sql::issuer::device_log::{Since, SinceRow},
    },
};
use serde::Serialize;

const SECONDS_A_DAY: i64 = 86_400;

/// Days that counters are kept, and at most asked for.
pub const KEPT_DAYS: i64 = 30;

/// Days that are shown when none are asked for.
const DEFAULT_DAYS: i64 = 7;

/// The most counters in one answer.
const MOST: i64 = 1000;

/// An issuer reads what devices reported.
#[derive(Debug, Clone, Copy)]
pub struct DeviceLog {
    first_day: i64,
}

impl DeviceLog {
    /// Reads the query; `now` is unix seconds.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when `days` makes no sense.
    pub fn from_query(query: &str, now: i64) -> Result<Self, ClientError> {
        let days = bounded(query, "days", DEFAULT_DAYS, KEPT_DAYS)?;
        Ok(Self { first_day: now.div_euclid(SECONDS_A_DAY).saturating_sub(days).saturating_add(1) })
    }
}

#[derive(Serialize)]
struct Report {
    entries: Vec<Entry>,
}

/// How often a kind of complaint was made in a day.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    day: String,
    pass_type_identifier: String,
    kind: String,
    count: i64,
    sample: String,
}

impl Entry {
    fn from_row(row: SinceRow) -> Self {
        let SinceRow { day, pass_type, kind, count, sample } = row;
        Self { day, pass_type_identifier: pass_type, kind, count, sample }
    }
}

impl Endpoint for DeviceLog {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![Since { day: self.first_day, limit: MOST }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let entries = rows.all::<Since>()?.into_iter().map(Entry::from_row).collect();
        Ok(Reply::json(200, &Report { entries }))
    }
}
