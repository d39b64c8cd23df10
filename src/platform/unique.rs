//! PublicationIds that nothing else has.

use super::now_ms;
use js_sys::{Math, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// `crypto.randomUUID()`. Publications go by such a name, so there has to be one in any case.
pub(super) fn random_uuid() -> String {
    Reflect::get(&js_sys::global(), &JsValue::from_str("crypto"))
        .map(JsCast::unchecked_into::<web_sys::Crypto>)
        .map_or_else(|_| improvised(), |crypto| crypto.random_uuid())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any of the numbers will do")]
fn improvised() -> String {
    format!("{}-{}", now_ms(), (Math::random() * 2_f64.powi(52)) as u64)
}
