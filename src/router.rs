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
use web_sys::{Request, Response};
use worker::Env;

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

/// Answers a request.
pub(crate) async fn answer(request: Request, env: &Env) -> Response {
    let settings = Settings::of(env);
    let method = request.method();
    let call = Call::new(method.clone(), &settings);
    let url = request.url();
    let (path, query) = path::of_url(&url);
    let visit = Visit { method: Method::from(method.as_str()), query, call: &call, request: &request, env };
    let outcome = outcome(&visit, &path::normalize(path, &settings.base_path)).await;
    response(outcome, &call, visit.method == Method::Head)
}

async fn outcome(visit: &Visit<'_>, path: &str) -> Outcome {
    match understand(visit, path).await? {
        Understood::Reply(reply) => Ok(reply.into()),
        Understood::Task(endpoint) => Ok(serve(&*endpoint, visit.database()?, &visit.objects()?).await?),
    }
}

/// The routes. A serial number in Apple's web service is all the rest of the path, slashes included.
async fn understand(visit: &Visit<'_>, path: &str) -> Result<Understood, Refusal> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let route = |pattern| visit.call.set_route(pattern);
    match *segments.as_slice() {
        ["v1", "devices", device, "registrations", pass_type] if !pass_type.is_empty() => {
            route("/v1/devices/:device/registrations/:type");
            updatable(visit, device, pass_type)
        }
        ["v1", "devices", device, "registrations", pass_type, ref serial @ ..] if is_named(serial) => {
            route("/v1/devices/:device/registrations/:type/*serial");
            registration(visit, device, pass_type, &serial.join("/")).await
        }
        ["v1", "passes", pass_type, ref serial @ ..] if is_named(serial) => {
            route("/v1/passes/:type/*serial");
            latest(visit, pass_type, &serial.join("/"))
        }
        ["v1", "log"] => {
            route("/v1/log");
            log(visit).await
        }
        ["issuer", "v1", "passes"] => {
            route("/issuer/v1/passes");
            passes(visit)
        }
        ["issuer", "v1", "passes", pass_type, serial] if !serial.is_empty() => {
            route("/issuer/v1/passes/:type/:serial");
            issued_pass(visit, pass_type, serial).await
        }
        ["issuer", "v1", "passes", pass_type, serial, "registrations"] => {
            route("/issuer/v1/passes/:type/:serial/registrations");
            registrations(visit, pass_type, serial)
        }
        ["issuer", "v1", "device-log"] => {
            route("/issuer/v1/device-log");
            device_log(visit)
        }
        ["healthz"] => {
            route("/healthz");
            healthz(visit)
        }
        _ => Err(Refusal::NotFound("There is nothing at this path.")),
    }
}

/// Whether there is anything in the rest of a path.
fn is_named(rest: &[&str]) -> bool {
    !matches!(rest, [] | [""])
}

/// `POST`, `DELETE /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
async fn registration(
    visit: &Visit<'_>,
    device: &str,
    pass_type: &str,
    serial: &str,
) -> Result<Understood, Refusal> {
    if !matches!(visit.method, Method::Post | Method::Delete) {
        return Err(Refusal::MethodNotAllowed("POST, DELETE"));
    }
    let address = RegistrationAddress::decode(device, pass_type, serial)?;
    let token = presented_token(visit)?;
    if visit.method == Method::Delete {
        return Ok(Unregister { address, token }.into());
    }
    let push_token = device::register::PushToken::read(&visit.body(device::register::BODY_LIMIT).await?)?;
    Ok(Register { address, token, push_token, now: visit.now() }.into())
}

/// `GET /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}`
fn updatable(visit: &Visit<'_>, device: &str, pass_type: &str) -> Result<Understood, Refusal> {
    only_get(visit)?;
    Ok(Updatable::decode(device, pass_type, visit.query)?.into())
}

/// `GET /v1/passes/{passTypeIdentifier}/{serialNumber}`; `POST …/personalize` is reserved.
fn latest(visit: &Visit<'_>, pass_type: &str, serial: &str) -> Result<Understood, Refusal> {
    if visit.method == Method::Post && serial.ends_with("/personalize") {
        return Err(Refusal::NotImplemented("Personalized passes are not supported."));
    }
    only_get(visit)?;
    let address = PassAddress::decode(pass_type, serial)?;
    let token = presented_token(visit)?;
    let (conditions, head) = (ReadConditions::of(visit), visit.method == Method::Head);
    Ok(Latest { address, token, conditions, head }.into())
}

/// `POST /v1/log`
async fn log(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    if visit.method != Method::Post {
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
    Ok(List::of_query(visit.query)?.into())
}

/// `PUT`, `GET`, `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
async fn issued_pass(visit: &Visit<'_>, pass_type: &str, serial: &str) -> Result<Understood, Refusal> {
    visit.authorize_issuer()?;
    let address = Address::decode(pass_type, serial)?;
    match visit.method {
        Method::Put => publish(visit, address).await,
        Method::Get | Method::Head => Ok(Inspect::new(address, visit, visit.method == Method::Head).into()),
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
fn registrations(visit: &Visit<'_>, pass_type: &str, serial: &str) -> Result<Understood, Refusal> {
    visit.authorize_issuer()?;
    only_get(visit)?;
    Ok(Registrations::of_query(Address::decode(pass_type, serial)?, visit.query)?.into())
}

/// `GET /issuer/v1/device-log?days=`
fn device_log(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    visit.authorize_issuer()?;
    only_get(visit)?;
    Ok(DeviceLog::of_query(visit.query, visit.now())?.into())
}

/// `GET /healthz`: whether the Worker runs, and which. It asks no database, so that it may be asked often.
fn healthz(visit: &Visit<'_>) -> Result<Understood, Refusal> {
    only_get(visit)?;
    let (version, commit) = (env!("CARGO_PKG_VERSION"), env!("EDGEPASS_COMMIT"));
    let health = format!(r#"{{"status":"ok","version":"{version}","commit":"{commit}"}}"#);
    Ok(Understood::Reply(Reply::json_text(200, health)))
}

fn only_get(visit: &Visit<'_>) -> Result<(), Refusal> {
    matches!(visit.method, Method::Get | Method::Head)
        .then_some(())
        .ok_or(Refusal::MethodNotAllowed("GET, HEAD"))
}

fn presented_token(visit: &Visit<'_>) -> Result<TokenHash, Refusal> {
    TokenHash::presented(visit.get("authorization").as_deref()).ok_or(Refusal::WrongPassToken)
}
