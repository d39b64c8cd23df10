//! The objects port on R2, on its JavaScript interface.

use super::{ListedObject, Objects, ObjectsError, Part, Streams};
use crate::{chunks, promise, thrown};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use std::ops::ControlFlow;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::ReadableStream;
use worker::worker_sys::types::{R2Bucket, R2Object, R2ObjectBody, R2Objects};

#[wasm_bindgen(module = "/src/store/r2.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn put(bucket: &R2Bucket, key: &str, bytes: &[u8]) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch)]
    fn concatenate(bucket: &R2Bucket, length: f64, parts: &Array) -> Result<ReadableStream, JsValue>;
}

/// R2.
#[derive(Debug)]
pub struct R2(pub R2Bucket);

impl Objects for R2 {
    /// A stream that the platform passes on without waking this program for each chunk.
    type Body = ReadableStream;

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        settled(put(&self.0, key, bytes)).await.map(drop).map_err(error_of)
    }

    async fn get(&self, key: &str) -> Result<Option<ReadableStream>, ObjectsError> {
        let object = self.object(key).await.map_err(error_of)?;
        object.map(|object| object.body()).transpose().map_err(error_of)
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        let Some(object) = self.object(key).await.map_err(error_of)? else { return Ok(None) };
        read(&object).await.map(Some).map_err(error_of)
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

impl Streams for R2 {
    async fn scan(&self, key: &str, piece: &mut dyn FnMut(&[u8])) -> Result<bool, ObjectsError> {
        let Some(object) = self.object(key).await.map_err(error_of)? else { return Ok(false) };
        scan(&object, piece).await.map(|()| true).map_err(error_of)
    }

    #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
    fn concatenate(&self, parts: &[Part], length: usize) -> Result<ReadableStream, ObjectsError> {
        let parts = parts.iter().map(|part| match part {
            Part::Bytes(bytes) => Uint8Array::from(bytes.as_slice()).into(),
            Part::Object(key) => JsValue::from_str(key),
        });
        concatenate(&self.0, length as f64, &parts.collect()).map_err(error_of)
    }
}

/// The object in one piece of memory.
async fn read(object: &R2ObjectBody) -> Result<Vec<u8>, JsValue> {
    let mut bytes = Vec::with_capacity(size(object)?);
    chunks::each(&object.body()?, |chunk| {
        chunks::append(chunk, &mut bytes);
        ControlFlow::Continue(())
    })
    .await?;
    Ok(bytes)
}

async fn scan(object: &R2ObjectBody, piece: &mut dyn FnMut(&[u8])) -> Result<(), JsValue> {
    let mut bytes = Vec::new();
    chunks::each(&object.body()?, |chunk| {
        bytes.clear();
        chunks::append(chunk, &mut bytes);
        piece(&bytes);
        ControlFlow::Continue(())
    })
    .await
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is a whole number")]
fn size(object: &R2ObjectBody) -> Result<usize, JsValue> {
    Ok(object.size()? as usize)
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
