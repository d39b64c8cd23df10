//! Memory for large bodies. An isolate has 128 MB for all that it does at a time, and one that takes more is ended, with every
//! request on it.

use crate::http::Refusal;
use js_sys::{Function, Promise};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::Context;

/// Bytes of the bodies that are on their way at a time: eight of the largest that there are.
const MOST: usize = 8 * 5 * 1024 * 1024;

/// Bytes of a body that always has room.
pub(super) const SMALL: usize = 256 * 1024;

thread_local! {
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

/// Room for a body, until this is dropped.
pub(super) struct Room {
    bytes: usize,
    done: Option<Function>,
}

impl Room {
    /// Takes room for so many bytes.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when others have it.
    pub(super) fn take(bytes: usize, context: &Context) -> Result<Self, Refusal> {
        let taken = TAKEN.get().saturating_add(bytes);
        if taken > MOST {
            return Err(Refusal::Busy);
        }
        TAKEN.set(taken);
        let mut room = Self { bytes, done: None };
        room.outlive_client(context);
        Ok(room)
    }

    /// When a client goes away, the platform drops its request and settles nothing that it waits for, so that the room would be
    /// taken for minutes. It does not while there is something else to wait for.
    fn outlive_client(&mut self, context: &Context) {
        let done = Promise::new(&mut |resolve, _| self.done = Some(resolve));
        context.wait_until(async move {
            let _ = JsFuture::from(done).await;
        });
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        TAKEN.set(TAKEN.get().saturating_sub(self.bytes));
        if let Some(done) = &self.done {
            let _ = done.call0(&JsValue::UNDEFINED);
        }
    }
}
