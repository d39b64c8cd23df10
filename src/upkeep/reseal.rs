//! Opens all private keys, a page at a time: counts those that do not open, and seals anew those of the previous master key.
//!
//! Each call looks at a page of signing identities and remembers where it stopped. A walk over all of them begins when the master
//! key changes, and a day after the last one. It begins again at once while the previous master key is set, so it also finds what
//! an isolate that had not heard of the new key stored meanwhile; and after a walk with keys that did not open, so that health
//! tells soon when they were mended. The previous key is needed no more when a whole walk found nothing that it sealed.
//!
//! A key is replaced only where the row still holds the text that was opened: an identity that is stored at the same time
//! stays. New keys and the place are one transaction. A crash before it leaves the page to be looked at again.

use crate::{
    crypto::{Crypto, MasterKey},
    endpoint::{InternalError, run},
    storage::{
        Batch, Database, Rows, Unreadable,
        sql::upkeep::reseal::{Page, PageRow, Place as PlaceStatement, Proceed, Replace},
    },
};
use serde::{Deserialize, Deserializer};

/// Signing identities that are looked at in one call: each is decrypted once or twice, and may be encrypted.
const PAGE: i64 = 20;

/// After how many seconds all keys are opened again where nothing changed.
const REST_SECONDS: i64 = 86_400;

/// How far the walk is, as it is stored.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    /// The name of the master key, and of the previous one, that it is a walk with.
    keys: String,
    /// The pass type that it goes on after; empty before the first.
    after: String,
    /// Whether this walk found a key that the previous master key sealed.
    #[serde(deserialize_with = "boolean")]
    found: bool,
    /// Whether the last whole walk found none, and this one none so far.
    #[serde(deserialize_with = "boolean")]
    clean: bool,
    /// Keys that neither master key opened in this walk so far.
    closed: i64,
    /// The same of the last whole walk.
    last_closed: i64,
    /// Unix seconds at which that ended.
    ended_at: i64,
}

/// SQLite's truth values are 0 and 1.
fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    i64::deserialize(deserializer).map(|integer| integer != 0)
}

impl Place {
    /// The statement whose row [`read`](Self::read) takes.
    pub(super) const STATEMENT: PlaceStatement = PlaceStatement {};

    /// The place in the walk with this master key; with another one there is none yet.
    pub(super) fn read(rows: &Rows, master_key: &MasterKey) -> Result<Self, Unreadable> {
        let keys = master_key.name();
        // A row of another form was left by another version.
        let stored = rows.text::<PlaceStatement>()?.and_then(|json| serde_json::from_str::<Self>(json).ok());
        let stored = stored.filter(|stored| stored.keys == keys);
        Ok(stored.unwrap_or_else(|| Self { keys, ..Self::default() }))
    }

    /// Whether nothing is left that the previous master key sealed.
    pub(super) fn is_clean(&self) -> bool {
        self.clean
    }

    /// How many keys do not open, as far as walks know.
    pub(super) fn closed(&self) -> i64 {
        self.closed.max(self.last_closed)
    }

    /// Whether there is a page to look at; `now` is unix seconds.
    fn is_due(&self, master_key: &MasterKey, now: i64) -> bool {
        let is_under_way = !self.after.is_empty();
        let has_rested = now.saturating_sub(self.ended_at) >= REST_SECONDS;
        master_key.is_rotating() || is_under_way || self.last_closed > 0 || has_rested
    }

    /// The place behind a page; `last` is its last pass type, if there may be more.
    fn behind(self, last: Option<&str>, replaced: bool, closed: i64, now: i64) -> Self {
        let (found, closed) = (self.found || replaced, self.closed.saturating_add(closed));
        let Some(last) = last else {
            let keys = self.keys;
            return Self { keys, clean: !found, last_closed: closed, ended_at: now, ..Self::default() };
        };
        Self { after: last.to_owned(), found, clean: self.clean && !found, closed, ..self }
    }

    fn to_json(&self) -> String {
        let Self { keys, after, closed, last_closed, ended_at, .. } = self;
        let (found, clean) = (i64::from(self.found), i64::from(self.clean));
        serde_json::to_string(&(keys, after, found, clean, closed, last_closed, ended_at)).unwrap_or_default()
    }
}

/// Looks at the next page, if one is due, and tells how many keys were sealed anew. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer or the platform neither opens nor seals; the next call does the same page again.
pub async fn reseal<D: Database, C: Crypto>(
    database: &D,
    crypto: &C,
    master_key: &MasterKey,
    now: i64,
) -> Result<usize, InternalError> {
    let rows = run(database, &Batch::repeatable(vec![Place::STATEMENT.query()])).await?;
    let place = Place::read(&rows, master_key)?;
    if !place.is_due(master_key, now) {
        return Ok(0);
    }
    let page = Page { after: &place.after, limit: PAGE };
    let page = run(database, &Batch::repeatable(vec![page.query()])).await?.all::<Page>()?;
    let (mut changes, mut closed) = (Vec::new(), 0_i64);
    for PageRow { pass_type, private_key: sealed } in &page {
        match master_key.open(crypto, pass_type, sealed).await? {
            None => closed = closed.saturating_add(1),
            Some(opened) if opened.by_previous => {
                changes.push((pass_type, sealed, master_key.seal(crypto, pass_type, &opened.pkcs8).await?));
            }
            Some(_) => {}
        }
    }
    let full = usize::try_from(PAGE).is_ok_and(|limit| page.len() >= limit);
    let last = page.last().filter(|_| full).map(|row| row.pass_type.as_str());
    let progress = place.behind(last, !changes.is_empty(), closed, now).to_json();
    let (count, changes) = (changes.len(), serde_json::to_string(&changes).unwrap_or_default());
    // Running it twice leaves what running it once leaves: the second time no row holds the text that was opened.
    let done = vec![Replace { changes: &changes }.query(), Proceed { progress: &progress }.query()];
    run(database, &Batch::repeatable(done)).await?;
    Ok(count)
}
