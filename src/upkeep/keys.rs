//! Checks for the health check that the master key opens the private keys.

use super::reseal::Place;
use crate::{
    crypto::{Crypto, CryptoError, MasterKey},
    storage::sql::upkeep::health::KeysRow,
};
use serde::Serialize;

/// The most keys that one answer opens. The walk of [`reseal`](super::reseal()) covers the others.
pub(super) const LIMIT: i64 = 20;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Keys {
    /// `ok`; `closed` when a key does not open; `rotating` while `MASTER_KEY_PREVIOUS` is needed; `rotated` when it is not.
    status: &'static str,
    /// Keys that neither master key opens.
    pub(super) closed: i64,
    /// Keys that the previous master key opened for this answer.
    under_previous: i64,
}

impl Keys {
    /// Opens at most [`LIMIT`] keys. `place` is that of the walk.
    ///
    /// # Errors
    /// [`CryptoError`] when the platform did not try.
    pub(super) async fn open<C: Crypto>(
        sealed: &[KeysRow],
        master_key: &MasterKey,
        place: &Place,
        crypto: &C,
    ) -> Result<Self, CryptoError> {
        let (mut closed, mut under_previous) = (0_i64, 0_i64);
        for KeysRow { pass_type, private_key } in sealed {
            match master_key.open(crypto, pass_type, private_key).await? {
                None => closed = closed.saturating_add(1),
                Some(opened) if opened.by_previous => under_previous = under_previous.saturating_add(1),
                Some(_) => {}
            }
        }
        // With fewer keys, these are all, and the walk's count may be outdated.
        if count(sealed) >= LIMIT {
            closed = closed.max(place.closed());
        }
        let status = if closed > 0 {
            "closed"
        } else if !master_key.is_rotating() {
            "ok"
        } else if place.is_clean() && under_previous == 0 {
            "rotated"
        } else {
            "rotating"
        };
        Ok(Self { status, closed, under_previous })
    }

    /// Without a master key, no key opens.
    pub(super) fn without_master_key(sealed: &[KeysRow]) -> Self {
        let status = if sealed.is_empty() { "ok" } else { "closed" };
        Self { status, closed: count(sealed), under_previous: 0 }
    }
}

fn count<T>(all: &[T]) -> i64 {
    i64::try_from(all.len()).unwrap_or(i64::MAX)
}
