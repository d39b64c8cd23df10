//! An issuer's passes.

use super::{Handled, Route, param, reject_conditions};
use crate::{
    crypto::{SealingKey, subtle::SubtleCrypto},
    endpoint::{Error, run},
    http::{ClientError, conditional::WriteConditions, content_type},
    issuer::{
        Address, ByExternalId, ClearRegistrations, InspectPass, ListPasses, ListRegistrations, PreviewWithdrawal, WithdrawPass,
        diagnosis::{DiagnosePass, Setup},
        make::{self, ChangeRequest, MakePassRequest},
        message::{self, MessageRequest},
        preview, publish,
        validate::{self, Kind},
    },
    wallet::Wallet,
};

/// `GET /issuer/v1/passes?…`
pub(super) async fn list(route: &Route) -> Handled {
    let request = &route.data;
    request.serve(&ListPasses::from_query(request.query(), request.settings().track_lists)?).await
}

/// `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`: a signed pass, or a description of the pass to make.
pub(super) async fn put(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route).await?);
    let conditions = WriteConditions::from_headers(&**request);
    let dry_run = preview::is_dry_run(request.query())?;
    match content_type(&**request).as_str() {
        pkpass::MEDIA_TYPE => {
            let settings = request.settings();
            let trust = settings.trust()?;
            let file = request.body(publish::BODY_LIMIT).await?;
            let (publication, now_ms, policy) = (request.id(), request.now_ms(), settings.push_policy()?);
            let checked = publish::check(address, file, conditions, trust, &SubtleCrypto, publication, now_ms).await;
            if dry_run {
                return Ok(publish::preview(checked, request.database()?, &request.objects()?).await?.into());
            }
            request.serve(&checked?.with_policy(policy)).await
        }
        "application/json" => {
            let signing = request.signing_context()?;
            let body = MakePassRequest::parse(&request.body(make::BODY_LIMIT).await?)?;
            let maker = signing.maker(request.database()?, request.id(), request.now_ms())?.with_dry_run(dry_run);
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

/// `PATCH /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`: values and increments, or a merge patch (RFC 7396).
pub(super) async fn patch(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route).await?);
    let conditions = WriteConditions::from_headers(&**request);
    let dry_run = preview::is_dry_run(request.query())?;
    let media_type = content_type(&**request);
    if !matches!(media_type.as_str(), MERGE_PATCH | "application/json") {
        return Err(ClientError::UnsupportedMediaType("application/merge-patch+json, application/json").into());
    }
    let signing = request.signing_context()?;
    let body = request.body(make::BODY_LIMIT).await?;
    let maker = signing.maker(request.database()?, request.id(), request.now_ms())?.with_dry_run(dry_run);
    Ok(if media_type == MERGE_PATCH {
        maker.patch(&address, &make::parse_patch(&body)?, &conditions).await?.into()
    } else {
        let change = ChangeRequest::parse(&body, make::increment_id(&**request, &request.id())?)?;
        maker.change(&address, &change, &conditions).await?.into()
    })
}

const MERGE_PATCH: &str = "application/merge-patch+json";

/// `POST /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/messages`
pub(super) async fn send_message(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route).await?);
    let dry_run = preview::is_dry_run(request.query())?;
    let signing = request.signing_context()?;
    let message = MessageRequest::parse(&request.body(message::BODY_LIMIT).await?)?;
    let maker = signing.maker(request.database()?, request.id(), request.now_ms())?.with_dry_run(dry_run);
    Ok(maker.message(&address, &message, &WriteConditions::from_headers(&**request)).await?.into())
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn inspect(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route).await?);
    let tracked = request.settings().track_lists;
    let inspect = InspectPass::from_headers(address, &**request, request.is_head(), tracked);
    inspect.find(request.database()?, &request.objects()?).await
}

/// `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
pub(super) async fn withdraw(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route).await?);
    let withdraw = WithdrawPass { address, conditions: WriteConditions::from_headers(&**request), now: request.now() };
    if preview::is_dry_run(request.query())? {
        return request.serve(&PreviewWithdrawal(withdraw)).await;
    }
    request.serve(&withdraw).await
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/diagnosis`
pub(super) async fn diagnose(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route).await?);
    let (settings, providers) = (request.settings(), request.settings().providers());
    let setup = Setup {
        public_url: settings.public_url().ok(),
        trust: settings.trust()?,
        wallets: Wallet::ALL.map(|wallet| (wallet, providers.unusable(wallet))).into(),
        track_lists: settings.track_lists,
        now_ms: request.now_ms(),
    };
    let (database, objects) = (request.database()?, request.objects()?);
    Ok(DiagnosePass { address, setup }.run(database, &objects, &SubtleCrypto).await?.into())
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?cursor=&limit=`
pub(super) async fn list_registrations(route: &Route) -> Handled {
    let request = &route.data;
    let registrations = ListRegistrations::from_query(address(route).await?, request.query())?;
    let key = SealingKey::for_cursors(request.settings().issuer_key()?);
    Ok(registrations.find(request.database()?, &SubtleCrypto, &key).await?.into())
}

/// `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?device=`
pub(super) async fn clear_registrations(route: &Route) -> Handled {
    let (request, address) = (&route.data, address(route).await?);
    reject_conditions(request)?;
    let registrations = ClearRegistrations::from_query(address, request.query())?;
    Ok(registrations.clear(request.database()?).await?.into())
}

/// The pass in the path of a route below `/issuer/v1/passes/:type/:serial`. An address by external identifier costs one call of
/// the database.
pub(super) async fn address(route: &Route) -> Result<Address, Error> {
    let (pass_type, serial) = (param(route, "type"), param(route, "serial"));
    if pass_type != ByExternalId::SEGMENT {
        return Ok(Address::decode(pass_type, serial)?);
    }
    let external_id = ByExternalId::decode(serial, route.data.query())?;
    let rows = run(route.data.database()?, &external_id.ask()).await?;
    Ok(ByExternalId::answer(&rows)??)
}
