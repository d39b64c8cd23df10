//! A promise that is waited for.

use js_sys::Promise;
use std::{
    cell::Cell,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// What a promise became: its value, or why it was rejected.
pub(super) type Outcome = Result<JsValue, JsValue>;

/// What a request and JavaScript hand each other while the request is polled.
#[derive(Default)]
pub(super) enum Turn {
    /// No request is polled.
    #[default]
    Nobodys,
    /// A request is polled; it may ask for one promise.
    Open,
    /// The promise it came to.
    Asked(Promise),
    /// What became of the promise it asked for in its turn before.
    Settled(Outcome),
}

thread_local! {
    static TURN: Cell<Turn> = const { Cell::new(Turn::Nobodys) };
}

/// Polls a request in its turn, and returns how the turn ended.
pub(super) fn in_turn<T>(turn: Turn, poll: impl FnOnce() -> Poll<T>) -> (Poll<T>, Turn) {
    TURN.set(turn);
    (poll(), TURN.take())
}

/// Waits for a promise.
///
/// A request must not race it against anything: while JavaScript has it, nothing else wakes the request. What is to be raced
/// is a [`JsFuture`].
///
/// # Errors
/// Why the promise was rejected.
pub(crate) async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    Settling::Promise(promise).await
}

enum Settling {
    Promise(Promise),
    /// JavaScript has the promise.
    Asked,
    Future(JsFuture),
}

impl Future for Settling {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let this = self.get_mut();
        match (mem::replace(this, Self::Asked), TURN.take()) {
            (Self::Promise(promise), Turn::Open) => {
                TURN.set(Turn::Asked(promise));
                return Poll::Pending;
            }
            (Self::Asked, Turn::Settled(outcome)) => {
                TURN.set(Turn::Open);
                return Poll::Ready(outcome);
            }
            (Self::Promise(promise), turn) => {
                TURN.set(turn);
                *this = Self::Future(JsFuture::from(promise));
            }
            (other, turn) => {
                TURN.set(turn);
                *this = other;
            }
        }
        if let Self::Future(future) = this { Pin::new(future).poll(context) } else { Poll::Pending }
    }
}
