//! `GET /issuer/v1/device-log?days=`
//!
//! The counters of the lines that devices sent to `/v1/log`, by day, pass type and kind, each with one redacted sample. They
//! are the first sign of a mistake in a pass or in this service.

use super::page::parse_number;
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    storage::{Batch, Rows, Unreadable, sql::issuer::device_log as sql},
};
use serde::Serialize;

const SECONDS_A_DAY: i64 = 86_400;

/// Days that counters are kept, and the most that `days` may be.
pub(crate) const KEPT_DAYS: i64 = 30;

const DEFAULT_DAYS: i64 = 7;

/// The most counters in one answer.
const MOST: i64 = 1000;

/// An issuer reads the device log.
pub(crate) struct ShowDeviceLog {
    first_day: i64,
}

impl ShowDeviceLog {
    /// Reads the query. `now` is unix seconds.
    pub(crate) fn from_query(query: &str, now: i64) -> Result<Self, ClientError> {
        let days = parse_number(query, "days", DEFAULT_DAYS, KEPT_DAYS)?;
        Ok(Self { first_day: now.div_euclid(SECONDS_A_DAY).saturating_sub(days).saturating_add(1) })
    }
}

#[derive(Serialize)]
struct Report {
    entries: Vec<Entry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    day: String,
    pass_type_identifier: String,
    kind: String,
    count: i64,
    sample: String,
}

impl From<sql::SinceRow> for Entry {
    fn from(sql::SinceRow { day, pass_type, kind, count, sample }: sql::SinceRow) -> Self {
        Self { day, pass_type_identifier: pass_type, kind, count, sample }
    }
}

impl Endpoint for ShowDeviceLog {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::Since { day: self.first_day, limit: MOST }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let entries = rows.all::<sql::Since>()?.into_iter().map(Entry::from).collect();
        Ok(Reply::json(200, &Report { entries }))
    }
}
