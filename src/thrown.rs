//! Reads the platform's errors.

use js_sys::Error;
use wasm_bindgen::{JsCast, JsValue};

/// The message of a thrown value, with the message of its cause.
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

/// The name of a thrown error, such as `TypeError`. Empty when the value is not an error.
pub(crate) fn name(thrown: &JsValue) -> String {
    thrown.dyn_ref::<Error>().map(|error| String::from(error.name())).unwrap_or_default()
}

/// The message of an error of workers-rs. `Display` of its D1 error never returns.
pub(crate) fn error_message(error: worker::Error) -> String {
    match error {
        worker::Error::D1(error) => message(AsRef::<Error>::as_ref(&error).clone().into()),
        other => message(other.into()),
    }
}
