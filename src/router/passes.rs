//! An issuer's passes.

use super::{Understood, only_get, unconditional};
use crate::{
    crypto::{SealingKey, subtle::SubtleCrypto},
    endpoint::Failure,
    http::{Method, Refusal, conditional::WriteConditions, content_type},
    issuer::{
        Address, ClearRegistrations, Inspect, List, Registrations, Withdraw,
        make::{self, Order},
        publish,
    },
    shell::Visit,
};

/// `GET /issuer/v1/passes?passTypeIdentifier=&cursor=&limit=`
pub(super) fn list(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    Ok(List::of_query(visit.query())?.into())
}

/// `PUT`, `PATCH`, `GET`, `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn pass(visit: &Visit<'_>) -> Result<Understood, Failure> {
    let address = Address::decode(visit.segment("type"), visit.segment("serial"))?;
    match visit.method() {
        Method::Put => put(visit, address).await,
        Method::Patch => patch(visit, address).await,
        Method::Get | Method::Head => Ok(Inspect::new(address, visit, visit.method() == Method::Head).into()),
        Method::Delete => {
            Ok(Withdraw { address, conditions: WriteConditions::of(visit), now: visit.now() }.into())
        }
        _ => Err(Refusal::MethodNotAllowed("PUT, PATCH, GET, HEAD, DELETE").into()),
    }
}

/// A signed pass, or what one is to be made of.
async fn put(visit: &Visit<'_>, address: Address) -> Result<Understood, Failure> {
    let conditions = WriteConditions::of(visit);
    match content_type(visit).as_str() {
        pkpass::MEDIA_TYPE => {
            let settings = visit.settings();
            let trust = settings.trust()?;
            let file = visit.body(publish::BODY_LIMIT).await?;
            let (publication, now_ms, policy) = (visit.unique(), visit.now_ms(), settings.push_policy()?);
            let checked =
                publish::check(address, file, conditions, trust, &SubtleCrypto, publication, now_ms).await?;
            Ok(checked.pushed_by(policy).into())
        }
        "application/json" => {
            let workshop = visit.workshop()?;
            let order = Order::read(&visit.body(make::BODY_LIMIT).await?)?;
            let maker = workshop.maker(visit.database()?, visit.unique(), visit.now_ms())?;
            Ok(Understood::reply(maker.put(&address, &order, &conditions).await?))
        }
        _ => Err(Refusal::UnsupportedMediaType("application/vnd.apple.pkpass, application/json").into()),
    }
}

/// A change to a pass (RFC 7396).
async fn patch(visit: &Visit<'_>, address: Address) -> Result<Understood, Failure> {
    if content_type(visit) != "application/merge-patch+json" {
        return Err(Refusal::UnsupportedMediaType("application/merge-patch+json").into());
    }
    let workshop = visit.workshop()?;
    let patch = make::read_patch(&visit.body(make::BODY_LIMIT).await?)?;
    let maker = workshop.maker(visit.database()?, visit.unique(), visit.now_ms())?;
    Ok(Understood::reply(maker.patch(&address, &patch, &WriteConditions::of(visit)).await?))
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?cursor=&limit=`, `DELETE` with `?device=`
pub(super) async fn registrations(visit: &Visit<'_>) -> Result<Understood, Failure> {
    let address = Address::decode(visit.segment("type"), visit.segment("serial"))?;
    match visit.method() {
        Method::Get | Method::Head => {
            let registrations = Registrations::of_query(address, visit.query())?;
            let key = SealingKey::of_cursors(visit.settings().issuer_key()?);
            Ok(Understood::reply(registrations.find(visit.database()?, &SubtleCrypto, &key).await?))
        }
        Method::Delete => {
            unconditional(visit)?;
            let registrations = ClearRegistrations::of_query(address, visit.query())?;
            Ok(Understood::reply(registrations.clear(visit.database()?).await?))
        }
        _ => Err(Refusal::MethodNotAllowed("GET, HEAD, DELETE").into()),
    }
}
