//! Every route of the service.

mod devices;
mod health;
mod links;
mod passes;
mod push;
mod signing;
mod templates;

use crate::{
    endpoint::{Answer, Endpoint, Failure, serve},
    http::{Headers, Method, Refusal, Reply, path, query},
    shell::{Arrival, Call, Outcome, Settings, Visit, response},
};
use matchit::Match;
use std::{
    future::{Future, ready},
    pin::Pin,
    rc::Rc,
};
use wasm_bindgen::JsValue;
use web_sys::ReadableStream;
use worker::{Context, Env};

/// What a handler makes of a request.
enum Understood {
    /// What is to be done with storage.
    Task(Box<dyn Endpoint>),
    /// The answer at once.
    Answer(Answer<ReadableStream>),
}

impl<E: Endpoint + 'static> From<E> for Understood {
    fn from(endpoint: E) -> Self {
        Self::Task(Box::new(endpoint))
    }
}

impl Understood {
    fn reply(reply: Reply) -> Self {
        Self::Answer(reply.into())
    }
}

/// A handler on its way.
type Pending<'a> = Pin<Box<dyn Future<Output = Result<Understood, Failure>> + 'a>>;

/// One type for all handlers, so that what is around them is compiled once.
type Handler = for<'a> fn(&'a Visit<'a>) -> Pending<'a>;

/// All routes. Those of the platform crate's router would have to be built again for each request, which it consumes; this
/// is what that one is made of.
type Routes = matchit::Router<(&'static str, Handler)>;

thread_local! {
    /// For as long as the instance lives, as are the names that the segments of a path have from it.
    static ROUTES: &'static Routes = Box::leak(Box::new(routes()));
}

fn routes() -> Routes {
    let mut routes = Routes::new();
    let mut at = |pattern, handler: Handler| {
        // No two are the same; `tests/e2e/routes.rs` asks for each.
        let _ = routes.insert(pattern, (pattern, handler));
    };
    device_routes(&mut at);
    issuer_routes(&mut at);
    other_routes(&mut at);
    routes
}

/// Apple's web service. Each pattern answers to all methods, so that a wrong one gets its 405 with `Allow` from the handler;
/// a serial number is all the rest of the path, slashes included.
fn device_routes(at: &mut impl FnMut(&'static str, Handler)) {
    at("/v1/devices/:device/registrations/:type/*serial", |visit| Box::pin(devices::registration(visit)));
    at("/v1/devices/:device/registrations/:type", |visit| Box::pin(devices::updatable(visit)));
    at("/v1/passes/:type/*serial", |visit| Box::pin(devices::latest(visit)));
    at("/v1/log", |visit| Box::pin(devices::log(visit)));
}

/// What issuers do.
fn issuer_routes(at: &mut impl FnMut(&'static str, Handler)) {
    at("/issuer/v1/passes", |visit| Box::pin(ready(passes::list(visit))));
    at("/issuer/v1/passes/:type/:serial", |visit| Box::pin(passes::pass(visit)));
    at("/issuer/v1/passes/:type/:serial/registrations", |visit| Box::pin(passes::registrations(visit)));
    at("/issuer/v1/passes/:type/:serial/links", |visit| Box::pin(links::to_pass(visit)));
    at("/issuer/v1/passes/:type/:serial/push", |visit| Box::pin(ready(push::of_pass(visit))));
    at("/issuer/v1/push", |visit| Box::pin(ready(push::overview(visit))));
    at("/issuer/v1/push/test", |visit| Box::pin(push::test(visit)));
    at("/issuer/v1/links", |visit| Box::pin(links::to_bundle(visit)));
    at("/issuer/v1/pass-types", |visit| Box::pin(ready(signing::pass_types(visit))));
    at("/issuer/v1/pass-types/:type/signing-identity", |visit| Box::pin(signing::identity(visit)));
    at("/issuer/v1/templates", |visit| Box::pin(ready(templates::list(visit))));
    at("/issuer/v1/templates/:name", |visit| Box::pin(templates::template(visit)));
    at("/issuer/v1/templates/:name/republish", |visit| Box::pin(ready(templates::republish(visit))));
    at("/issuer/v1/device-log", |visit| Box::pin(ready(devices::device_log(visit))));
}

/// The query parameters of a request of the issuer API. Any other one is refused, so that no filter is left out without a word.
fn parameters(pattern: &str, method: Method) -> &'static [&'static str] {
    let method = if method == Method::Head { Method::Get } else { method };
    match (method, pattern) {
        (Method::Get, "/issuer/v1/passes") => &["passTypeIdentifier", "cursor", "limit"],
        (
            Method::Get,
            "/issuer/v1/passes/:type/:serial/registrations"
            | "/issuer/v1/pass-types"
            | "/issuer/v1/templates",
        ) => &["cursor", "limit"],
        (Method::Delete, "/issuer/v1/passes/:type/:serial/registrations") => &["device"],
        (Method::Get, "/issuer/v1/device-log") => &["days"],
        _ => &[],
    }
}

/// What needs no key and is not Apple's.
fn other_routes(at: &mut impl FnMut(&'static str, Handler)) {
    at("/links/:link", |visit| Box::pin(links::open(visit)));
    at("/healthz", |visit| Box::pin(health::healthz(visit)));
}

/// Answers a request.
pub(crate) async fn answer(arrival: Arrival, env: Env, context: Context, settings: Rc<Settings>) -> JsValue {
    let call = Call::new(arrival, env, context, settings);
    let path = path::normalize(call.arrival.path_and_query().0, &call.settings.base_path);
    let Ok(Match { value: (pattern, handler), params: segments }) = ROUTES.with(|routes| routes.at(path))
    else {
        return response(Err(Refusal::NotFound("There is nothing at this path.").into()), &call).into();
    };
    call.set_route(pattern);
    let visit = Visit { call: &call, segments };
    let understood = match admit(&visit, pattern) {
        Ok(()) => handler(&visit).await,
        Err(refusal) => Err(refusal.into()),
    };
    let outcome = outcome(&visit, understood).await;
    if let Ok(answer) = &outcome {
        call.send(&answer.reply.messages);
    }
    response(outcome, &call).into()
}

/// Lets into the issuer API only its issuer, and only with query parameters that the request has.
fn admit(visit: &Visit<'_>, pattern: &str) -> Result<(), Refusal> {
    if !pattern.starts_with("/issuer/") {
        return Ok(());
    }
    visit.authorize_issuer()?;
    query::check(visit.query(), parameters(pattern, visit.method()))
}

async fn outcome(visit: &Visit<'_>, understood: Result<Understood, Failure>) -> Outcome {
    match understood? {
        Understood::Answer(answer) => Ok(answer),
        Understood::Task(endpoint) => Ok(serve(&*endpoint, visit.database()?, &visit.objects()?).await?),
    }
}

fn only_get(visit: &Visit<'_>) -> Result<(), Refusal> {
    matches!(visit.method(), Method::Get | Method::Head)
        .then_some(())
        .ok_or(Refusal::MethodNotAllowed("GET, HEAD"))
}

/// Refuses conditions (RFC 9110, section 13) where they mean nothing, rather than to leave a guard out without a word.
fn unconditional(visit: &Visit<'_>) -> Result<(), Refusal> {
    let conditional = ["if-match", "if-none-match"].iter().any(|name| visit.get(name).is_some());
    (!conditional).then_some(()).ok_or(Refusal::BadRequest(
        "If-Match and If-None-Match are not supported for changes of this resource. Leave them out.",
    ))
}

fn only_post(visit: &Visit<'_>) -> Result<(), Refusal> {
    (visit.method() == Method::Post).then_some(()).ok_or(Refusal::MethodNotAllowed("POST"))
}
