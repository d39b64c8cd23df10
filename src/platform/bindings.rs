//! The bindings in `wrangler.toml`, the variables and the secrets.

use crate::{http::ClientError, storage::d1::PreparedDatabase};
use js_sys::Reflect;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Bucket, Env, Queue, RateLimiter};

/// The database.
pub(crate) fn database(env: &Env) -> Result<Rc<PreparedDatabase>, ClientError> {
    let database = object(env, "DB").and_then(|_| env.d1("DB").ok());
    let database = database.ok_or(ClientError::NotConfigured("The D1 binding DB is missing in wrangler.toml."))?;
    Ok(Rc::new(PreparedDatabase::new(database)))
}

/// The bucket.
pub(crate) fn bucket(env: &Env) -> Result<Bucket, ClientError> {
    let bucket = object(env, "PASSES").and_then(|_| env.bucket("PASSES").ok());
    bucket.ok_or(ClientError::NotConfigured("The R2 binding PASSES is missing in wrangler.toml."))
}

/// The queue.
pub(crate) fn queue(env: &Env) -> Result<Queue, ClientError> {
    let queue = object(env, "WORK").and_then(|_| env.queue("WORK").ok());
    queue.ok_or(ClientError::NotConfigured("The queue binding WORK is missing in wrangler.toml."))
}

/// The certificate for push requests to Apple, if it is bound.
pub(crate) fn certificate(env: &Env) -> Option<JsValue> {
    object(env, "APNS_CERTIFICATE")
}

/// A rate limit, if it is bound. `Env::rate_limiter` looks at the name of its class: should the platform rename that, all
/// limits would
/// silently be off.
pub(crate) fn rate_limiter(env: &Env, name: &str) -> Option<RateLimiter> {
    object(env, name).map(JsCast::unchecked_into)
}

/// A variable or secret, without the spaces and line breaks around it. `None` when it is empty.
pub(crate) fn variable(env: &Env, name: &str) -> Option<String> {
    let value = get(env, name)?.as_string()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Whether there is a variable or secret of that name. It need not be a text: wrangler binds arrays and tables as they are.
pub(crate) fn is_bound(env: &Env, name: &str) -> bool {
    get(env, name).is_some()
}

/// Whether there is a variable of that name that is not a text.
pub(crate) fn is_not_text(env: &Env, name: &str) -> bool {
    get(env, name).is_some_and(|value| !value.is_string())
}

/// The getters of `Env` call a method of the binding, and end the instance if it is null.
fn object(env: &Env, name: &str) -> Option<JsValue> {
    get(env, name).filter(JsValue::is_object)
}

/// `Env` has no getter for a binding of any type.
fn get(env: &Env, name: &str) -> Option<JsValue> {
    Reflect::get(env, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined())
}
