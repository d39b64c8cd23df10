//! What [`worker::Router`] lacks for this service:
//!
//! * It answers 405 without `Allow` (RFC 9110, section 15.5.6), and takes an unknown method for GET. So each pattern is
//!   registered for all methods, and this module looks up the method.
//! * It does not serve HEAD by the handler of GET.
//! * It does not know base paths and repeated slashes. In this case it gets another request, with the normalized path.
//! * It does not tell a handler which pattern matched. The log line and the checks of the issuer API need it.

use super::{Handled, Route, param, router};
use crate::{
    endpoint::Answer,
    http::{ClientError, path, query},
    issuer::ByExternalId,
    platform::{RequestContext, Settings, respond_to},
};
use futures_util::future::LocalBoxFuture;
use std::rc::Rc;
use worker::{Context, Env, Request, Response, Router};

/// Answers a request.
pub(crate) async fn respond(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    let settings = Settings::from_env(&env);
    let request = Rc::new(RequestContext::new(request, env.clone(), context, settings));
    let arrived = request.path();
    let path = path::normalize(&arrived, &request.settings().base_path);
    let routed = if path == arrived {
        Request::from(request.handle())
    } else {
        Request::new(&format!("https://edgepass{path}"), worker::Method::Get)?
    };
    let response = router(path, Rc::clone(&request)).run(routed, env).await?;
    if request.route().is_some() {
        return Ok(response);
    }
    respond_to(Err(ClientError::NotFound("There is nothing at this path.").into()), &request)
}

/// A handler of any type.
type Handler = Box<dyn for<'a> Fn(&'a Route) -> LocalBoxFuture<'a, Handled>>;

/// GET and HEAD, as in `Allow`. A resource that has GET also has HEAD.
pub(super) const GET: &str = "GET, HEAD";

/// The handler of a method, and its query parameters.
pub(super) struct MethodHandler {
    method: &'static str,
    handler: Handler,
    query: &'static [&'static str],
    is_reserved: bool,
    /// The largest body, if `Idempotency-Key` counts.
    idempotent: Option<usize>,
}

impl MethodHandler {
    fn new(method: &'static str, handler: impl AsyncFn(&Route) -> Handled + Copy + 'static) -> Self {
        let handler: Handler = Box::new(move |route| Box::pin(async move { handler(route).await }));
        Self { method, handler, query: &[], is_reserved: false, idempotent: None }
    }

    /// Sets the query parameters. The issuer API accepts no others: a misspelt filter must not be ignored.
    pub(super) fn query(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    /// Carries out requests with the same `Idempotency-Key` once. `body_limit` is the largest body, in bytes.
    pub(super) fn idempotent(self, body_limit: usize) -> Self {
        Self { idempotent: Some(body_limit), ..self }
    }

    /// Leaves the method out of `Allow`, as only some paths of the pattern have it.
    pub(super) fn reserved(self) -> Self {
        Self { is_reserved: true, ..self }
    }
}

pub(super) fn get(handler: impl AsyncFn(&Route) -> Handled + Copy + 'static) -> MethodHandler {
    MethodHandler::new(GET, handler)
}

pub(super) fn post(handler: impl AsyncFn(&Route) -> Handled + Copy + 'static) -> MethodHandler {
    MethodHandler::new("POST", handler)
}

pub(super) fn put(handler: impl AsyncFn(&Route) -> Handled + Copy + 'static) -> MethodHandler {
    MethodHandler::new("PUT", handler)
}

pub(super) fn patch(handler: impl AsyncFn(&Route) -> Handled + Copy + 'static) -> MethodHandler {
    MethodHandler::new("PATCH", handler)
}

pub(super) fn delete(handler: impl AsyncFn(&Route) -> Handled + Copy + 'static) -> MethodHandler {
    MethodHandler::new("DELETE", handler)
}

/// A router of patterns with methods.
pub(super) trait RouterExt {
    /// Registers a pattern with the handlers of its methods.
    fn at<const N: usize>(self, pattern: &'static str, methods: [MethodHandler; N]) -> Self;
}

impl RouterExt for Router<'static, Rc<RequestContext>> {
    fn at<const N: usize>(self, pattern: &'static str, methods: [MethodHandler; N]) -> Self {
        let methods: Rc<[_]> = Rc::from(methods);
        self.or_else_any_method_async(pattern, move |_, route| {
            let methods = Rc::clone(&methods);
            async move {
                let handled = handle(pattern, &methods, &route).await;
                respond_to(handled, &route.data)
            }
        })
    }
}

async fn handle(pattern: &'static str, methods: &[MethodHandler], route: &Route) -> Handled {
    let request = &route.data;
    request.set_route(pattern);
    let is_issuer = pattern.starts_with("/issuer/");
    if is_issuer {
        request.authorize_issuer()?;
    }
    let is_method = |it: &&MethodHandler| it.method.split(", ").any(|method| method == request.method());
    let Some(method) = methods.iter().find(is_method) else {
        let allowed: Vec<_> = methods.iter().filter(|it| !it.is_reserved).map(|it| it.method).collect();
        return Err(ClientError::MethodNotAllowed(allowed.join(", ")).into());
    };
    if is_issuer {
        query::check(request.query(), &parameters(pattern, method, route))?;
    }
    let answer: Answer<_> = match method.idempotent {
        Some(body_limit) => request.once_by_body(body_limit, async || (method.handler)(route).await).await?,
        None => (method.handler)(route).await?,
    };
    request.send(&answer.reply.messages);
    Ok(answer)
}

/// The query parameters of a method. A path with an external identifier has one more.
fn parameters(pattern: &str, method: &MethodHandler, route: &Route) -> Vec<&'static str> {
    let is_external = pattern.contains("/:type/:serial") && param(route, "type") == ByExternalId::SEGMENT;
    method.query.iter().copied().chain(is_external.then_some(ByExternalId::PARAMETER)).collect()
}
