//! An issuer's passes.

use super::{Handled, Route, param, reject_conditions};
use crate::{
    crypto::{SealingKey, subtle::SubtleCrypto},
    http::{ClientError, conditional::WriteConditions, content_type},
    issuer::{
        Address, ClearRegistrations, InspectPass, ListPasses, ListRegistrations, WithdrawPass,
        make::{self, MakePassRequest},
        publish,
        validate::{self, Kind},
    },
};

/// `GET /issuer/v1/passes?passTypeIdentifier=&cursor=&limit=`
pub(super) async fn list(route: &Route) -> Handled {
    route.data.serve(&ListPasses::from_query(route.data.query())?).await
}

/// `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`: a signed pass, or a description of the pass to make.
pub(super) async fn put(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route)?);
    let conditions = WriteConditions::from_headers(&**request);
    match content_type(&**request).as_str() {
        pkpass::MEDIA_TYPE => {
            let settings = request.settings();
            let trust = settings.trust()?;
            let file = request.body(publish::BODY_LIMIT).await?;
            let (publication, now_ms, policy) = (request.id(), request.now_ms(), settings.push_policy()?);
            let checked = publish::check(address, file, conditions, trust, &SubtleCrypto, publication, now_ms).await?;
            request.serve(&checked.with_policy(policy)).await
        }
        "application/json" => {
            let signing = request.signing_context()?;
            let body = MakePassRequest::parse(&request.body(make::BODY_LIMIT).await?)?;
            let maker = signing.maker(request.database()?, request.id(), request.now_ms())?;
            Ok(maker.put(&address, &body, &conditions).await?.into())
        }
        _ => Err(ClientError::UnsupportedMediaType("application/vnd.apple.pkpass, application/json").into()),
    }
}

/// `POST /issuer/v1/validate`: a pass, a template or a `pass.json`.
pub(super) async fn validate(route: &Route) -> Handled {
    let request = &route.data;
    reject_conditions(request)?;
    let kind = Kind::from_media_type(&content_type(&**request)).ok_or(ClientError::UnsupportedMediaType(Kind::MEDIA_TYPES))?;
    let trust = request.settings().trust()?;
    let file = request.body(validate::BODY_LIMIT).await?;
    Ok(validate::validate(kind, &file, trust, request.now(), &SubtleCrypto).await.into())
}

/// `PATCH /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` (RFC 7396)
pub(super) async fn patch(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route)?);
    if content_type(&**request) != "application/merge-patch+json" {
        return Err(ClientError::UnsupportedMediaType("application/merge-patch+json").into());
    }
    let signing = request.signing_context()?;
    let patch = make::parse_patch(&request.body(make::BODY_LIMIT).await?)?;
    let maker = signing.maker(request.database()?, request.id(), request.now_ms())?;
    Ok(maker.patch(&address, &patch, &WriteConditions::from_headers(&**request)).await?.into())
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn inspect(route: &Route) -> Handled {
    let request = &route.data;
    request.serve(&InspectPass::from_headers(address(route)?, &**request, request.is_head())).await
}

/// `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn withdraw(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route)?);
    request.serve(&WithdrawPass { address, conditions: WriteConditions::from_headers(&**request), now: request.now() }).await
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?cursor=&limit=`
pub(super) async fn list_registrations(route: &Route) -> Handled {
    let request = &route.data;
    let registrations = ListRegistrations::from_query(address(route)?, request.query())?;
    let key = SealingKey::for_cursors(request.settings().issuer_key()?);
    Ok(registrations.find(request.database()?, &SubtleCrypto, &key).await?.into())
}

/// `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?device=`
pub(super) async fn clear_registrations(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route)?);
    reject_conditions(request)?;
    let registrations = ClearRegistrations::from_query(address, request.query())?;
    Ok(registrations.clear(request.database()?).await?.into())
}

fn address(route: &Route) -> Result<Address, ClientError> {
    Address::decode(param(route, "type"), param(route, "serial"))
}
