//! Requests whose client goes away.

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::Context;

/// Lets a request run to its end, until this is dropped.
///
/// When a client goes away, the platform stops its request and settles none of its promises. The future of the request, and all
/// that it holds, would then stay in memory for as long as the isolate lives. With an open promise in `waitUntil` the platform
/// goes
/// on.
pub(super) struct KeepAlive(Option<Function>);

impl KeepAlive {
    pub(super) fn new(context: &Context) -> Self {
        let mut end = None;
        let ended = Promise::new(&mut |resolve, _| end = Some(resolve));
        context.wait_until(async move {
            let _ = JsFuture::from(ended).await;
        });
        Self(end)
    }
}

impl Drop for KeepAlive {
    fn drop(&mut self) {
        if let Some(end) = &self.0 {
            let _ = end.call0(&JsValue::UNDEFINED);
        }
    }
}
