//! A signing identity in the issuer API's JSON, without its key.

use super::WARNING_DAYS;
use crate::{http::date, storage::sql::issuer::signing_identity as sql};
use serde::Serialize;

const SECONDS_A_DAY: i64 = 86_400;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::issuer) struct SigningIdentity {
    /// The certificate's subject, for people.
    subject: String,
    team_identifier: String,
    /// The certificate's serial number in hex.
    serial_number: String,
    not_before: String,
    not_after: String,
    /// Whole days until the certificate ends. Negative when it has ended.
    days_left: i64,
    /// When it was stored.
    stored: String,
    /// What the issuer has to do soon, or null.
    warning: Option<&'static str>,
}

impl SigningIdentity {
    /// `now` is unix seconds.
    pub(in crate::issuer) fn from_row(row: sql::ShowRow, now: i64) -> Self {
        let sql::ShowRow { subject, team, serial_number, not_before, not_after, stored_at } = row;
        let days_left = not_after.saturating_sub(now).div_euclid(SECONDS_A_DAY);
        let warning = if days_left < 0 {
            Some("The certificate, or its intermediate, has expired: no pass can be made. Store a new one.")
        } else if days_left < WARNING_DAYS {
            Some("The certificate, or its intermediate, ends soon. Get a new one from Apple and store it here.")
        } else {
            None
        };
        Self {
            subject,
            team_identifier: team,
            serial_number,
            not_before: date::format(not_before),
            not_after: date::format(not_after),
            days_left,
            stored: date::format(stored_at),
            warning,
        }
    }
}
