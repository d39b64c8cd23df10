//! The bindings in `wrangler.toml`, the variables and the secrets.

use crate::{http::ClientError, storage::d1::PreparedDatabase};
use js_sys::Reflect;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use worker::{Bucket, Env, Queue, RateLimiter};

/// The database.
pub(crate) fn database(env: &Env) -> Result<Rc<PreparedDatabase>, ClientError> {
    let database = env.d1("DB").map(PreparedDatabase::new);
    database.map(Rc::new).map_err(|_| ClientError::NotConfigured("The D1 binding DB is missing in wrangler.toml."))
}

/// The bucket.
pub(crate) fn bucket(env: &Env) -> Result<Bucket, ClientError> {
    env.bucket("PASSES").map_err(|_| ClientError::NotConfigured("The R2 binding PASSES is missing in wrangler.toml."))
}

/// The queue.
pub(crate) fn queue(env: &Env) -> Result<Queue, ClientError> {
    env.queue("WORK").map_err(|_| ClientError::NotConfigured("The queue binding WORK is missing in wrangler.toml."))
}

/// The certificate for push requests to Apple, if it is bound.
pub(crate) fn certificate(env: &Env) -> Option<JsValue> {
    get(env, "APNS_CERTIFICATE").filter(JsValue::is_object)
}

/// A rate limit, if it is bound.
pub(crate) fn rate_limiter(env: &Env, name: &str) -> Option<RateLimiter> {
    env.rate_limiter(name).ok()
}

/// A variable or secret, without the spaces and line breaks around it. `None` when it is empty.
pub(crate) fn variable(env: &Env, name: &str) -> Option<String> {
    let value = env.var(name).ok()?.to_string();
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

/// `Env` has no getter for a binding of any type.
fn get(env: &Env, name: &str) -> Option<JsValue> {
    Reflect::get(env, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined())
}
