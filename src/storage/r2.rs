//! The objects port on R2.

use super::{Objects, ObjectsError, Part, Streams};
use crate::thrown;
use futures_util::StreamExt;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ReadableStream, StreamPipeOptions, WritableStream};
use worker::{
    Bucket, ByteStream,
    worker_sys::{FixedLengthStream, types::R2Bucket},
};

/// R2.
#[derive(Debug, Clone)]
pub struct R2(pub Bucket);

impl Objects for R2 {
    /// The platform forwards this stream without calling WebAssembly for each chunk.
    type Body = ReadableStream;

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        // `Bucket::put` takes a vector: another copy in WebAssembly's memory, which never shrinks.
        let bucket: &R2Bucket = self.0.as_ref().unchecked_ref();
        let stored = bucket.put(key.to_owned(), Uint8Array::from(bytes).into(), JsValue::UNDEFINED);
        let stored = match stored {
            Ok(promise) => JsFuture::from(promise).await,
            Err(thrown) => Err(thrown),
        };
        stored.map(drop).map_err(|thrown| ObjectsError(thrown::message(thrown)))
    }

    async fn get(&self, key: &str) -> Result<Option<ReadableStream>, ObjectsError> {
        Ok(open(&self.0, key).await?.map(|(stream, _)| stream))
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        let Some((stream, size)) = open(&self.0, key).await? else { return Ok(None) };
        // A growing vector takes three times as much for a moment.
        let mut bytes = Vec::with_capacity(size);
        read_chunks(stream, &mut |chunk| bytes.extend_from_slice(chunk)).await?;
        if bytes.len() == size { Ok(Some(bytes)) } else { Err(ObjectsError("an object broke off".to_owned())) }
    }

    async fn delete(&self, keys: &[String]) -> Result<(), ObjectsError> {
        Ok(self.0.delete_multiple(keys.iter().map(String::as_str).collect()).await?)
    }

    async fn list(&self, after: &str, limit: u32) -> Result<(Vec<String>, bool), ObjectsError> {
        let list = self.0.list().limit(limit);
        let list = if after.is_empty() { list } else { list.start_after(after) };
        let listed = list.execute().await?;
        Ok((listed.objects().iter().map(worker::Object::key).collect(), listed.truncated()))
    }
}

impl Streams for R2 {
    async fn scan(&self, key: &str, piece: &mut dyn FnMut(&[u8])) -> Result<bool, ObjectsError> {
        let Some(stream) = self.get(key).await? else { return Ok(false) };
        read_chunks(stream, piece).await?;
        Ok(true)
    }

    fn concatenate(&self, parts: &[Part], length: usize) -> Result<ReadableStream, ObjectsError> {
        let length = u32::try_from(length).map_err(|error| ObjectsError(error.to_string()))?;
        let joined = FixedLengthStream::new(length).map_err(|thrown| ObjectsError(thrown::message(thrown)))?;
        let (bucket, parts, writable) = (self.0.clone(), parts.to_vec(), joined.writable());
        spawn_local(async move {
            if let Err(error) = write(&bucket, &parts, &writable).await {
                // The reader of the stream gets the error.
                let _ = JsFuture::from(writable.abort_with_reason(&error.into())).await;
            }
        });
        Ok(joined.readable())
    }
}

async fn read_chunks(stream: ReadableStream, piece: &mut dyn FnMut(&[u8])) -> worker::Result<()> {
    let mut chunks = ByteStream::from(stream);
    while let Some(chunk) = chunks.next().await {
        piece(&chunk?);
    }
    Ok(())
}

/// An object, and its size in bytes.
async fn open(bucket: &Bucket, key: &str) -> worker::Result<Option<(ReadableStream, usize)>> {
    let Some(object) = bucket.get(key).execute().await? else { return Ok(None) };
    let size = usize::try_from(object.size()).unwrap_or_default();
    let Some(body) = object.body() else { return Ok(None) };
    match body.response_body()? {
        worker::ResponseBody::Stream(stream) => Ok(Some((stream, size))),
        worker::ResponseBody::Body(_) | worker::ResponseBody::Empty => Ok(None),
    }
}

/// Writes the parts one after the other. The bytes of objects do not pass through WebAssembly.
async fn write(bucket: &Bucket, parts: &[Part], writable: &WritableStream) -> worker::Result<()> {
    let keep_open = StreamPipeOptions::new();
    keep_open.set_prevent_close(true);
    for part in parts {
        match part {
            Part::Bytes(bytes) => {
                let writer = writable.get_writer()?;
                let bytes: JsValue = Uint8Array::from(bytes.as_slice()).into();
                let written = JsFuture::from(writer.write_with_chunk(&bytes)).await;
                writer.release_lock();
                written?;
            }
            Part::Object(key) => {
                let (object, _) = open(bucket, key).await?.ok_or("an object is gone")?;
                JsFuture::from(object.pipe_to_with_options(writable, &keep_open)).await?;
            }
        }
    }
    JsFuture::from(writable.close()).await?;
    Ok(())
}

impl From<worker::Error> for ObjectsError {
    fn from(error: worker::Error) -> Self {
        Self(thrown::error_message(error))
    }
}
