//! The header field `Idempotency-Key` of requests that create something
//! (draft-ietf-httpapi-idempotency-key-header)
//!
//! The service keeps the answer for [`KEPT_SECONDS`]. The same request with the same key gets it again, with the header field
//! `Idempotent-Replayed: true`. Another request with the key is 422. A repetition while the first request is under way is 409.
//! A refusal changed nothing, so its key is free again.
//!
//! | A crash | leaves | A repetition |
//! |---|---|---|
//! | before the claim | nothing | runs |
//! | between the claim and the effect | a claim without an answer | runs, a minute later |
//! | between the effect and the stored answer | the same | runs a minute later, as the same [operation](Begun::Run) |
//! | after that | the answer | gets it |
//!
//! So an effect that has the operation's name as its identifier happens once.

use crate::{
    crypto::{Crypto, SealingKey},
    endpoint::{Error, InternalError, run},
    http::{Body, ClientError, Headers, Problem, Reply, query},
    storage::{Batch, Database, sql::issuer::idempotency as sql},
};
use base64ct::{Base64, Encoding};
use pkpass::sha256_hex;

/// How long an answer is kept.
pub(crate) const KEPT_SECONDS: i64 = 86_400;

/// After so many seconds without an answer, an attempt counts as dead.
const STALE_SECONDS: i64 = 60;

/// The most characters of a key.
const LONGEST: usize = 255;

/// The header fields that are kept with an answer.
const FIELDS: [&str; 3] = ["content-type", "content-disposition", "location"];

/// The header field that marks an answer that was kept. The draft has none. Other services use this one.
const REPLAYED: &str = "idempotent-replayed";

/// The key of a request. `None` when it has none.
///
/// # Errors
/// [`ClientError::BadRequest`] when it is not 1 to 255 printable characters of ASCII.
pub(crate) fn key_of(headers: &impl Headers) -> Result<Option<String>, ClientError> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let fine = (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    fine.then_some(Some(key)).ok_or(ClientError::BadRequest("`Idempotency-Key` is 1 to 255 printable characters of ASCII."))
}

/// Whether the header field counts for a request. A dry run creates nothing, and must not use up a key.
pub(crate) fn counts(headers: &impl Headers, query: &str) -> bool {
    headers.get("idempotency-key").is_some() && query::value(query, "dryRun").as_deref() != Some("true")
}

/// What two requests have to share to count as the same.
pub(crate) fn fingerprint(query: &str, media_type: &str, body: &[u8]) -> String {
    sha256_hex(&[query.as_bytes(), b"\n", media_type.as_bytes(), b"\n", body].concat())
}

/// An attempt at a request that has a key.
pub(crate) struct Attempt {
    key_sha256: String,
    request_sha256: String,
    id: String,
    now: i64,
}

/// Whether to carry out the request.
#[derive(Debug)]
pub(crate) enum Begun {
    /// Yes. The operation has this name in each attempt.
    Run(String),
    /// No: this is the answer.
    Answered(Reply),
}

impl Attempt {
    /// `target` is the method and the path. `id` is a name that no other attempt has. `now` is unix seconds.
    pub(crate) fn new(key: &str, target: &str, fingerprint: &str, id: String, now: i64) -> Self {
        let key_sha256 = sha256_hex(format!("{target}\n{key}").as_bytes());
        Self { key_sha256, request_sha256: fingerprint.to_owned(), id, now }
    }

    /// Claims the key, or finds the answer. Costs one call of the database.
    ///
    /// # Errors
    /// [`Error::InternalError`] when the database does not answer or the platform does not open the answer.
    pub(crate) async fn begin<D: Database, C: Crypto>(
        &self,
        database: &D,
        crypto: &C,
        sealing: &SealingKey,
    ) -> Result<Begun, Error> {
        let claim = sql::Claim {
            key: &self.key_sha256,
            request: &self.request_sha256,
            attempt: &self.id,
            now: self.now,
            expired: self.now.saturating_sub(KEPT_SECONDS),
            stale: self.now.saturating_sub(STALE_SECONDS),
        };
        let known = sql::Known { key: &self.key_sha256 };
        let rows = run(database, &Batch::repeatable(vec![claim.query(), known.query()])).await?;
        // A release between the two statements is impossible: they are one transaction.
        let known = rows.first::<sql::Known>()?.ok_or(InternalError::Unreadable)?;
        Ok(Begun::Answered(match (known.status, known.answer) {
            (None, _) if known.attempt == self.id => return Ok(Begun::Run(self.operation(known.created_at))),
            _ if known.request != self.request_sha256 => problem(422, "Unprocessable Content", OTHER_REQUEST),
            (Some(status), Some(answer)) => {
                let reply = self.open(status, &answer, crypto, sealing).await?;
                reply.unwrap_or_else(|| problem(409, "Conflict", UNREADABLE))
            }
            _ => problem(409, "Conflict", UNDER_WAY).with("retry-after", "5"),
        }))
    }

    /// Stores the answer. After a failure (`None`, or 5xx) the next attempt may begin at once. After a refusal the key is free.
    ///
    /// # Errors
    /// [`InternalError`] when it was not stored. The client gets the answer all the same. A repetition runs a minute later.
    pub(crate) async fn conclude<D: Database, C: Crypto>(
        &self,
        reply: Option<&Reply>,
        database: &D,
        crypto: &C,
        sealing: &SealingKey,
    ) -> Result<(), InternalError> {
        let (key, attempt) = (self.key_sha256.as_str(), self.id.as_str());
        let sealed;
        let query = match reply {
            Some(reply) if reply.status < 400 => {
                sealed = self.seal(reply, crypto, sealing).await?;
                sql::Keep { key, attempt, status: reply.status.into(), answer: &sealed }.query()
            }
            Some(reply) if reply.status < 500 => sql::Free { key, attempt }.query(),
            _ => sql::Release { key, attempt }.query(),
        };
        run(database, &Batch::repeatable(vec![query])).await?;
        Ok(())
    }

    /// A key that is used again after its answer was forgotten names another operation.
    fn operation(&self, created_at: i64) -> String {
        let digest = sha256_hex(format!("{}\n{created_at}", self.key_sha256).as_bytes());
        digest.chars().take(OPERATION_DIGITS).collect()
    }

    async fn seal<C: Crypto>(&self, reply: &Reply, crypto: &C, sealing: &SealingKey) -> Result<String, InternalError> {
        let body = if let Body::Text(text) = &reply.body { text.as_str() } else { "" };
        let fields: Vec<_> = FIELDS.into_iter().filter_map(|name| Some((name, reply.header(name)?))).collect();
        let answer = serde_json::to_vec(&(fields, body)).unwrap_or_default();
        Ok(Base64::encode_string(&crypto.seal(sealing, self.key_sha256.as_bytes(), &answer).await?))
    }

    /// `None` when it was sealed with another key.
    async fn open<C: Crypto>(
        &self,
        status: i64,
        answer: &str,
        crypto: &C,
        sealing: &SealingKey,
    ) -> Result<Option<Reply>, InternalError> {
        let sealed = Base64::decode_vec(answer).map_err(|_| InternalError::Unreadable)?;
        let Some(plain) = crypto.open(sealing, self.key_sha256.as_bytes(), &sealed).await? else { return Ok(None) };
        let (fields, body): (Vec<(String, String)>, String) =
            serde_json::from_slice(&plain).map_err(|_| InternalError::Unreadable)?;
        let status = u16::try_from(status).map_err(|_| InternalError::Unreadable)?;
        let mut reply = Reply::empty(status).with(REPLAYED, "true");
        for (name, value) in fields {
            if let Some(name) = FIELDS.into_iter().find(|field| *field == name) {
                reply = reply.with(name, value);
            }
        }
        Ok(Some(if body.is_empty() { reply } else { reply.with_body(Body::Text(body)) }))
    }
}

/// As long as a UUID without its dashes.
const OPERATION_DIGITS: usize = 32;

fn problem(status: u16, title: &str, detail: &str) -> Reply {
    ClientError::Problem(Problem::from_detail(status, title, detail)).into()
}

const OTHER_REQUEST: &str = "This Idempotency-Key was used for another request to this address: the body, the query or the \
    Content-Type differs. Send the request as it was, or choose a new key.";
const UNDER_WAY: &str =
    "A request with this Idempotency-Key is under way. Repeat the request a little later to get its answer.";
const UNREADABLE: &str = "This request was carried out, but its answer cannot be read since ISSUER_KEY was replaced. Look at \
    the present state, and choose a new key for another request.";
