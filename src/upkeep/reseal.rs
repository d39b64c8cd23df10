//! Opens all private keys, a page per call: those of signing identities and of certificate requests that wait. Counts those of
//! identities that do not open, and seals anew those of the previous master key.
//!
//! A walk over all keys begins when the master key changes, and a day after the last one. It begins again at once
//! - while the previous master key is set: an isolate with the old settings may have stored another identity meanwhile;
//! - after a walk with keys that did not open: health notices soon when they do.
//!
//! When a whole walk found no key of the previous master key, that one is not needed any more.
//!
//! A key is replaced only if its row still has the text that was opened, so an identity that is stored at the same time stays.
//! A key that moves from a request to its identity is sealed anew on the way. One transaction stores the new keys and the
//! place, so a crash repeats a page.

use super::SECONDS_A_DAY;
use crate::{
    crypto::{Crypto, MasterKey},
    endpoint::{InternalError, run},
    storage::{
        Batch, Database, Rows, Unreadable,
        sql::upkeep::reseal::{Page, PageRow, Place as PlaceStatement, Proceed, Replace, ReplaceWaiting},
    },
};
use serde::{Deserialize, Deserializer};

/// Keys of one call. Each is decrypted once or twice, and may be encrypted.
const PAGE: i64 = 20;

/// Seconds between two walks when nothing changed.
const REST_SECONDS: i64 = SECONDS_A_DAY;

/// The place of the walk, as it is stored.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    /// The name of the walk's master keys.
    keys: String,
    /// The last pass type that was looked at. Empty at the beginning.
    after: String,
    /// Whether this walk found a key of the previous master key.
    #[serde(deserialize_with = "parse_boolean")]
    found: bool,
    /// Whether neither the last whole walk nor this one found any.
    #[serde(deserialize_with = "parse_boolean")]
    clean: bool,
    /// Keys of identities that neither master key opened in this walk.
    closed: i64,
    /// The same of the last whole walk.
    last_closed: i64,
    /// Unix seconds at which that ended.
    ended_at: i64,
    /// The certificate request of `after` that was looked at last. Empty: its signing identity.
    after_id: String,
}

/// SQLite's truth values are 0 and 1.
fn parse_boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    i64::deserialize(deserializer).map(|integer| integer != 0)
}

impl Place {
    /// The statement whose row [`read`](Self::read) takes.
    pub(super) const STATEMENT: PlaceStatement = PlaceStatement {};

    /// The place of the walk with this master key. With another one it begins anew.
    pub(super) fn read(rows: &Rows, master_key: &MasterKey) -> Result<Self, Unreadable> {
        let keys = master_key.name();
        // Another version may have left a row of another form.
        let stored = rows.text::<PlaceStatement>()?.and_then(|json| serde_json::from_str::<Self>(json).ok());
        let stored = stored.filter(|stored| stored.keys == keys);
        Ok(stored.unwrap_or_else(|| Self { keys, ..Self::default() }))
    }

    /// Whether no key of the previous master key is left.
    pub(super) fn is_clean(&self) -> bool {
        self.clean
    }

    /// The number of keys that do not open, as far as the walks know.
    pub(super) fn closed(&self) -> i64 {
        self.closed.max(self.last_closed)
    }

    /// Whether to look at a page. `now` is unix seconds.
    fn is_due(&self, master_key: &MasterKey, now: i64) -> bool {
        let is_under_way = !self.after.is_empty();
        let has_rested = now.saturating_sub(self.ended_at) >= REST_SECONDS;
        master_key.is_rotating() || is_under_way || self.last_closed > 0 || has_rested
    }

    /// The place after a page. `last` is the pass type and the request of the page's last key. `None`: it was the last page.
    fn after(self, last: Option<(&str, &str)>, replaced: bool, closed: i64, now: i64) -> Self {
        let (found, closed) = (self.found || replaced, self.closed.saturating_add(closed));
        let Some((last, last_id)) = last else {
            let keys = self.keys;
            return Self { keys, clean: !found, last_closed: closed, ended_at: now, ..Self::default() };
        };
        Self { after: last.to_owned(), after_id: last_id.to_owned(), found, clean: self.clean && !found, closed, ..self }
    }

    fn to_json(&self) -> String {
        let Self { keys, after, closed, last_closed, ended_at, after_id, .. } = self;
        let (found, clean) = (i64::from(self.found), i64::from(self.clean));
        serde_json::to_string(&(keys, after, found, clean, closed, last_closed, ended_at, after_id)).unwrap_or_default()
    }
}

/// Looks at the next page, if one is due. Returns the number of keys that were sealed anew. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database or the platform's cryptography fails. The next call repeats the page.
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
    let page = Page { after: &place.after, after_id: &place.after_id, limit: PAGE };
    let page = run(database, &Batch::repeatable(vec![page.query()])).await?.all::<Page>()?;
    let (mut changes, mut closed) = (Vec::new(), 0_i64);
    for PageRow { pass_type, id, private_key: sealed } in &page {
        match master_key.open(crypto, pass_type, sealed).await? {
            // Nothing is signed with the key of a request that waits, so it is no reason for alarm.
            None => closed = closed.saturating_add(i64::from(id.is_empty())),
            Some(opened) if opened.by_previous => {
                changes.push((pass_type, id, sealed, master_key.seal(crypto, pass_type, &opened.pkcs8).await?));
            }
            Some(_) => {}
        }
    }
    let full = usize::try_from(PAGE).is_ok_and(|limit| page.len() >= limit);
    let last = page.last().filter(|_| full).map(|row| (row.pass_type.as_str(), row.id.as_str()));
    let progress = place.after(last, !changes.is_empty(), closed, now).to_json();
    let (count, changes) = (changes.len(), serde_json::to_string(&changes).unwrap_or_default());
    // Repeatable: the second time, no row has the text that was opened.
    let changes = [Replace { changes: &changes }.query(), ReplaceWaiting { changes: &changes }.query()];
    let done = changes.into_iter().chain([Proceed { progress: &progress }.query()]).collect();
    run(database, &Batch::repeatable(done)).await?;
    Ok(count)
}
