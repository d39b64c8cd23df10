//! The objects port on R2.

use super::{ListedObject, Objects, ObjectsError};
use worker::{Bucket, Error, ResponseBody};

/// R2.
#[derive(Debug)]
pub struct R2(pub Bucket);

impl Objects for R2 {
    /// A stream that the platform passes on without waking this program for each chunk.
    type Body = ResponseBody;

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        self.0.put(key, bytes.to_vec()).execute().await.map(drop).map_err(error_of)
    }

    async fn get(&self, key: &str) -> Result<Option<ResponseBody>, ObjectsError> {
        let object = self.0.get(key).execute().await.map_err(error_of)?;
        object.as_ref().and_then(worker::Object::body).map(worker::ObjectBody::response_body).transpose().map_err(error_of)
    }

    async fn delete(&self, keys: &[String]) -> Result<(), ObjectsError> {
        let keys = keys.iter().map(String::as_str).collect();
        self.0.delete_multiple(keys).await.map_err(error_of)
    }

    async fn list(&self, after: &str, limit: u32) -> Result<Vec<ListedObject>, ObjectsError> {
        let request = self.0.list().limit(limit);
        let request = if after.is_empty() { request } else { request.start_after(after) };
        let listed = request.execute().await.map_err(error_of)?;
        let objects = listed.objects();
        Ok(objects
            .iter()
            .map(|object| ListedObject {
                key: object.key(),
                uploaded_at: i64::try_from(object.uploaded().as_millis() / 1000).unwrap_or(i64::MAX),
            })
            .collect())
    }
}

fn error_of(error: Error) -> ObjectsError {
    ObjectsError(match error {
        Error::UnknownJsError { message, .. } | Error::JsError(message) => message,
        other => <&'static str>::from(&other).to_owned(),
    })
}
