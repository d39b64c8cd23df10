//! A request on its way in.

use super::{Call, Failure, Settings};
use crate::{
    http::{Headers, Method, Refusal, credentials, path},
    store::{d1::D1, r2::R2},
};
use futures_util::TryStreamExt;
use std::rc::Rc;
use worker::{Bucket, Env, Request, RouteContext};

/// A request at the route that matched it.
pub(crate) struct Visit {
    /// The request's method. Not the platform crate's, which takes an unknown one for GET.
    pub(crate) method: Method,
    /// Still percent-encoded.
    pub(crate) query: String,
    request: Request,
    context: RouteContext<Rc<Call>>,
}

impl Visit {
    pub(crate) fn new(request: Request, context: RouteContext<Rc<Call>>) -> Self {
        let method = Method::from(request.inner().method().as_str());
        let query = path::of_url(&request.inner().url()).1.to_owned();
        Self { method, query, request, context }
    }

    /// A segment of the path as it arrived, by its name in the pattern.
    pub(crate) fn segment(&self, name: &str) -> &str {
        self.context.param(name).map_or("", String::as_str)
    }

    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.context.data.started_ms()
    }

    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// A name that no other request has.
    pub(crate) fn unique(&self) -> String {
        self.context.data.id()
    }

    /// The database of this request.
    pub(crate) fn database(&self) -> Result<Rc<D1>, Failure> {
        self.context.data.database(&self.context.env)
    }

    /// The bucket.
    pub(crate) fn objects(&self) -> Result<R2, Failure> {
        Ok(R2(bucket(&self.context.env)?))
    }

    /// Lets only the issuer pass.
    pub(crate) fn authorize_issuer(&self) -> Result<(), Refusal> {
        let settings = Settings::of(&self.context.env);
        let key = settings.issuer_key.as_deref().ok_or(Refusal::NotConfigured(
            "The issuer API is not configured. Set its key: npx wrangler secret put ISSUER_KEY",
        ))?;
        let authorized = credentials::is_issuer(self.get("authorization").as_deref(), key);
        authorized.then_some(()).ok_or(Refusal::WrongIssuerKey)
    }

    /// The body, if it has at most `limit` bytes. A declared length above that is refused without reading; of an
    /// undeclared one no more than the limit is read.
    pub(crate) async fn body(&mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        let declared = self.get("content-length").and_then(|length| length.parse::<usize>().ok());
        match declared {
            Some(length) if length > limit => Err(Refusal::PayloadTooLarge { limit }.into()),
            Some(_) => self.request.bytes().await.map_err(|_| INTERRUPTED.into()),
            None => self.undeclared_body(limit).await,
        }
    }

    async fn undeclared_body(&mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        if self.request.inner().body().is_none() {
            return Ok(body);
        }
        let mut chunks = self.request.stream().map_err(|_| INTERRUPTED)?;
        while let Some(chunk) = chunks.try_next().await.map_err(|_| INTERRUPTED)? {
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                return Err(Refusal::PayloadTooLarge { limit }.into());
            }
        }
        Ok(body)
    }
}

/// The bucket's binding.
pub(crate) fn bucket(env: &Env) -> Result<Bucket, Failure> {
    env.bucket("PASSES").map_err(|_| Refusal::NotConfigured("The R2 binding PASSES is missing in wrangler.toml.").into())
}

const INTERRUPTED: Refusal = Refusal::BadRequest("The body did not arrive completely.");

impl Headers for Visit {
    fn get(&self, name: &str) -> Option<String> {
        self.request.headers().get(name).ok().flatten()
    }
}
