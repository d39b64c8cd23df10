//! `GET /healthz?deep`
//!
//! Checks what requests need, and whether the operator has to act. Anyone may ask, so the answer names no pass type, and the
//! work is limited.

use super::{
    SECONDS_A_DAY,
    keys::{self, Keys},
    migrations::{self, Found},
    reseal::Place,
};
use crate::{
    crypto::{Crypto, CryptoError, MasterKey},
    endpoint::InternalError,
    http::Reply,
    issuer::signing_identity::WARNING_DAYS,
    push::{self, Policy},
    storage::{
        Database, Objects, Query, Rows, Unreadable,
        sql::{
            issuer::signing_identity::{Ending, EndingRow},
            upkeep::health::{Keys as Sealed, Push as PushState, PushRow},
        },
    },
    wallet::Wallet,
};
use serde::Serialize;

/// Pushes that wait longer than this are late. The cron trigger looks each minute.
const LATE_SECONDS: i64 = 600;

/// How long a hold counts after its end, if no delivered push releases it: the retry needs some time.
const RETRY_SECONDS: i64 = 300;

/// No object has this key: each object's key has a slash.
const NO_OBJECT: &str = "healthz";

/// The health check.
#[derive(Debug)]
pub struct Health<'a> {
    version: &'static str,
    commit: &'static str,
    setup: Setup<'a>,
    now: i64,
    usable: String,
    unusable: String,
}

/// The settings that health depends on.
#[derive(Debug)]
pub struct Setup<'a> {
    /// Messages about settings that cause answers with 503.
    pub faults: Vec<&'static str>,
    /// Messages about wrong settings that the service does not need.
    pub warnings: Vec<&'static str>,
    /// The message about `PUBLIC_URL`, if it is wrong. With signing identities, that causes answers with 503.
    pub wrong_public_url: Option<&'static str>,
    /// The master key, or the message about it.
    pub master_key: Result<&'a MasterKey, &'static str>,
    /// The policy of push. `None` when its settings are among the faults.
    pub policy: Option<&'a Policy>,
    /// Whether a queue is bound.
    pub queue: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    /// `error` when requests get 503 until the operator acts; `warning` when the operator has something else to do; else `ok`.
    status: &'static str,
    version: &'static str,
    commit: &'static str,
    /// `ok`, `incomplete` when tables are missing, `unavailable`
    database: &'static str,
    /// `ok`, `unavailable`
    bucket: &'static str,
    /// `ok`, `missing`
    queue: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    master_key: Option<Keys>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_identities: Option<SigningIdentities>,
    #[serde(skip_serializing_if = "Option::is_none")]
    push: Option<Push>,
    /// What the operator has to do.
    to_do: Vec<String>,
}

#[derive(Serialize)]
struct SigningIdentities {
    expired: i64,
    expiring: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Push {
    /// `ok`; `held` when a push service is held; `notConfigured` when devices wait for one that is not configured; `late` when
    /// devices wait for another reason.
    status: &'static str,
    /// The seconds that the oldest change has waited.
    oldest_waiting: Option<i64>,
}

impl<'a> Health<'a> {
    /// `version` and `commit` are the service's; `now` is unix seconds.
    #[must_use]
    pub fn new(version: &'static str, commit: &'static str, setup: Setup<'a>, now: i64) -> Self {
        let names = |wallets: Option<Vec<Wallet>>| push::names(&wallets.unwrap_or_default());
        let usable = names(setup.policy.map(|policy| policy.usable.clone()));
        let unusable = names(setup.policy.map(Policy::missing));
        Self { version, commit, setup, now, usable, unusable }
    }

    /// Checks everything that requests need. A healthy service needs one call of the database and one of the bucket. The error
    /// of storage is for the log.
    ///
    /// # Errors
    /// [`CryptoError`] when the platform did not try to open a key, so the answer is not known.
    pub async fn check<D: Database, O: Objects, C: Crypto>(
        &self,
        database: Option<&D>,
        objects: Option<&O>,
        crypto: &C,
    ) -> Result<(Reply, Option<InternalError>), CryptoError> {
        let bucket = match objects {
            Some(objects) => objects.get(NO_OBJECT).await.map(drop).map_err(|error| Some(error.into())),
            None => Err(None),
        };
        let body = match database {
            Some(database) => self.body(database, bucket.is_ok(), crypto).await.map_err(Some),
            None => Err(None),
        };
        let (body, error) = match body {
            Ok(body) => (body, None),
            Err(Some(InternalError::Crypto(error))) => return Err(error),
            Err(error) => (self.bare_body("unavailable", bucket.is_ok(), NO_DATABASE.to_owned()), error),
        };
        let error = error.or_else(|| bucket.err().flatten());
        Ok((Reply::json(if body.status == "error" { 503 } else { 200 }, &body), error))
    }

    fn queries(&self) -> Vec<Query<'_>> {
        let soon = self.now.saturating_add(WARNING_DAYS.saturating_mul(SECONDS_A_DAY));
        // A hold ends before its retry finishes. So a hold that ended recently and was not released still counts.
        let ended_after = self.now.saturating_sub(RETRY_SECONDS).saturating_mul(1000);
        vec![
            Ending { now: self.now, soon }.query(),
            PushState { usable: &self.usable, unusable: &self.unusable, ended_after }.query(),
            Sealed { limit: keys::LIMIT }.query(),
            Place::STATEMENT.query(),
        ]
    }

    /// The body when the database does not tell more.
    fn bare_body(&self, database: &'static str, bucket: bool, to_do: String) -> Body {
        let mut all = vec![to_do];
        all.extend((!bucket).then(|| NO_BUCKET.to_owned()));
        all.extend(self.setup.faults.iter().map(|fault| (*fault).to_owned()));
        Body {
            status: "error",
            version: self.version,
            commit: self.commit,
            database,
            bucket: if bucket { "ok" } else { "unavailable" },
            queue: if self.setup.queue { "ok" } else { "missing" },
            master_key: None,
            signing_identities: None,
            push: None,
            to_do: all,
        }
    }

    async fn body<D: Database, C: Crypto>(&self, database: &D, bucket: bool, crypto: &C) -> Result<Body, InternalError> {
        let Found { rows, to_do, complete } = migrations::check(database, self.queries()).await?;
        if !complete {
            return Ok(self.bare_body("incomplete", bucket, to_do.unwrap_or_default()));
        }
        let EndingRow { expired, expiring } = rows.first::<Ending>()?.ok_or(Unreadable)?;
        let (identities, push) = (SigningIdentities { expired, expiring }, self.push(&rows)?);
        let sealed = rows.all::<Sealed>()?;
        let keys = match self.setup.master_key {
            Ok(master_key) => Keys::open(&sealed, master_key, &Place::read(&rows, master_key)?, crypto).await?,
            Err(_) => Keys::without_master_key(&sealed),
        };
        let errors = self.errors(bucket, keys.closed > 0, !sealed.is_empty());
        let warnings = self.warnings(&identities, push.as_ref());
        let status = if !errors.is_empty() {
            "error"
        } else if !warnings.is_empty() || to_do.is_some() {
            "warning"
        } else {
            "ok"
        };
        let sentences = errors.into_iter().chain(warnings).map(str::to_owned);
        Ok(Body {
            status,
            master_key: Some(keys),
            signing_identities: Some(identities),
            push,
            to_do: sentences.chain(to_do).collect(),
            ..self.bare_body("ok", bucket, String::new())
        })
    }

    /// What to do about answers with 503.
    fn errors(&self, bucket: bool, closed: bool, signs: bool) -> Vec<&'static str> {
        let found = [
            (!bucket).then_some(NO_BUCKET),
            closed.then(|| self.setup.master_key.err().unwrap_or(CLOSED)),
            self.setup.wrong_public_url.filter(|_| signs),
        ];
        found.into_iter().flatten().chain(self.setup.faults.iter().copied()).collect()
    }

    /// What else there is to do.
    fn warnings(&self, identities: &SigningIdentities, push: Option<&Push>) -> Vec<&'static str> {
        let found = [
            (!self.setup.queue).then_some(NO_QUEUE),
            (identities.expired > 0 || identities.expiring > 0).then_some(CERTIFICATES),
            push.filter(|push| push.status != "ok").map(|_| STUCK),
        ];
        found.into_iter().flatten().chain(self.setup.warnings.iter().copied()).collect()
    }

    /// `None` while a setting of push is wrong.
    fn push(&self, rows: &Rows) -> Result<Option<Push>, Unreadable> {
        let PushRow { held, not_configured, oldest } = rows.first::<PushState>()?.ok_or(Unreadable)?;
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
        Ok(self.setup.policy.map(|_| Push { status, oldest_waiting }))
    }
}

const NO_DATABASE: &str = "The database does not answer, or its binding DB is missing in wrangler.toml. The log line with the \
    X-Request-Id of this answer says why.";
const NO_BUCKET: &str = "The bucket does not answer, or its binding PASSES is missing in wrangler.toml. The log line with the \
    X-Request-Id of this answer says why.";
const NO_QUEUE: &str = "The queue binding WORK is missing in wrangler.toml: changes are pushed late.";
const CLOSED: &str = "There are signing identities that MASTER_KEY does not open. Set the key that sealed them as the secret \
    MASTER_KEY_PREVIOUS, or store them again: PUT /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity";
const CERTIFICATES: &str = "A certificate ends soon or has ended: GET /issuer/v1/pass-types says which.";
const STUCK: &str = "Changes are not pushed in time: GET /issuer/v1/push says why.";
