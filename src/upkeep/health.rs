//! `GET /healthz?deep`
//!
//! Whether the database answers, and whether something needs the operator soon. Anyone may ask, so it names nothing.

use crate::{
    endpoint::Endpoint,
    http::Reply,
    issuer::signing_identity::WARNING_DAYS,
    store::{Batch, Rows, Unreadable, sql::issuer::signing_identity::Ending},
};
use serde::Serialize;

const SECONDS_A_DAY: i64 = 86_400;

/// Somebody asks how the service is.
#[derive(Debug, Clone)]
pub struct Health {
    /// The version of the service.
    pub version: &'static str,
    /// The commit it was built from.
    pub commit: &'static str,
    /// Unix seconds.
    pub now: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    /// `warning` when something needs the operator soon: `GET /issuer/v1/pass-types` says what.
    status: &'static str,
    version: &'static str,
    commit: &'static str,
    signing_identities: SigningIdentities,
}

#[derive(Serialize)]
struct SigningIdentities {
    expired: i64,
    expiring: i64,
}

impl Endpoint for Health {
    fn ask(&self) -> Batch<'_> {
        let soon = self.now.saturating_add(WARNING_DAYS.saturating_mul(SECONDS_A_DAY));
        Batch::repeatable(vec![Ending { by: self.now }.query(), Ending { by: soon }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let (expired,) = rows.first::<(i64,)>(0)?.ok_or(Unreadable)?;
        let (by_soon,) = rows.first::<(i64,)>(1)?.ok_or(Unreadable)?;
        let status = if by_soon == 0 { "ok" } else { "warning" };
        let signing_identities = SigningIdentities { expired, expiring: by_soon.saturating_sub(expired) };
        let (version, commit) = (self.version, self.commit);
        Ok(Reply::json(200, &Body { status, version, commit, signing_identities }))
    }
}
