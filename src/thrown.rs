//! What the platform throws.

use js_sys::Error;
use wasm_bindgen::{JsCast, JsValue};

/// The message of what was thrown, with that of its cause.
pub(crate) fn message(thrown: JsValue) -> String {
    let error = match thrown.dyn_into::<Error>() {
        Ok(error) => error,
        Err(other) => return other.as_string().unwrap_or_default(),
    };
    let message = String::from(error.message());
    match error.cause().dyn_into::<Error>() {
        Ok(cause) => message + ": " + &String::from(cause.message()),
        Err(_) => message,
    }
}
