//! `GET /healthz?deep`
//!
//! Whether the database answers, and whether something needs the operator soon. Anyone may ask, so it names nothing.

use crate::{
    endpoint::Endpoint,
    http::Reply,
    issuer::signing_identity::WARNING_DAYS,
    push::{self, Policy},
    store::{
        Batch, Rows, Unreadable,
        sql::{issuer::signing_identity::Ending, upkeep::health::Push as PushRow},
    },
};
use serde::Serialize;

const SECONDS_A_DAY: i64 = 86_400;

/// After how many seconds without being told devices wait too long: the cron trigger looks each minute.
const LATE_SECONDS: i64 = 600;

/// After how many seconds a hold that is over and was not taken back counts no more: nobody had anything to try it with.
const TRIAL_SECONDS: i64 = 300;

/// Somebody asks how the service is.
#[derive(Debug, Clone)]
pub struct Health {
    version: &'static str,
    commit: &'static str,
    now: i64,
    usable: String,
    unusable: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    /// `warning` when something needs the operator: `GET /issuer/v1/pass-types` and `GET /issuer/v1/push` say what.
    status: &'static str,
    version: &'static str,
    commit: &'static str,
    signing_identities: SigningIdentities,
    push: Push,
}

#[derive(Serialize)]
struct SigningIdentities {
    expired: i64,
    expiring: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Push {
    /// `ok`; `held` when a push service takes nothing; `notConfigured` when devices wait for one that is not set up; `late`
    /// when devices wait for no such reason.
    status: &'static str,
    /// For how many seconds the oldest change has waited.
    oldest_waiting: Option<i64>,
}

impl Health {
    /// `version` and `commit` are the service's; `now` is unix seconds.
    #[must_use]
    pub fn new(version: &'static str, commit: &'static str, policy: &Policy, now: i64) -> Self {
        let (usable, unusable) = (push::names(&policy.usable), push::names(&policy.missing()));
        Self { version, commit, now, usable, unusable }
    }

    fn push(&self, held: bool, not_configured: bool, oldest: Option<i64>) -> Push {
        let since = |ms: i64| self.now.saturating_sub(ms.div_euclid(1000));
        let oldest_waiting = oldest.map(since).filter(|seconds| *seconds >= 0);
        let status = if held {
            "held"
        } else if not_configured {
            "notConfigured"
        } else if oldest_waiting.is_some_and(|seconds| seconds > LATE_SECONDS) {
            "late"
        } else {
            "ok"
        };
        Push { status, oldest_waiting }
    }
}

impl Endpoint for Health {
    fn ask(&self) -> Batch<'_> {
        let soon = self.now.saturating_add(WARNING_DAYS.saturating_mul(SECONDS_A_DAY));
        // A hold is over before its next trial is: that it was not taken back says that it goes on.
        let ended_after = self.now.saturating_sub(TRIAL_SECONDS).saturating_mul(1000);
        Batch::repeatable(vec![
            Ending { by: self.now }.query(),
            Ending { by: soon }.query(),
            PushRow { usable: &self.usable, unusable: &self.unusable, ended_after }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let (expired,) = rows.first::<(i64,)>(0)?.ok_or(Unreadable)?;
        let (by_soon,) = rows.first::<(i64,)>(1)?.ok_or(Unreadable)?;
        let (held, not_configured, oldest) = rows.first::<(bool, bool, Option<i64>)>(2)?.ok_or(Unreadable)?;
        let push = self.push(held, not_configured, oldest);
        let status = if by_soon == 0 && push.status == "ok" { "ok" } else { "warning" };
        let signing_identities = SigningIdentities { expired, expiring: by_soon.saturating_sub(expired) };
        let (version, commit) = (self.version, self.commit);
        Ok(Reply::json(200, &Body { status, version, commit, signing_identities, push }))
    }
}
