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
    http::{Headers, Method, Refusal, Reply, path},
    shell::{Call, Outcome, Settings, Visit, response},
};
use std::{
    future::{Future, ready},
    pin::Pin,
    rc::Rc,
};
use web_sys::{ReadableStream, Request};
use worker::{Context, Env, Router};

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

type Routes = Router<'static, Rc<Call>>;

/// Apple's web service. Each pattern answers to all methods, so that a wrong one gets its 405 with `Allow` from the handler;
/// a serial number is all the rest of the path, slashes included.
fn device_routes(router: Routes) -> Routes {
    let router = at(router, "/v1/devices/:device/registrations/:type/*serial", |visit| {
        Box::pin(devices::registration(visit))
    });
    let router = at(router, "/v1/devices/:device/registrations/:type", |visit| {
        Box::pin(ready(devices::updatable(visit)))
    });
    let router = at(router, "/v1/passes/:type/*serial", |visit| Box::pin(ready(devices::latest(visit))));
    at(router, "/v1/log", |visit| Box::pin(devices::log(visit)))
}

/// What issuers do.
fn issuer_routes(router: Routes) -> Routes {
    let router = at(router, "/issuer/v1/passes", |visit| Box::pin(ready(passes::list(visit))));
    let router = at(router, "/issuer/v1/passes/:type/:serial", |visit| Box::pin(passes::pass(visit)));
    let router = at(router, "/issuer/v1/passes/:type/:serial/registrations", |visit| {
        Box::pin(ready(passes::registrations(visit)))
    });
    let router = at(router, "/issuer/v1/passes/:type/:serial/links", |visit| Box::pin(links::to_pass(visit)));
    let router =
        at(router, "/issuer/v1/passes/:type/:serial/push", |visit| Box::pin(ready(push::of_pass(visit))));
    let router = at(router, "/issuer/v1/push", |visit| Box::pin(ready(push::overview(visit))));
    let router = at(router, "/issuer/v1/push/test", |visit| Box::pin(push::test(visit)));
    let router = at(router, "/issuer/v1/links", |visit| Box::pin(links::to_bundle(visit)));
    let router = at(router, "/issuer/v1/pass-types", |visit| Box::pin(ready(signing::pass_types(visit))));
    let router = at(router, "/issuer/v1/pass-types/:type/signing-identity", |visit| {
        Box::pin(signing::identity(visit))
    });
    let router = at(router, "/issuer/v1/templates", |visit| Box::pin(ready(templates::list(visit))));
    let router = at(router, "/issuer/v1/templates/:name", |visit| Box::pin(templates::template(visit)));
    let router = at(router, "/issuer/v1/templates/:name/republish", |visit| {
        Box::pin(ready(templates::republish(visit)))
    });
    at(router, "/issuer/v1/device-log", |visit| Box::pin(ready(devices::device_log(visit))))
}

/// What needs no key and is not Apple's.
fn other_routes(router: Routes) -> Routes {
    let router = at(router, "/links/:link", |visit| Box::pin(links::open(visit)));
    at(router, "/healthz", |visit| Box::pin(ready(health::healthz(visit))))
}

fn at(router: Routes, pattern: &'static str, handler: Handler) -> Routes {
    router.or_else_any_method_async(pattern, move |_, context| async move {
        context.data.set_route(pattern);
        let visit = Visit { call: &context.data, context: &context };
        let understood = handler(&visit).await;
        let outcome = outcome(&visit, understood).await;
        if let Ok(answer) = &outcome {
            visit.call.send(&context.env, &answer.reply.messages);
        }
        Ok(response(outcome, visit.call).into())
    })
}

async fn outcome(visit: &Visit<'_>, understood: Result<Understood, Failure>) -> Outcome {
    match understood? {
        Understood::Answer(answer) => Ok(answer),
        Understood::Task(endpoint) => Ok(serve(&*endpoint, visit.database()?, &visit.objects()?).await?),
    }
}

/// Answers a request.
pub(crate) async fn answer(request: Request, env: Env, platform: Context) -> worker::Response {
    let settings = Settings::of(&env);
    let call = Rc::new(Call::new(request, platform, &settings));
    let path = path::normalize(path::of_url(&call.url).0, &settings.base_path).into_owned();
    if let Some(guide) = guide(&call, &path)
        && let Ok(response) = routes(&path, Rc::clone(&call)).run(guide, env).await
        && call.is_routed()
    {
        return response;
    }
    response(Err(Refusal::NotFound("There is nothing at this path.").into()), &call).into()
}

/// The part of the routes that the path belongs to: a phone does not wait for those of issuers to be built.
fn routes(path: &str, call: Rc<Call>) -> Routes {
    let router = Router::with_data(call);
    if path.starts_with("/v1/") {
        device_routes(router)
    } else if path.starts_with("/issuer/") {
        issuer_routes(router)
    } else {
        other_routes(router)
    }
}

/// What leads the router to the route: the request itself, or, where its path has another form than the routes know, an
/// empty one with that path. Not a copy of it, which would take the body along: a client whose body was taken along and
/// is not read gets no answer.
fn guide(call: &Call, normal: &str) -> Option<worker::Request> {
    if normal == path::of_url(&call.url).0 {
        return Some(Clone::clone(&call.request).into());
    }
    Request::new_with_str(&format!("http://localhost{normal}")).ok().map(worker::Request::from)
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
