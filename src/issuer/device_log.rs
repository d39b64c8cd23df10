//! `GET /issuer/v1/device-log?days=`
//!
//! What devices reported to `/v1/log` in the last days: how often, for which pass type, which kind, with one redacted
//! sample each. A device's complaint is the first sign of a mistake in a pass or in this service.

use super::address::bounded;
use crate::{
    endpoint::Endpoint,
    http::{Refusal, Reply},
    store::{Batch, Rows, Unreadable, sql::issuer::device_log::Since},
};
use serde_json::json;

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
    /// [`Refusal::BadRequest`] when `days` makes no sense.
    pub fn of_query(query: &str, now: i64) -> Result<Self, Refusal> {
        let days = bounded(query, "days", DEFAULT_DAYS, KEPT_DAYS)?;
        Ok(Self { first_day: now.div_euclid(SECONDS_A_DAY).saturating_sub(days).saturating_add(1) })
    }
}

impl Endpoint for DeviceLog {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![Since { day: self.first_day, limit: MOST }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let found: Vec<(String, String, String, u64, String)> = rows.all(0)?;
        let entries: Vec<_> = found
            .iter()
            .map(|(day, pass_type, kind, count, sample)| {
                json!({ "day": day, "passTypeIdentifier": pass_type, "kind": kind, "count": count, "sample": sample })
            })
            .collect();
        Ok(Reply::json(200, &json!({ "entries": entries })))
    }
}
