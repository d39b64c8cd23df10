//! Apple's web service, and what issuers learn from it.

use super::{Handled, Route, param};
use crate::{
    endpoint::{Error, run},
    http::{ClientError, Headers, Method, Reply, conditional::ReadConditions, credentials::TokenHash},
    issuer::DeviceLog,
    platform::{RateLimit, RequestContext},
    wallet::Wallet,
    web_service::{self, ListUpdatablePasses, PassAddress, Register, RegistrationAddress, SendUpdatedPass, Unregister},
};

/// `POST /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn register(route: &Route) -> Handled {
    let (request, address) = (&route.data, registration_address(route)?);
    let (client, token) = presented_token(request)?;
    request.admit_client(RateLimit::Wallets).await?;
    // With the token, so that nobody uses up the limit of a pass who does not hold it. Each made-up token is a key of its own:
    // those who make them up are bounded as clients.
    let PassAddress { pass_type, serial } = &address.pass;
    request.admit(RateLimit::Registrations, || format!("{}/{pass_type}/{}", token.0, serial.twice)).await?;
    let push_token = web_service::register::PushToken::read(&request.body(web_service::register::BODY_LIMIT).await?)?;
    let client = web_service::register::client_name(client, &**request, &push_token);
    request.serve(&Register { address, token, push_token, client, now: request.now() }).await
}

/// `DELETE /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn unregister(route: &Route) -> Handled {
    let (request, address) = (&route.data, registration_address(route)?);
    let (_, token) = presented_token(request)?;
    request.admit_client(RateLimit::Wallets).await?;
    request.serve(&Unregister { address, token }).await
}

/// `GET /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}`
pub(super) async fn list_updatable(route: &Route) -> Handled {
    let request = &route.data;
    let updatable = ListUpdatablePasses::decode(param(route, "device"), param(route, "type"), request.query())?;
    request.admit_client(RateLimit::Wallets).await?;
    request.serve(&updatable).await
}

/// `GET /v1/passes/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn send_pass(route: &Route) -> Handled {
    let request = &route.data;
    let address = PassAddress::decode(param(route, "type"), param(route, "serial"))?;
    let (_, token) = presented_token(request)?;
    request.admit_client(RateLimit::Wallets).await?;
    let (conditions, head) = (ReadConditions::from_headers(&**request), request.method() == Method::Head);
    request.serve(&SendUpdatedPass { address, token, conditions, head }).await
}

/// `POST /v1/passes/{passTypeIdentifier}/{serialNumber}/personalize`
pub(super) async fn personalize(route: &Route) -> Handled {
    if !param(route, "serial").ends_with("/personalize") {
        return Err(ClientError::MethodNotAllowed(Method::Get.allow().to_owned()).into());
    }
    Err(ClientError::NotImplemented("Personalized passes are not supported.").into())
}

/// `POST /v1/log`
pub(super) async fn log(route: &Route) -> Handled {
    let request = &route.data;
    request.admit_client(RateLimit::Logs).await?;
    let body = request.body(web_service::log::BODY_LIMIT).await?;
    if let Some(log) = web_service::Log::read(&body, request.now())
        && let Err(failure) = count(request, &log).await
    {
        request.note(failure);
    }
    Ok(Reply::empty(200).into())
}

async fn count(request: &RequestContext, log: &web_service::Log) -> Result<(), Error> {
    run(request.database()?, &log.batch()).await?;
    Ok(())
}

/// `GET /issuer/v1/device-log?days=`
pub(super) async fn show_log(route: &Route) -> Handled {
    let request = &route.data;
    request.serve(&DeviceLog::from_query(request.query(), request.now())?).await
}

fn registration_address(route: &Route) -> Result<RegistrationAddress, ClientError> {
    RegistrationAddress::decode(param(route, "device"), param(route, "type"), param(route, "serial"))
}

fn presented_token(request: &RequestContext) -> Result<(Wallet, TokenHash), ClientError> {
    let authorization = request.get("authorization");
    let presented = TokenHash::presented(authorization.as_deref(), &request.settings().wallets);
    presented.ok_or(ClientError::WrongPassToken)
}
