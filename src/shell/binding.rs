//! What `wrangler.toml` and the secrets bind to the Worker.

use crate::http::Refusal;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use worker::{
    Env,
    worker_sys::types::{D1Database, Queue, R2Bucket},
};

/// The database.
pub(crate) fn database(env: &Env) -> Result<D1Database, Refusal> {
    let database = get(env, "DB").map(JsCast::unchecked_into);
    database.ok_or(Refusal::NotConfigured("The D1 binding DB is missing in wrangler.toml."))
}

/// The bucket.
pub(crate) fn bucket(env: &Env) -> Result<R2Bucket, Refusal> {
    let bucket = get(env, "PASSES").map(JsCast::unchecked_into);
    bucket.ok_or(Refusal::NotConfigured("The R2 binding PASSES is missing in wrangler.toml."))
}

/// The queue of work that goes on after its request was answered.
pub(crate) fn queue(env: &Env) -> Result<Queue, Refusal> {
    let queue = get(env, "WORK").map(JsCast::unchecked_into);
    queue.ok_or(Refusal::NotConfigured("The queue binding WORK is missing in wrangler.toml."))
}

/// The certificate that push requests to Apple are to present, if there is one.
pub(crate) fn certificate(env: &Env) -> Option<JsValue> {
    get(env, "APNS_CERTIFICATE").filter(JsValue::is_object)
}

/// A rate limit, if it is bound.
pub(crate) fn rate_limiter(env: &Env, name: &str) -> Option<JsValue> {
    get(env, name).filter(JsValue::is_object)
}

/// A variable or secret, without the space and line breaks around it, which files bring along; an empty one counts as none.
pub(crate) fn variable(env: &Env, name: &str) -> Option<String> {
    let value = get(env, name)?.as_string()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Whether there is a variable or secret of that name, be it a text or not: wrangler binds arrays and tables as they are.
pub(crate) fn is_bound(env: &Env, name: &str) -> bool {
    get(env, name).is_some()
}

/// Whether there is a variable of that name that is no text.
pub(crate) fn is_no_text(env: &Env, name: &str) -> bool {
    get(env, name).is_some_and(|value| !value.is_string())
}

fn get(env: &Env, name: &str) -> Option<JsValue> {
    Reflect::get(env, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined())
}
