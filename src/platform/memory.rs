//! Memory for large bodies. An isolate has 128 MB. If it takes more, the platform ends it with all of its requests.

use crate::http::ClientError;
use js_sys::{Function, Promise};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::Context;

/// The most bytes of bodies at a time: eight of the largest.
const MOST: usize = 8 * 5 * 1024 * 1024;

/// The most bytes of a body that needs no reservation.
pub(super) const ALWAYS_GRANTED: usize = 256 * 1024;

thread_local! {
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

/// Memory for a body. Dropping it releases the memory.
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
        // When a client goes away, the platform stops its request and settles none of its promises. The memory would stay
        // reserved for minutes. With an open promise in `waitUntil`, the request runs to its end.
        let done = Promise::new(&mut |resolve, _| reservation.done = Some(resolve));
        context.wait_until(async move {
            let _ = JsFuture::from(done).await;
        });
        Ok(reservation)
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
