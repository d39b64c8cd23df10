//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?cursor=&limit=`
//!
//! The devices that registered a pass. Device identifiers and push tokens are secrets of the devices and are shortened. A
//! cursor has to name a device in full, so it is sealed.

use super::{Address, page::Limit};
use crate::{
    crypto::{Crypto, SealingKey},
    endpoint::{Error, run},
    http::{ClientError, Reply, date, query},
    storage::{
        Batch, Database,
        sql::issuer::registrations::{Known, Page, PageRow},
    },
};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;

/// Characters of a secret that are shown; `clear_registrations` and its SQL find a device by them.
pub(super) const SHOWN: usize = 8;

/// An issuer looks at who holds a pass.
#[derive(Debug, Clone)]
pub struct Registrations {
    address: Address,
    cursor: Option<String>,
    limit: Limit,
}

/// The last registration of a page: its client (`None`: Apple Wallet) and its device. The next page begins after it.
type Place = (Option<String>, String);

impl Registrations {
    /// Reads the query.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when the limit makes no sense.
    pub fn from_query(address: Address, query: &str) -> Result<Self, ClientError> {
        Ok(Self { address, cursor: query::value(query, "cursor"), limit: Limit::from_query(query)? })
    }

    /// Looks for the page, with one call of the database; `key` seals cursors.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when the cursor is not one that a listing of this pass gave, [`Error::InternalError`] when the
    /// database does not answer or the platform neither seals nor opens.
    pub async fn find<D: Database, C: Crypto>(&self, database: &D, crypto: &C, key: &SealingKey) -> Result<Reply, Error> {
        let after = self.open_cursor(crypto, key).await?;
        let (client, device) = after.as_ref().map(|(client, device)| (client.as_deref(), device.as_str())).unzip();
        let (pass_type, serial) = (self.address.pass_type.as_str(), self.address.serial.as_str());
        let limit = self.limit.and_one_more();
        let page = Page { pass_type, serial, client: client.flatten(), device, limit };
        let known = Known { pass_type, serial };
        let rows = run(database, &Batch::repeatable(vec![known.query(), page.query()])).await?;
        if !rows.any::<Known>()? {
            return Err(ClientError::NotFound("No such pass was published.").into());
        }
        let found = rows.all::<Page>()?;
        let (page, more) = self.limit.page_of(&found);
        let cursor = match page.last().filter(|_| more) {
            Some(last) => Some(self.seal_cursor(last.client.as_deref(), &last.device, crypto, key).await?),
            None => None,
        };
        Ok(Reply::json(200, &Holders { registrations: page.iter().map(Registration::new).collect(), cursor }))
    }

    async fn seal_cursor<C: Crypto>(
        &self,
        client: Option<&str>,
        device: &str,
        crypto: &C,
        key: &SealingKey,
    ) -> Result<String, Error> {
        // No client has a line break.
        let place = format!("{}\n{device}", client.unwrap_or_default());
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
        let (client, device) = place.split_once('\n').ok_or(UNKNOWN)?;
        Ok(Some(((!client.is_empty()).then(|| client.to_owned()), device.to_owned())))
    }

    /// What a cursor is sealed for: the listing of this pass. No pass type has a line break.
    fn purpose(&self) -> String {
        format!("{}\n{}", self.address.pass_type, self.address.serial)
    }
}

#[derive(Serialize)]
struct Holders<'a> {
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
    fn new(row: &'a PageRow) -> Self {
        let PageRow { device, push_token, client, registered_at } = row;
        Self {
            device_library_identifier: shortened(device),
            push_token: shortened(push_token),
            client: client.as_deref().unwrap_or("ApplePass"),
            registered: date::format(*registered_at),
        }
    }
}

/// The beginning of a secret, and at most half of it.
fn shortened(secret: &str) -> String {
    let half = secret.chars().count() / 2;
    let shown: String = secret.chars().take(SHOWN.min(half)).collect();
    format!("{shown}…")
}
