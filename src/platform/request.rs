//! A request, from its arrival to its log line.

use super::{
    Settings, SigningContext,
    body_stream::{BodyStream, INCOMPLETE},
    keep_alive::KeepAlive,
    log::{LoggedError, RequestLine, log},
    memory::{ALWAYS_GRANTED, Reservation},
    now_ms,
    once::Once,
    queue::WorkQueue,
    random_uuid,
    rate_limit::is_first_of_minute,
};
use crate::{
    endpoint::{Answer, Endpoint, Error, serve},
    http::{ClientError, Headers, credentials},
    message::Message,
    storage::{Database as _, Usage, d1::D1, r2::R2},
};
use futures_util::StreamExt;
use js_sys::Uint8Array;
use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};
use wasm_bindgen_futures::JsFuture;
use web_sys::ReadableStream;
use worker::{ByteStream, Context, Env, Request};

/// A request, the bindings, and the fields of the log line.
pub(crate) struct RequestContext {
    request: Request,
    method: String,
    /// Path and query, still percent-encoded.
    query: String,
    /// Unix milliseconds.
    arrived_ms: i64,
    env: Env,
    pub(super) context: Context,
    settings: Rc<Settings>,
    route: Cell<Option<&'static str>>,
    id: OnceCell<String>,
    database: OnceCell<D1>,
    error: RefCell<Option<Error>>,
    reservation: Cell<Option<Reservation>>,
    pub(super) once: Once,
    _keep_alive: KeepAlive,
}

impl RequestContext {
    pub(crate) fn new(request: Request, env: Env, context: Context, settings: Rc<Settings>) -> Self {
        // `Request::method` returns GET for an unknown method, and `Request::url` links a parser of 79 KB.
        let (method, url) = (request.inner().method(), request.inner().url());
        let query = url.split_once('?').map_or("", |(_, query)| query).to_owned();
        Self {
            method,
            query,
            request,
            arrived_ms: now_ms(),
            _keep_alive: KeepAlive::new(&context),
            env,
            context,
            settings,
            route: Cell::new(None),
            id: OnceCell::new(),
            database: OnceCell::new(),
            error: RefCell::new(None),
            reservation: Cell::new(None),
            once: Once::default(),
        }
    }

    /// The request's method.
    pub(crate) fn method(&self) -> &str {
        &self.method
    }

    /// Whether the method is HEAD: the answer is that to GET without its body.
    pub(crate) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// The path, still percent-encoded.
    pub(crate) fn path(&self) -> String {
        self.request.path()
    }

    /// The query, still percent-encoded.
    pub(crate) fn query(&self) -> &str {
        &self.query
    }

    /// The platform's own request. The caller must not read the body.
    pub(crate) fn handle(&self) -> web_sys::Request {
        Clone::clone(self.request.inner())
    }

    /// When the request arrived, in Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.arrived_ms
    }

    /// When the request arrived, in Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.arrived_ms.div_euclid(1000)
    }

    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The request's unique identifier. It is in the log line, and in the response if the request failed.
    pub(crate) fn id(&self) -> String {
        self.id.get_or_init(random_uuid).clone()
    }

    /// The pattern that matched.
    pub(crate) fn route(&self) -> Option<&'static str> {
        self.route.get()
    }

    pub(crate) fn set_route(&self, pattern: &'static str) {
        self.route.set(Some(pattern));
    }

    /// The database. It counts what this request uses.
    pub(crate) fn database(&self) -> Result<&D1, ClientError> {
        if let Some(database) = self.database.get() {
            return Ok(database);
        }
        let database = self.settings.database()?;
        Ok(self.database.get_or_init(|| D1::new(database)))
    }

    pub(crate) fn objects(&self) -> Result<R2, ClientError> {
        self.settings.bucket().map(R2)
    }

    /// The settings and ports for making passes.
    pub(crate) fn signing_context(&self) -> Result<SigningContext, ClientError> {
        SigningContext::new(&self.settings)
    }

    pub(crate) async fn serve(&self, endpoint: &dyn Endpoint) -> Result<Answer<ReadableStream>, Error> {
        Ok(serve(endpoint, self.database()?, &self.objects()?).await?)
    }

    /// Refuses everybody but the issuer.
    pub(crate) fn authorize_issuer(&self) -> Result<(), ClientError> {
        let key = self.settings.issuer_key()?;
        let authorized = credentials::is_issuer(self.get("authorization").as_deref(), key);
        authorized.then_some(()).ok_or(ClientError::WrongIssuerKey)
    }

    /// Sends messages to the queue after the response.
    pub(crate) fn send(&self, messages: &[Message]) {
        if !messages.is_empty() {
            let (env, messages) = (self.env.clone(), messages.to_vec());
            self.context.wait_until(async move { crate::jobs::Queue::send(&WorkQueue(&env), &messages).await });
        }
    }

    /// Keeps an error for the log line.
    pub(crate) fn note(&self, error: Error) {
        self.error.replace(Some(error));
    }

    /// The body, if it has at most `limit` bytes. A larger declared length is refused without reading.
    pub(crate) async fn body(&self, limit: usize) -> Result<Vec<u8>, ClientError> {
        if let Some(body) = self.once.body.take() {
            return Ok(body);
        }
        let declared = self.declared_length();
        if declared.is_some_and(|length| length > limit) {
            return Err(ClientError::PayloadTooLarge { limit });
        }
        let most = declared.unwrap_or(limit);
        let body = if declared.is_some() && most <= ALWAYS_GRANTED {
            self.read_whole().await
        } else if let Some(stream) = self.request.inner().body() {
            let reserved = self.reserve(most);
            // Without memory, the body is read and dropped: a client whose body is half-read gets no answer.
            let body = read_at_most(if reserved.is_ok() { most } else { 0 }, stream).await;
            reserved?;
            body
        } else {
            return Ok(Vec::new());
        };
        let body = body.map_err(|_| INCOMPLETE)?.ok_or(ClientError::PayloadTooLarge { limit })?;
        // `ByteStream` ends without an error where the client breaks off.
        if declared.is_some_and(|length| length != body.len()) { Err(INCOMPLETE) } else { Ok(body) }
    }

    /// The body piece by piece, if it has at most `limit` bytes. A larger declared length is refused without reading.
    pub(crate) fn stream(&self, limit: usize) -> Result<BodyStream, ClientError> {
        BodyStream::new(self.request.inner().body(), self.declared_length(), limit)
    }

    fn declared_length(&self) -> Option<usize> {
        self.get("content-length").and_then(|length| length.parse().ok())
    }

    async fn read_whole(&self) -> worker::Result<Option<Vec<u8>>> {
        // `Request::bytes` needs a mutable request.
        let buffer = JsFuture::from(self.request.inner().array_buffer()?).await?;
        Ok(Some(Uint8Array::new(&buffer).to_vec()))
    }

    /// Reserves memory until the request ends.
    pub(crate) fn reserve(&self, bytes: usize) -> Result<(), ClientError> {
        if bytes > ALWAYS_GRANTED {
            self.reservation.set(Some(Reservation::new(bytes)?));
        }
        Ok(())
    }

    fn usage(&self) -> Usage {
        self.database.get().map(D1::usage).unwrap_or_default()
    }

    /// The value of `Server-Timing`, if the setting wants it.
    pub(super) fn server_timing(&self) -> Option<String> {
        let Usage { calls, rows_read, rows_written, milliseconds } = self.usage();
        self.settings
            .server_timing
            .then(|| format!("db;dur={milliseconds};desc=\"calls={calls} read={rows_read} written={rows_written}\""))
    }

    /// Whether to log the request. An issuer's requests and all failures are logged, but only one refusal by a rate limit a
    /// minute. Nearly all other requests succeed, and a log line costs as much as the rest of the request.
    fn is_notable(&self, status: u16) -> bool {
        if self.settings.log_all {
            return true;
        }
        if status == TOO_MANY_REQUESTS {
            return is_first_of_minute(self.arrived_ms);
        }
        let of_issuer = self.route().is_some_and(|route| route.starts_with("/issuer/"));
        status >= 400 || self.error.borrow().is_some() || of_issuer
    }

    /// Writes the log line, if the request is notable.
    pub(super) fn finish(&self, status: u16) {
        if !self.is_notable(status) {
            return;
        }
        let Usage { calls, rows_read: read, rows_written: written, .. } = self.usage();
        log(&RequestLine {
            id: &self.id(),
            method: &self.method,
            route: self.route(),
            status,
            ms: now_ms().saturating_sub(self.arrived_ms),
            calls,
            read,
            written,
            error: self.error.borrow().as_ref().map(LoggedError::from),
        });
    }
}

/// `None` when there are more bytes than `most`.
async fn read_at_most(most: usize, stream: ReadableStream) -> worker::Result<Option<Vec<u8>>> {
    let mut chunks = ByteStream::from(stream);
    // A growing vector takes three times as much for a moment.
    let (mut body, mut length) = (Vec::with_capacity(most), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        length = length.saturating_add(chunk.len());
        if length <= most {
            body.extend_from_slice(&chunk);
        }
        if length > most.saturating_add(DROPPED) {
            break;
        }
    }
    Ok((length <= most).then_some(body))
}

/// The status of a refusal by a rate limit.
const TOO_MANY_REQUESTS: u16 = 429;

/// How many bytes of a body that is too large are read and dropped. If the body is left half-read, the platform ends the
/// connection, and the client gets no answer.
const DROPPED: usize = 8 * 1024 * 1024;

impl Headers for RequestContext {
    fn get(&self, name: &str) -> Option<String> {
        self.request.headers().get(name).ok().flatten()
    }
}
