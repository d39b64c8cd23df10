//! Apple's web service, and the log of its devices.

use super::{Handled, Route, layer::GET, param};
use crate::{
    endpoint::{Endpoint, Error, run},
    http::{ClientError, Headers, Reply, conditional::ReadConditions, credentials::TokenHash},
    issuer::ShowDeviceLog,
    platform::{RateLimit, RequestContext},
    wallet::Wallet,
    web_service::{
        self, ListUpdatablePasses, PassAddress, Refusal, Register, RegistrationAddress, SendUpdatedPass, Unregister,
    },
};

/// `POST /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn register(route: &Route) -> Handled {
    let (request, address) = (&route.data, registration_address(route)?);
    let (by_scheme, token) = authenticate(request)?;
    request.admit_client(RateLimit::Clients).await?;
    // The key has the token, so only a holder of the pass can use up its limit. A made-up token has a key of its own. The limit
    // by client bounds those who make up tokens.
    let PassAddress { pass_type, serial } = &address.pass;
    request.admit(RateLimit::Registrations, || format!("{}/{pass_type}/{}", token.0, serial.twice)).await?;
    let push_token = web_service::register::PushToken::parse(&request.body(web_service::register::BODY_LIMIT).await?)?;
    let wallet = web_service::register::wallet_name(by_scheme, &**request, &push_token);
    let register = Register { address, token, push_token, wallet, now: request.now() };
    serve(request, &register, &register.address.pass, &register.token).await
}

/// `DELETE /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn unregister(route: &Route) -> Handled {
    let (request, address) = (&route.data, registration_address(route)?);
    let (_, token) = authenticate(request)?;
    request.admit_client(RateLimit::Clients).await?;
    let unregister = Unregister { address, token, now: request.now() };
    serve(request, &unregister, &unregister.address.pass, &unregister.token).await
}

/// `GET /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}`
pub(super) async fn list_updatable(route: &Route) -> Handled {
    let request = &route.data;
    let updatable = ListUpdatablePasses::decode(param(route, "device"), param(route, "type"), request.query())?;
    let noted_at = request.settings().track_lists.then(|| request.now());
    request.admit_client(RateLimit::Clients).await?;
    let updatable = ListUpdatablePasses { noted_at, ..updatable };
    let (answer, refusal) = updatable.find(request.database()?, &request.objects()?).await?;
    if let Some(refusal) = refusal {
        request.note(refusal.into());
    }
    Ok(answer)
}

/// `GET /v1/passes/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn send_pass(route: &Route) -> Handled {
    let request = &route.data;
    let address = PassAddress::decode(param(route, "type"), param(route, "serial"))?;
    let (_, token) = authenticate(request)?;
    request.admit_client(RateLimit::Clients).await?;
    let conditions = ReadConditions::from_headers(&**request);
    let send = SendUpdatedPass { address, token, conditions, head: request.is_head() };
    serve(request, &send, &send.address, &send.token).await
}

/// `POST /v1/passes/{passTypeIdentifier}/{serialNumber}/personalize`
pub(super) async fn personalize(route: &Route) -> Handled {
    if !param(route, "serial").ends_with("/personalize") {
        return Err(ClientError::MethodNotAllowed(GET.to_owned()).into());
    }
    Err(ClientError::NotImplemented("Personalized passes are not supported.").into())
}

/// `POST /v1/log`
pub(super) async fn log(route: &Route) -> Handled {
    let request = &route.data;
    request.admit_client(RateLimit::Logs).await?;
    let body = request.body(web_service::log::BODY_LIMIT).await?;
    if let Some(log) = web_service::Log::parse(&body, request.now())
        && let Err(error) = count(request, &log).await
    {
        request.note(error);
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
    request.serve(&ShowDeviceLog::from_query(request.query(), request.now())?).await
}

/// Serves a request with a token. If the token is refused, it is counted after the response.
async fn serve(request: &RequestContext, endpoint: &dyn Endpoint, address: &PassAddress, token: &TokenHash) -> Handled {
    let answer = request.serve(endpoint).await?;
    if answer.reply.status == UNAUTHORIZED {
        let refusal = Refusal { address: address.clone(), token: token.clone(), now: request.now() };
        request.later("refusal", async move |database| refusal.count(database).await);
    }
    Ok(answer)
}

const UNAUTHORIZED: u16 = 401;

fn registration_address(route: &Route) -> Result<RegistrationAddress, ClientError> {
    RegistrationAddress::decode(param(route, "device"), param(route, "type"), param(route, "serial"))
}

/// The wallet that has the scheme of the request, and the token. Whether the token opens the pass is asked in the batch.
fn authenticate(request: &RequestContext) -> Result<(Wallet, TokenHash), ClientError> {
    let authorization = request.get("authorization");
    let token = TokenHash::from_authorization(authorization.as_deref(), &request.settings().wallets);
    token.ok_or(ClientError::WrongPassToken)
}
