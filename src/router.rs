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
use serde_json::json;
use std::{future::Future, rc::Rc};
use worker::{Env, Request, Response, Router};

/// The routes. Each pattern answers to all methods, so that a wrong one gets its 405 with `Allow` from the handler; a
/// serial number in Apple's web service is all the rest of the path, slashes included.
fn routes(call: Rc<Call>) -> Router<'static, Rc<Call>> {
    let router = Router::with_data(call);
    let router = at(router, "/v1/devices/:device/registrations/:type/*serial", registration);
    let router = at(router, "/v1/devices/:device/registrations/:type", updatable);
    let router = at(router, "/v1/passes/:type/*serial", latest);
    let router = at(router, "/v1/log", log);
    let router = at(router, "/issuer/v1/passes", passes);
    let router = at(router, "/issuer/v1/passes/:type/:serial", issued_pass);
    let router = at(router, "/issuer/v1/passes/:type/:serial/registrations", registrations);
    let router = at(router, "/issuer/v1/device-log", device_log);
    at(router, "/healthz", healthz)
}

fn at<F: Future<Output = Outcome>>(
    router: Router<'static, Rc<Call>>,
    pattern: &'static str,
    handler: impl Fn(Visit) -> F + Copy + 'static,
) -> Router<'static, Rc<Call>> {
    router.or_else_any_method_async(pattern, move |request, context| async move {
        let call = Rc::clone(&context.data);
        call.set_route(pattern);
        let request = call.take_original().unwrap_or(request);
        let head = request.inner().method() == "HEAD";
        let outcome = handler(Visit::new(request, context)).await;
        response(outcome, &call, head)
    })
}

/// Answers a request.
pub(crate) async fn answer(request: Request, env: Env) -> worker::Result<Response> {
    let settings = Settings::of(&env);
    let call = Rc::new(Call::new(request.inner().method(), &settings));
    let request = routable(request, &settings, &call)?;
    let response_of_route = routes(Rc::clone(&call)).run(request, env).await?;
    if call.is_routed() {
        return Ok(response_of_route);
    }
    response(Err(Refusal::NotFound("There is nothing at this path.").into()), &call, false)
}

/// The request; or, where the routes know its path in another form, an empty one with that path, which leads to the
/// route. Not a copy: that takes the body along, and a client whose body was taken along and not read gets no answer.
fn routable(request: Request, settings: &Settings, call: &Call) -> worker::Result<Request> {
    let path = request.path();
    let normal = path::normalize(&path, &settings.base_path);
    if normal == path {
        return Ok(request);
    }
    let mut guide = Request::new("http://localhost/", worker::Method::Get)?;
    *guide.path_mut()? = normal.into_owned();
    call.set_original(request);
    Ok(guide)
}

/// Asks the database and answers.
async fn served(visit: &Visit, endpoint: &dyn Endpoint) -> Outcome {
    Ok(serve(endpoint, &*visit.database()?, &visit.objects()?).await?)
}

/// `POST`, `DELETE /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
async fn registration(mut visit: Visit) -> Outcome {
    if !matches!(visit.method, Method::Post | Method::Delete) {
        return Err(Refusal::MethodNotAllowed("POST, DELETE").into());
    }
    let address = RegistrationAddress::decode(visit.segment("device"), visit.segment("type"), visit.segment("serial"))?;
    let token = presented_token(&visit)?;
    if visit.method == Method::Delete {
        return served(&visit, &Unregister { address, token }).await;
    }
    let push_token = device::register::PushToken::read(&visit.body(device::register::BODY_LIMIT).await?)?;
    let now = visit.now();
    served(&visit, &Register { address, token, push_token, now }).await
}

/// `GET /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}`
async fn updatable(visit: Visit) -> Outcome {
    if !matches!(visit.method, Method::Get | Method::Head) {
        return Err(Refusal::MethodNotAllowed("GET, HEAD").into());
    }
    served(&visit, &Updatable::decode(visit.segment("device"), visit.segment("type"), &visit.query)?).await
}

/// `GET /v1/passes/{passTypeIdentifier}/{serialNumber}`; `POST …/personalize` is reserved.
async fn latest(visit: Visit) -> Outcome {
    let personalize = visit.segment("serial").ends_with("/personalize");
    match visit.method {
        Method::Get | Method::Head => {}
        Method::Post if personalize => {
            return Err(Refusal::NotImplemented("Personalized passes are not supported.").into());
        }
        _ => return Err(Refusal::MethodNotAllowed("GET, HEAD").into()),
    }
    let address = PassAddress::decode(visit.segment("type"), visit.segment("serial"))?;
    let token = presented_token(&visit)?;
    let conditions = ReadConditions::of(&visit);
    let head = visit.method == Method::Head;
    served(&visit, &Latest { address, token, conditions, head }).await
}

/// `POST /v1/log`
async fn log(mut visit: Visit) -> Outcome {
    if visit.method != Method::Post {
        return Err(Refusal::MethodNotAllowed("POST").into());
    }
    let body = visit.body(device::log::BODY_LIMIT).await?;
    match device::Log::read(&body, visit.now()) {
        Some(log) => served(&visit, &log).await,
        None => Ok(Reply::empty(200).into()),
    }
}

/// `GET /issuer/v1/passes?passTypeIdentifier=&cursor=&limit=`
async fn passes(visit: Visit) -> Outcome {
    visit.authorize_issuer()?;
    only_get(&visit)?;
    served(&visit, &List::of_query(&visit.query)?).await
}

/// `PUT`, `GET`, `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
async fn issued_pass(mut visit: Visit) -> Outcome {
    visit.authorize_issuer()?;
    let address = Address::decode(visit.segment("type"), visit.segment("serial"))?;
    let now = visit.now();
    match visit.method {
        Method::Put => publish(&mut visit, address).await,
        Method::Get | Method::Head => {
            served(&visit, &Inspect::new(address, &visit, visit.method == Method::Head)).await
        }
        Method::Delete => {
            let conditions = WriteConditions::of(&visit);
            served(&visit, &Withdraw { address, conditions, now }).await
        }
        _ => Err(Refusal::MethodNotAllowed("PUT, GET, HEAD, DELETE").into()),
    }
}

async fn publish(visit: &mut Visit, address: Address) -> Outcome {
    let content_type = visit.get("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case(pass::MEDIA_TYPE) {
        return Err(Refusal::UnsupportedMediaType(pass::MEDIA_TYPE).into());
    }
    let file = visit.body(issuer::publish::BODY_LIMIT).await?;
    let conditions = WriteConditions::of(visit);
    served(visit, &Publish::check(address, file, conditions, visit.unique(), visit.now_ms())?).await
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?cursor=&limit=`
async fn registrations(visit: Visit) -> Outcome {
    visit.authorize_issuer()?;
    only_get(&visit)?;
    let address = Address::decode(visit.segment("type"), visit.segment("serial"))?;
    served(&visit, &Registrations::of_query(address, &visit.query)?).await
}

/// `GET /issuer/v1/device-log?days=`
async fn device_log(visit: Visit) -> Outcome {
    visit.authorize_issuer()?;
    only_get(&visit)?;
    served(&visit, &DeviceLog::of_query(&visit.query, visit.now())?).await
}

/// `GET /healthz`: whether the Worker runs, and which. It asks no database, so that it may be asked often.
async fn healthz(visit: Visit) -> Outcome {
    only_get(&visit)?;
    let (version, commit) = (env!("CARGO_PKG_VERSION"), env!("EDGEPASS_COMMIT"));
    Ok(Reply::json(200, &json!({ "status": "ok", "version": version, "commit": commit })).into())
}

fn only_get(visit: &Visit) -> Result<(), Refusal> {
    matches!(visit.method, Method::Get | Method::Head).then_some(()).ok_or(Refusal::MethodNotAllowed("GET, HEAD"))
}

fn presented_token(visit: &Visit) -> Result<TokenHash, Refusal> {
    TokenHash::presented(visit.get("authorization").as_deref()).ok_or(Refusal::WrongPassToken)
}
