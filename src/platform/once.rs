//! Requests that are carried out once for each `Idempotency-Key`.

use super::RequestContext;
use crate::{
    crypto::{SealingKey, subtle::SubtleCrypto},
    endpoint::{Answer, Error},
    http::{Reply, content_type},
    issuer::idempotency::{self, Attempt, Begun},
};
use std::cell::{Cell, OnceCell};
use web_sys::ReadableStream;

/// What a request keeps while it is carried out.
#[derive(Default)]
pub(super) struct Once {
    operation: OnceCell<String>,
    /// The body, once it was read for the fingerprint.
    pub(super) body: Cell<Option<Vec<u8>>>,
}

impl RequestContext {
    /// The name of what the request does. It is the same in all attempts with the same `Idempotency-Key`.
    pub(crate) fn operation(&self) -> String {
        self.once.operation.get().cloned().unwrap_or_else(|| self.id())
    }

    /// Like [`once`](RequestContext::once), for a request with a body of at most `limit` bytes.
    ///
    /// # Errors
    /// As `handle`, or when the body or the key is wrong or the database does not answer.
    pub(crate) async fn once_by_body(
        &self,
        limit: usize,
        handle: impl AsyncFnOnce() -> Result<Answer<ReadableStream>, Error>,
    ) -> Result<Answer<ReadableStream>, Error> {
        if !idempotency::counts(self, self.query()) {
            return handle().await;
        }
        let body = self.body(limit).await?;
        let fingerprint = idempotency::fingerprint(self.query(), &content_type(self), &body);
        self.once.body.set(Some(body));
        self.once(&fingerprint, handle).await
    }

    /// Carries out the request, unless one with the same `Idempotency-Key` was. Without a key this costs nothing. `fingerprint`
    /// is the same for the same request. `handle` names its effects by [`operation`](RequestContext::operation).
    ///
    /// # Errors
    /// As `handle`, or when the key is wrong or the database does not answer.
    pub(crate) async fn once(
        &self,
        fingerprint: &str,
        handle: impl AsyncFnOnce() -> Result<Answer<ReadableStream>, Error>,
    ) -> Result<Answer<ReadableStream>, Error> {
        let Some(key) = idempotency::key_of(self)? else { return handle().await };
        let (database, sealing) = (self.database()?, SealingKey::for_answers(self.settings().issuer_key()?));
        let target = format!("{} {}", self.method(), self.path());
        let attempt = Attempt::new(&key, &target, fingerprint, self.id(), self.now());
        match attempt.begin(database, &SubtleCrypto, &sealing).await? {
            Begun::Answered(reply) => return Ok(reply.into()),
            Begun::Run(operation) => _ = self.once.operation.set(operation),
        }
        let handled = handle().await;
        let refusal;
        let reply = match &handled {
            Ok(answer) => Some(&answer.reply),
            Err(Error::ClientError(error)) => {
                refusal = Reply::from(error.clone());
                Some(&refusal)
            }
            Err(Error::InternalError(_)) => None,
        };
        if let Err(error) = attempt.conclude(reply, database, &SubtleCrypto, &sealing).await {
            self.note(error.into());
        }
        handled
    }
}
