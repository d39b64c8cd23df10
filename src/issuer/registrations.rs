//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?cursor=&limit=`
//!
//! The devices that registered a pass. Device identifiers and push tokens are secrets of the devices, so they are shortened. A
//! cursor has a whole device identifier in it, so it is sealed.

use super::{Address, page::Limit};
use crate::{
    crypto::{Crypto, SealingKey},
    endpoint::{Error, run},
    http::{ClientError, Reply, date, query},
    storage::{Batch, Database, sql::issuer::registrations as sql},
};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;

/// How many characters of a secret are shown. `clear_registrations` and its SQL find a device by them.
pub(super) const SHOWN: usize = 8;

/// An issuer lists the registrations of a pass.
pub(crate) struct ListRegistrations {
    address: Address,
    cursor: Option<String>,
    limit: Limit,
}

/// The last registration of a page: its wallet (`None`: Apple Wallet) and its device. The next page begins after it.
type Place = (Option<String>, String);

impl ListRegistrations {
    pub(crate) fn from_query(address: Address, query: &str) -> Result<Self, ClientError> {
        Ok(Self { address, cursor: query::value(query, "cursor"), limit: Limit::from_query(query)? })
    }

    /// Finds the page, with one call of the database. `key` seals cursors.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when the cursor comes from no listing of this pass, [`Error::InternalError`] when the
    /// database does not answer or the platform neither seals nor opens.
    pub(crate) async fn find<D: Database, C: Crypto>(
        &self,
        database: &D,
        crypto: &C,
        key: &SealingKey,
    ) -> Result<Reply, Error> {
        let after = self.open_cursor(crypto, key).await?;
        let (client, device) = after.as_ref().map(|(wallet, device)| (wallet.as_deref(), device.as_str())).unzip();
        let Address { pass_type, serial } = &self.address;
        let page = sql::Page { pass_type, serial, client: client.flatten(), device, limit: self.limit.and_one_more() };
        let rows = run(database, &Batch::repeatable(vec![sql::Known { pass_type, serial }.query(), page.query()])).await?;
        if !rows.any::<sql::Known>()? {
            return Err(ClientError::NotFound("No such pass was published.").into());
        }
        let found = rows.all::<sql::Page>()?;
        let (page, last) = self.limit.page_of(&found);
        let cursor = match last {
            Some(last) => Some(self.seal_cursor(last, crypto, key).await?),
            None => None,
        };
        Ok(Reply::json(200, &Page { registrations: page.iter().map(Registration::from_row).collect(), cursor }))
    }

    async fn seal_cursor<C: Crypto>(&self, last: &sql::PageRow, crypto: &C, key: &SealingKey) -> Result<String, Error> {
        // No wallet's name has a line break.
        let place = format!("{}\n{}", last.client.as_deref().unwrap_or_default(), last.device);
        let sealed = crypto.seal(key, self.purpose().as_bytes(), place.as_bytes()).await?;
        Ok(Base64UrlUnpadded::encode_string(&sealed))
    }

    async fn open_cursor<C: Crypto>(&self, crypto: &C, key: &SealingKey) -> Result<Option<Place>, Error> {
        const UNKNOWN: ClientError = ClientError::BadRequest(
            "`cursor` is not one that a listing of this pass gave. Leave it out to begin with the first page.",
        );
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let sealed = Base64UrlUnpadded::decode_vec(cursor).map_err(|_| UNKNOWN)?;
        let place = crypto.open(key, self.purpose().as_bytes(), &sealed).await?.ok_or(UNKNOWN)?;
        let place = String::from_utf8(place).map_err(|_| UNKNOWN)?;
        let (wallet, device) = place.split_once('\n').ok_or(UNKNOWN)?;
        Ok(Some(((!wallet.is_empty()).then(|| wallet.to_owned()), device.to_owned())))
    }

    /// The data that the seal of a cursor binds: the pass. No pass type has a line break.
    fn purpose(&self) -> String {
        format!("{}\n{}", self.address.pass_type, self.address.serial)
    }
}

#[derive(Serialize)]
struct Page<'a> {
    registrations: Vec<Registration<'a>>,
    cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Registration<'a> {
    device_library_identifier: String,
    push_token: String,
    client: &'a str,
    registered: String,
}

impl<'a> Registration<'a> {
    fn from_row(row: &'a sql::PageRow) -> Self {
        Self {
            device_library_identifier: shorten(&row.device),
            push_token: shorten(&row.push_token),
            client: row.client.as_deref().unwrap_or("ApplePass"),
            registered: date::format(row.registered_at),
        }
    }
}

/// The beginning of a secret, at most half of it.
pub(super) fn shorten(secret: &str) -> String {
    let half = secret.chars().count() / 2;
    let shown: String = secret.chars().take(SHOWN.min(half)).collect();
    format!("{shown}…")
}
