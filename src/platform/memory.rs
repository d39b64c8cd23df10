//! Memory for large bodies. An isolate has 128 MB for all that it does at a time, and one that takes more is ended, with every
//! request on it.

use crate::http::ClientError;
use js_sys::{Function, Promise};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::Context;

/// Bytes of the bodies that are on their way at a time: eight of the largest that there are.
const MOST: usize = 8 * 5 * 1024 * 1024;

/// Bytes of a body for which no memory needs to be reserved.
pub(super) const ALWAYS_GRANTED: usize = 256 * 1024;

thread_local! {
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

/// Memory for a body, until this is dropped.
pub(super) struct Reservation {
    bytes: usize,
    done: Option<Function>,
}

impl Reservation {
    /// Reserves so many bytes.
    ///
    /// # Errors
    /// [`ClientError::Busy`] when other requests have them.
    pub(super) fn new(bytes: usize, context: &Context) -> Result<Self, ClientError> {
        let taken = TAKEN.get().saturating_add(bytes);
        if taken > MOST {
            return Err(ClientError::Busy);
        }
        TAKEN.set(taken);
        let mut reservation = Self { bytes, done: None };
        reservation.outlive_client(context);
        Ok(reservation)
    }

    /// When a client goes away, the platform drops its request and settles none of its promises, so that the memory would stay
    /// reserved for minutes. The platform goes on while a promise of `waitUntil` is open.
    fn outlive_client(&mut self, context: &Context) {
        let done = Promise::new(&mut |resolve, _| self.done = Some(resolve));
        context.wait_until(async move {
            let _ = JsFuture::from(done).await;
        });
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        TAKEN.set(TAKEN.get().saturating_sub(self.bytes));
        if let Some(done) = &self.done {
            let _ = done.call0(&JsValue::UNDEFINED);
        }
    }
}
