//! `POST /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/links`, and `POST /issuer/v1/links` for several passes
//!
//! 201 with the link. It opens the newest versions of the passes, until it expires.

use super::{Link, MOST_PASSES, bundle, to_parameter};
use crate::{
    crypto::MasterKey,
    endpoint::Endpoint,
    http::{ClientError, Reply, date},
    issuer::{Address, body},
    storage::{Batch, Rows, Unreadable, sql::issuer::link as sql},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The largest body, in bytes.
pub(crate) const BODY_LIMIT: usize = 16 * 1024;

/// How long a link lasts unless the issuer says otherwise: a week.
pub(crate) const DEFAULT_SECONDS: i64 = 7 * 86_400;

/// A year.
const MOST_SECONDS: i64 = 366 * 86_400;

/// An issuer creates a link to passes.
pub(crate) struct CreateLink {
    link: Link,
    passes: String,
    url: String,
}

impl CreateLink {
    /// A link to one pass. The body is empty or `{"expiresIn": seconds}`. `now` is unix seconds.
    pub(crate) fn to_pass(
        address: Address,
        body: &[u8],
        public_url: &str,
        master_key: &MasterKey,
        now: i64,
    ) -> Result<Self, ClientError> {
        let body = if body.is_empty() { ForPass { expires_in: DEFAULT_SECONDS } } else { body::parse(body, FORM)? };
        let link = Link { expires_at: expires_at(body.expires_in, now)?, passes: vec![address] };
        Ok(Self::new(link, public_url, master_key))
    }

    /// A link to a bundle. The body is `{"passes": [{"passTypeIdentifier", "serialNumber"}, …], "expiresIn": seconds}`.
    pub(crate) fn to_bundle(body: &[u8], public_url: &str, master_key: &MasterKey, now: i64) -> Result<Self, ClientError> {
        let ForBundle { passes, expires_in } = body::parse(body, FORM)?;
        if !(1..=MOST_PASSES).contains(&passes.len()) {
            return Err(FORM);
        }
        let passes = passes.iter().map(address).collect::<Option<_>>().ok_or(FORM)?;
        Ok(Self::new(Link { expires_at: expires_at(expires_in, now)?, passes }, public_url, master_key))
    }

    /// A link to one pass that lasts so many seconds, which were [checked](check_seconds).
    pub(crate) fn lasting(address: Address, seconds: i64, public_url: &str, master_key: &MasterKey, now: i64) -> Self {
        Self::new(Link { expires_at: now.saturating_add(seconds), passes: vec![address] }, public_url, master_key)
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn new(link: Link, public_url: &str, master_key: &MasterKey) -> Self {
        let passes = to_parameter(&link.passes);
        let url = format!("{}/links/{}", public_url.trim_end_matches('/'), link.segment(master_key));
        Self { link, passes, url }
    }
}

const FORM: ClientError = ClientError::BadRequest(
    "The body must be {\"passes\": [{\"passTypeIdentifier\": …, \"serialNumber\": …}, …], \"expiresIn\": seconds}, \
     with 1 to 10 passes; for one pass {\"expiresIn\": seconds} or nothing.",
);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ForPass {
    #[serde(default = "default_seconds")]
    expires_in: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ForBundle {
    passes: Vec<Map<String, Value>>,
    #[serde(default = "default_seconds")]
    expires_in: i64,
}

fn address(pass: &Map<String, Value>) -> Option<Address> {
    let text = |key: &str| Some(pass.get(key)?.as_str()?.to_owned());
    Some(Address { pass_type: text("passTypeIdentifier")?, serial: text("serialNumber")? })
}

fn default_seconds() -> i64 {
    DEFAULT_SECONDS
}

fn expires_at(expires_in: i64, now: i64) -> Result<i64, ClientError> {
    check_seconds(expires_in)?;
    Ok(now.saturating_add(expires_in))
}

/// Refuses a link that lasts longer than a year, or not at all.
pub(crate) fn check_seconds(seconds: i64) -> Result<(), ClientError> {
    if !(1..=MOST_SECONDS).contains(&seconds) {
        return Err(ClientError::BadRequest("`expiresIn` is a number of seconds from 1 to 31622400 (a year)."));
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    url: &'a str,
    expires_at: String,
}

impl Endpoint for CreateLink {
    fn ask(&self) -> Batch<'_> {
        Batch::repeatable(vec![sql::Files { passes: &self.passes }.query()])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let found = rows.all::<sql::Files>()?;
        if found.len() != self.link.passes.len() {
            return Ok(ClientError::NotFound("Not each of these passes is published and in service.").into());
        }
        if self.link.is_bundle() && !bundle::fits(found.iter().map(|file| file.size)) {
            return Ok(bundle::TOO_LARGE.into());
        }
        let created = Created { url: &self.url, expires_at: date::format(self.link.expires_at) };
        Ok(Reply::json(201, &created))
    }
}
