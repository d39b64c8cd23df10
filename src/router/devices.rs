//! Apple's web service, and what issuers learn from it.

use super::{Understood, only_get, only_post};
use crate::{
    client::Client,
    device::{self, Latest, PassAddress, Register, RegistrationAddress, Unregister, Updatable},
    endpoint::{Failure, run},
    http::{Headers, Method, Refusal, Reply, conditional::ReadConditions, credentials::TokenHash},
    issuer::DeviceLog,
    shell::{Limit, Visit},
};

/// `POST`, `DELETE /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn registration(visit: &Visit<'_>) -> Result<Understood, Failure> {
    if !matches!(visit.method(), Method::Post | Method::Delete) {
        return Err(Refusal::MethodNotAllowed("POST, DELETE").into());
    }
    let address =
        RegistrationAddress::decode(visit.segment("device"), visit.segment("type"), visit.segment("serial"))?;
    let (client, token) = presented_token(visit)?;
    visit.admit_client(Limit::Clients).await?;
    if visit.method() == Method::Delete {
        return Ok(Unregister { address, token }.into());
    }
    // With the token, so that nobody uses up the limit of a pass who does not hold it. Each made-up token is a key of its own:
    // those who make them up are bounded as clients.
    let PassAddress { pass_type, serial } = &address.pass;
    visit.admit(Limit::Registrations, || format!("{}/{pass_type}/{}", token.0, serial.twice)).await?;
    let push_token = device::register::PushToken::read(&visit.body(device::register::BODY_LIMIT).await?)?;
    let client = device::register::client_name(client, visit, &push_token);
    Ok(Register { address, token, push_token, client, now: visit.now() }.into())
}

/// `GET /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}`
pub(super) async fn updatable(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    let updatable = Updatable::decode(visit.segment("device"), visit.segment("type"), visit.query())?;
    visit.admit_client(Limit::Clients).await?;
    Ok(updatable.into())
}

/// `GET /v1/passes/{passTypeIdentifier}/{serialNumber}`; `POST …/personalize` is reserved.
pub(super) async fn latest(visit: &Visit<'_>) -> Result<Understood, Failure> {
    if visit.method() == Method::Post && visit.segment("serial").ends_with("/personalize") {
        return Err(Refusal::NotImplemented("Personalized passes are not supported.").into());
    }
    only_get(visit)?;
    let address = PassAddress::decode(visit.segment("type"), visit.segment("serial"))?;
    let (_, token) = presented_token(visit)?;
    visit.admit_client(Limit::Clients).await?;
    let (conditions, head) = (ReadConditions::of(visit), visit.method() == Method::Head);
    Ok(Latest { address, token, conditions, head }.into())
}

/// `POST /v1/log`
pub(super) async fn log(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_post(visit)?;
    visit.admit_client(Limit::Logs).await?;
    let body = visit.body(device::log::BODY_LIMIT).await?;
    if let Some(log) = device::Log::read(&body, visit.now())
        && let Err(failure) = count(visit, &log).await
    {
        visit.call.note(failure);
    }
    Ok(Understood::reply(Reply::empty(200)))
}

async fn count(visit: &Visit<'_>, log: &device::Log) -> Result<(), Failure> {
    run(visit.database()?, &log.batch()).await?;
    Ok(())
}

/// `GET /issuer/v1/device-log?days=`
pub(super) fn device_log(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    Ok(DeviceLog::of_query(visit.query(), visit.now())?.into())
}

fn presented_token(visit: &Visit<'_>) -> Result<(Client, TokenHash), Refusal> {
    let authorization = visit.get("authorization");
    let presented = TokenHash::presented(authorization.as_deref(), &visit.settings().clients);
    presented.ok_or(Refusal::WrongPassToken)
}
