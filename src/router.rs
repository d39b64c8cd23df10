//! Every route of the service.

use crate::{
    device::{self, Latest, PassAddress, Register, RegistrationAddress, Unregister, Updatable},
    endpoint::{Endpoint, serve},
    http::{
        Headers, Method, Refusal, Reply,
        conditional::{ReadConditions, WriteConditions},
        credentials::TokenHash,
        path,
    },
    issuer::{self, Address, DeviceLog, Inspect, List, Publish, Registrations, Withdraw},
    pass,
    shell::{Call, Outcome, Settings, Visit, response},
};
use std::{
    future::{Future, ready},
    pin::Pin,
    rc::Rc,
};
use web_sys::Request;
use worker::{Env, Router};

/// What a handler makes of a request.
enum Understood {
    /// What is to be done with storage.
    Task(Box<dyn Endpoint>),
    /// The answer at once.
    Reply(Reply),
}

impl<E: Endpoint + 'static> From<E> for Understood {
    fn from(endpoint: E) -> Self {
        Self::Task(Box::new(endpoint))
    }
}

/// A handler on its way.
type Pending<'a> = Pin<Box<dyn Future<Output = Result<Understood, Refusal>> + 'a>>;

/// One type for all handlers, so that what is around them is compiled once.
type Handler = for<'a> fn(&'a Visit<'a>) -> Pending<'a>;

/// The routes. Each pattern answers to all methods, so that a wrong one gets its 405 with `Allow` from the handler; a
/// serial number in Apple's web service is all the rest of the path, slashes included.
fn routes(call: Rc<Call>) -> Router<'static, Rc<Call>> {
    let router = Router::with_data(call);
    let router =
        at(router, "/v1/devices/:device/registrations/:type/*serial", |visit| Box::pin(registration(visit)));
    let router =
        at(router, "/v1/devices/:device/registrations/:type", |visit| Box::pin(ready(updatable(visit))));
    let router = at(router, "/v1/passes/:type/*serial", |visit| Box::pin(ready(latest(visit))));
    let router = at(router, "/v1/log", |visit| Box::pin(log(visit)));
    let router = at(router, "/issuer/v1/passes", |visit| Box::pin(ready(passes(visit))));
    let router = at(router, "/issuer/v1/passes/:type/:serial", |visit| Box::pin(issued_pass(visit)));
    let router = at(router, "/issuer/v1/passes/:type/:serial/registrations", |visit| {
        Box::pin(ready(registrations(visit)))
    });
    let router = at(router, "/issuer/v1/device-log", |visit| Box::pin(ready(device_log(visit))));
    at(router, "/healthz", |visit| Box::pin(ready(healthz(visit))))
}

fn at(
    router: Router<'static, Rc<Call>>,
    pattern: &'static str,
    handler: Handler,
) -> Router<'static, Rc<Call>> {
    router.or_else_any_method_async(pattern, move |_, context| async move {
        context.data.set_route(pattern);
        let visit = Visit { call: &context.data, context: &context };
        let understood = handler(&visit).await;
        Ok(response(outcome(&visit, understood).await, visit.call).into())
    })
}

async fn outcome(visit: &Visit<'_>, understood: Result<Understood, Refusal>) -> Outcome {
    match understood? {
        Understood::Reply(reply) => Ok(reply.into()),
        Understood::Task(endpoint) => Ok(serve(&*endpoint, visit.database()?, &visit.objects()?).await?),
    }
}

/// Answers a request.
pub(crate) async fn answer(request: Request, env: Env) -> worker::Response {
    let settings = Settings::of(&env);
    let call = Rc::new(Call::new(request, &settings));
    if let Some(guide) = guide(&call, &settings)
        && let Ok(response) = routes(Rc::clone(&call)).run(guide, env).await
        && call.is_routed()
    {
        return response;
    }
    response(Err(Refusal::NotFound("There is nothing at this path.").into()), &call).into()
}

/// What leads the router to the route: the request itself, or, where its path has another form than the routes know, an
/// empty one with that path. Not a copy of it, which would take the body along: a client whose body was taken along and
/// is not read gets no answer.
fn guide(call: &Call, settings: &Settings) -> Option<worker::Request> {
    let (path, _) = path::of_url(&call.url);
    let normal = path::normalize(path, &settings.base_path);
    if normal == path {
        return Some(Clone::clone(&call.request).into());
    }
    Request::new_with_str(&format!("http://localhost{normal}")).ok().map(worker::Request::from)
}

/// `POST`, `DELETE /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
async fn registration(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    if !matches!(visit.method(), Method::Post | Method::Delete) {
        return Err(Refusal::MethodNotAllowed("POST, DELETE"));
    }
    let address =
        RegistrationAddress::decode(visit.segment("device"), visit.segment("type"), visit.segment("serial"))?;
    let token = presented_token(visit)?;
    if visit.method() == Method::Delete {
        return Ok(Unregister { address, token }.into());
    }
    let push_token = device::register::PushToken::read(&visit.body(device::register::BODY_LIMIT).await?)?;
    let client = device::register::announced_client(visit);
    Ok(Register { address, token, push_token, client, now: visit.now() }.into())
}

/// `GET /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}`
fn updatable(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    only_get(visit)?;
    Ok(Updatable::decode(visit.segment("device"), visit.segment("type"), visit.query())?.into())
}

/// `GET /v1/passes/{passTypeIdentifier}/{serialNumber}`; `POST …/personalize` is reserved.
fn latest(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    if visit.method() == Method::Post && visit.segment("serial").ends_with("/personalize") {
        return Err(Refusal::NotImplemented("Personalized passes are not supported."));
    }
    only_get(visit)?;
    let address = PassAddress::decode(visit.segment("type"), visit.segment("serial"))?;
    let token = presented_token(visit)?;
    let (conditions, head) = (ReadConditions::of(visit), visit.method() == Method::Head);
    Ok(Latest { address, token, conditions, head }.into())
}

/// `POST /v1/log`
async fn log(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    if visit.method() != Method::Post {
        return Err(Refusal::MethodNotAllowed("POST"));
    }
    let body = visit.body(device::log::BODY_LIMIT).await?;
    let log = device::Log::read(&body, visit.now());
    Ok(log.map_or_else(|| Understood::Reply(Reply::empty(200)), Understood::from))
}

/// `GET /issuer/v1/passes?passTypeIdentifier=&cursor=&limit=`
fn passes(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    visit.authorize_issuer()?;
    only_get(visit)?;
    Ok(List::of_query(visit.query())?.into())
}

/// `PUT`, `GET`, `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
async fn issued_pass(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    visit.authorize_issuer()?;
    let address = Address::decode(visit.segment("type"), visit.segment("serial"))?;
    match visit.method() {
        Method::Put => publish(visit, address).await,
        Method::Get | Method::Head => Ok(Inspect::new(address, visit, visit.method() == Method::Head).into()),
        Method::Delete => {
            Ok(Withdraw { address, conditions: WriteConditions::of(visit), now: visit.now() }.into())
        }
        _ => Err(Refusal::MethodNotAllowed("PUT, GET, HEAD, DELETE")),
    }
}

async fn publish(visit: &Visit<'_>, address: Address) -> Result<Understood, Refusal> {
    let content_type = visit.get("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case(pass::MEDIA_TYPE) {
        return Err(Refusal::UnsupportedMediaType(pass::MEDIA_TYPE));
    }
    let file = visit.body(issuer::publish::BODY_LIMIT).await?;
    let conditions = WriteConditions::of(visit);
    Ok(Publish::check(address, file, conditions, visit.unique(), visit.now_ms())?.into())
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?cursor=&limit=`
fn registrations(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    visit.authorize_issuer()?;
    only_get(visit)?;
    let address = Address::decode(visit.segment("type"), visit.segment("serial"))?;
    Ok(Registrations::of_query(address, visit.query())?.into())
}

/// `GET /issuer/v1/device-log?days=`
fn device_log(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    visit.authorize_issuer()?;
    only_get(visit)?;
    Ok(DeviceLog::of_query(visit.query(), visit.now())?.into())
}

/// `GET /healthz`: whether the Worker runs, and which. It asks no database, so that it may be asked often.
fn healthz(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    only_get(visit)?;
    let (version, commit) = (env!("CARGO_PKG_VERSION"), env!("EDGEPASS_COMMIT"));
    let health = format!(r#"{{"status":"ok","version":"{version}","commit":"{commit}"}}"#);
    Ok(Understood::Reply(Reply::json_text(200, health)))
}

fn only_get(visit: &Visit<'_>) -> Result<(), Refusal> {
    matches!(visit.method(), Method::Get | Method::Head)
        .then_some(())
        .ok_or(Refusal::MethodNotAllowed("GET, HEAD"))
}

fn presented_token(visit: &Visit<'_>) -> Result<TokenHash, Refusal> {
    TokenHash::presented(visit.get("authorization").as_deref()).ok_or(Refusal::WrongPassToken)
}
