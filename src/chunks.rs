//! Streams of the platform, read a chunk at a time.

use crate::promise::settled;
use js_sys::{Promise, Uint8Array};
use std::ops::ControlFlow;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::ReadableStream;

#[wasm_bindgen(module = "/src/chunks.js")]
extern "C" {
    type Chunks;
    #[wasm_bindgen(constructor, catch)]
    fn new(stream: &ReadableStream) -> Result<Chunks, JsValue>;
    #[wasm_bindgen(method)]
    fn next(this: &Chunks) -> Promise;
    #[wasm_bindgen(method)]
    fn cancel(this: &Chunks);
}

/// Hands out each chunk of a stream of bytes, until there is none or one breaks off.
///
/// # Errors
/// Why the stream ended early.
pub(crate) async fn each(
    stream: &ReadableStream,
    mut take: impl FnMut(&Uint8Array) -> ControlFlow<()>,
) -> Result<(), JsValue> {
    let chunks = Chunks::new(stream)?;
    loop {
        let chunk = settled(chunks.next()).await?;
        if chunk.is_undefined() {
            return Ok(());
        }
        if take(chunk.unchecked_ref()).is_break() {
            chunks.cancel();
            return Ok(());
        }
    }
}

/// The bytes of a chunk.
pub(crate) fn length(chunk: &Uint8Array) -> usize {
    usize::try_from(chunk.length()).unwrap_or(usize::MAX)
}

/// Copies a chunk to the end of what came before.
pub(crate) fn append(chunk: &Uint8Array, bytes: &mut Vec<u8>) {
    let at = bytes.len();
    bytes.resize(at.saturating_add(length(chunk)), 0);
    if let Some(end) = bytes.get_mut(at..) {
        chunk.copy_to(end);
    }
}
