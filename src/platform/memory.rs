//! Memory for large bodies. An isolate has 128 MB. If it takes more, the platform ends it with all of its requests.

use super::now_ms;
use crate::http::ClientError;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

/// The most bytes of bodies at a time: eight of the largest.
const MOST: usize = 8 * 5 * 1024 * 1024;

/// The most bytes of a body that needs no reservation.
pub(super) const ALWAYS_GRANTED: usize = 256 * 1024;

/// Milliseconds after which a reservation is taken for lost: the platform may drop a request without running its end.
const LOST_AFTER_MS: i64 = 10 * 60 * 1000;

thread_local! {
    /// The bytes of each reservation, and when it was made in Unix milliseconds.
    static RESERVED: RefCell<BTreeMap<u32, (usize, i64)>> = const { RefCell::new(BTreeMap::new()) };
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Memory for a body. Dropping it releases the memory.
pub(super) struct Reservation(u32);

impl Reservation {
    /// Reserves so many bytes.
    ///
    /// # Errors
    /// [`ClientError::Busy`] when other requests have them.
    pub(super) fn new(bytes: usize) -> Result<Self, ClientError> {
        let now = now_ms();
        RESERVED.with_borrow_mut(|reserved| {
            reserved.retain(|_, (_, since)| now.saturating_sub(*since) < LOST_AFTER_MS);
            let taken = reserved.values().fold(bytes, |sum, (bytes, _)| sum.saturating_add(*bytes));
            if taken > MOST {
                return Err(ClientError::Busy);
            }
            let id = LAST.get().wrapping_add(1);
            LAST.set(id);
            reserved.insert(id, (bytes, now));
            Ok(Self(id))
        })
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        RESERVED.with_borrow_mut(|reserved| reserved.remove(&self.0));
    }
}
