//! Seals private keys anew after the master key was replaced, for as long as the previous one is set.
//!
//! Each call looks at a page of signing identities and remembers where it stopped. The walk begins again when it is over, so it
//! also finds what an isolate that had not heard of the new key stored meanwhile. The previous key is needed no more when a
//! whole walk found nothing that it sealed.
//!
//! A key is replaced only where the row still holds the text that was opened: an identity that is stored at the same time
//! stays. New keys and the place are one transaction. A crash before it leaves the page to be looked at again.

use crate::{
    crypto::{Crypto, MasterKey},
    endpoint::{Trouble, run},
    store::{
        Batch, Database, Rows,
        sql::upkeep::reseal::{Page, Place as PlaceStatement, Proceed, Replace},
    },
};

/// Signing identities that are looked at in one call: each is decrypted once or twice and encrypted once.
const PAGE: i64 = 20;

/// How far the walk is, as it is stored.
#[derive(Debug, Default)]
pub(super) struct Place {
    rotation: String,
    after: String,
    /// Whether this walk found a key that the previous master key sealed.
    found: bool,
    /// Whether the last whole walk found none, and this one none so far.
    clean: bool,
}

impl Place {
    /// The statement whose row [`read`](Self::read) takes.
    pub(super) const STATEMENT: PlaceStatement = PlaceStatement {};

    /// The place in the walk of this rotation; of another one there is none yet.
    pub(super) fn read(rows: &Rows, index: usize, rotation: &str) -> Self {
        let stored: Option<(String, String, bool, bool)> = rows.first(index).unwrap_or_default();
        match stored {
            Some((of, after, found, clean)) if of == rotation => Self { rotation: of, after, found, clean },
            _ => Self { rotation: rotation.to_owned(), ..Self::default() },
        }
    }

    /// Whether nothing is left that the previous master key sealed.
    pub(super) fn is_clean(&self) -> bool {
        self.clean
    }

    /// The place behind a page.
    fn behind(self, last: Option<&str>, replaced: bool) -> Self {
        let found = self.found || replaced;
        match last {
            Some(last) => Self { after: last.to_owned(), found, clean: self.clean && !found, ..self },
            None => Self { after: String::new(), found: false, clean: !found, ..self },
        }
    }

    fn to_json(&self) -> String {
        serde_json::to_string(&(&self.rotation, &self.after, i64::from(self.found), i64::from(self.clean)))
            .unwrap_or_default()
    }
}

/// Seals the keys of the next page anew, and tells how many it were. Without a previous master key it asks nothing.
///
/// # Errors
/// [`Trouble`] when the database does not answer or the platform does not seal; the next call does the same page again.
pub async fn reseal<D: Database, C: Crypto>(
    database: &D,
    crypto: &C,
    master_key: &MasterKey,
) -> Result<usize, Trouble> {
    let Some(rotation) = master_key.rotation() else { return Ok(0) };
    let queries = vec![Place::STATEMENT.query(), Page { rotation: &rotation, limit: PAGE }.query()];
    let rows = run(database, &Batch::repeatable(queries)).await?;
    let page: Vec<(String, String)> = rows.all(1)?;
    let mut changes = Vec::new();
    for (pass_type, sealed) in &page {
        // What neither key opens is left to the operator: `GET /healthz?deep` counts it.
        let Some(opened) = master_key.open(crypto, pass_type, sealed).await.filter(|it| it.by_previous)
        else {
            continue;
        };
        changes.push((pass_type, sealed, master_key.seal(crypto, pass_type, &opened.pkcs8).await?));
    }
    let full = usize::try_from(PAGE).is_ok_and(|limit| page.len() >= limit);
    let last = page.last().filter(|_| full).map(|(pass_type, _)| pass_type.as_str());
    let place = Place::read(&rows, 0, &rotation).behind(last, !changes.is_empty()).to_json();
    let (count, changes) = (changes.len(), serde_json::to_string(&changes).unwrap_or_default());
    // Running it twice leaves what running it once leaves: the second time no row holds the text that was opened.
    let done = vec![Replace { changes: &changes }.query(), Proceed { progress: &place }.query()];
    run(database, &Batch::repeatable(done)).await?;
    Ok(count)
}
