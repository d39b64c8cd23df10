//! The objects port on R2, on its JavaScript interface.

use super::{ListedObject, Objects, ObjectsError};
use crate::{promise, thrown};
use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ReadableStream;
use worker::worker_sys::types::{R2Bucket, R2Object, R2ObjectBody, R2Objects};

/// R2.
#[derive(Debug)]
pub struct R2(pub R2Bucket);

impl Objects for R2 {
    /// A stream that the platform passes on without waking this program for each chunk.
    type Body = ReadableStream;

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        let bytes = Uint8Array::from(bytes).into();
        settled(self.0.put(key.to_owned(), bytes, JsValue::UNDEFINED)).await.map(drop).map_err(error_of)
    }

    async fn get(&self, key: &str) -> Result<Option<ReadableStream>, ObjectsError> {
        let object = self.object(key).await.map_err(error_of)?;
        object.map(|object| object.body()).transpose().map_err(error_of)
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        let Some(object) = self.object(key).await.map_err(error_of)? else { return Ok(None) };
        let buffer = settled(object.array_buffer()).await.map_err(error_of)?;
        Ok(Some(Uint8Array::new(&buffer).to_vec()))
    }

    async fn delete(&self, keys: &[String]) -> Result<(), ObjectsError> {
        let keys = keys.iter().map(|key| JsValue::from_str(key)).collect();
        settled(self.0.delete_multiple(keys)).await.map(drop).map_err(error_of)
    }

    async fn list(&self, after: &str, limit: u32) -> Result<(Vec<ListedObject>, bool), ObjectsError> {
        let options = options(after, limit).map_err(error_of)?;
        let listed = settled(self.0.list(options.into())).await.map_err(error_of)?;
        objects(&listed.unchecked_into()).map_err(error_of)
    }
}

impl R2 {
    async fn object(&self, key: &str) -> Result<Option<R2ObjectBody>, JsValue> {
        let object = settled(self.0.get(key.to_owned(), JsValue::UNDEFINED)).await?;
        Ok((!object.is_null()).then(|| object.unchecked_into()))
    }
}

async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    promise::settled(promise?).await
}

fn options(after: &str, limit: u32) -> Result<Object, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &JsValue::from_str("limit"), &JsValue::from(limit))?;
    if !after.is_empty() {
        Reflect::set(&options, &JsValue::from_str("startAfter"), &JsValue::from_str(after))?;
    }
    Ok(options)
}

fn objects(listed: &R2Objects) -> Result<(Vec<ListedObject>, bool), JsValue> {
    let objects = listed.objects()?;
    let objects =
        objects.iter().map(|object: &R2Object| Ok::<_, JsValue>(ListedObject { key: object.key()? }));
    Ok((objects.collect::<Result<_, _>>()?, listed.truncated()?))
}

fn error_of(error: JsValue) -> ObjectsError {
    ObjectsError(thrown::message(error))
}
