//! Pass types and their signing identities.

use super::{Handled, Route, param, reject_conditions};
use crate::{
    crypto::subtle::SubtleCrypto,
    http::ClientError,
    issuer::{
        self, ListPassTypes,
        certificate_request::{self, Form, ListRequests, RemoveRequest, ShowRequest, StoreCertificate, StoreContext},
        signing_identity,
    },
};

/// `GET /issuer/v1/pass-types?cursor=&limit=`
pub(super) async fn list_pass_types(route: &Route) -> Handled {
    let request = &route.data;
    request.serve(&ListPassTypes::from_query(request.query(), request.now())?).await
}

/// `PUT /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity`
pub(super) async fn store_identity(route: &Route) -> Handled {
    let (request, pass_type, settings) = (&route.data, pass_type(route)?, route.data.settings());
    reject_conditions(request)?;
    let secrets = (settings.master_key()?, settings.trust()?);
    let body = request.body(signing_identity::BODY_LIMIT).await?;
    let (version, now) = (request.id(), request.now());
    let checked = signing_identity::check(pass_type, &body, secrets, &SubtleCrypto, version, now).await?;
    request.serve(&checked).await
}

/// `GET /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity`
pub(super) async fn show_identity(route: &Route) -> Handled {
    let (request, pass_type) = (&route.data, pass_type(route)?);
    request.serve(&signing_identity::ShowIdentity { pass_type, now: request.now() }).await
}

/// `DELETE /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity`
pub(super) async fn remove_identity(route: &Route) -> Handled {
    let (request, pass_type) = (&route.data, pass_type(route)?);
    reject_conditions(request)?;
    request.serve(&signing_identity::RemoveIdentity { pass_type }).await
}

/// `POST /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request`
pub(super) async fn create_request(route: &Route) -> Handled {
    let (request, pass_type) = (&route.data, pass_type(route)?);
    reject_conditions(request)?;
    let (master_key, form) = (request.settings().master_key()?, Form::from_accept(&**request));
    if !request.body(certificate_request::BODY_LIMIT).await?.is_empty() {
        return Err(certificate_request::NO_BODY.into());
    }
    let (id, now) = (request.operation(), request.now());
    let created = certificate_request::create(pass_type, id, form, master_key, &SubtleCrypto, now).await?;
    request.serve(&created).await
}

/// `GET /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request`
pub(super) async fn list_requests(route: &Route) -> Handled {
    route.data.serve(&ListRequests { pass_type: pass_type(route)? }).await
}

/// `GET /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request/{id}`
pub(super) async fn show_request(route: &Route) -> Handled {
    let (request, pass_type) = (&route.data, pass_type(route)?);
    let id = issuer::decode_identifier(param(route, "id"))?;
    request.serve(&ShowRequest { pass_type, id, form: Form::from_accept(&**request) }).await
}

/// `DELETE /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request/{id}`
pub(super) async fn remove_request(route: &Route) -> Handled {
    let (request, pass_type) = (&route.data, pass_type(route)?);
    reject_conditions(request)?;
    let id = issuer::decode_identifier(param(route, "id"))?;
    request.serve(&RemoveRequest { pass_type, id }).await
}

/// `PUT /issuer/v1/pass-types/{passTypeIdentifier}/certificate`: the body is a certificate, whatever its media type says.
pub(super) async fn store_certificate(route: &Route) -> Handled {
    let (request, pass_type, settings) = (&route.data, pass_type(route)?, route.data.settings());
    reject_conditions(request)?;
    let (master_key, trust) = (settings.master_key()?, settings.trust()?);
    let certificate = StoreCertificate::parse(pass_type, &request.body(signing_identity::BODY_LIMIT).await?)?;
    let context = StoreContext { master_key, trust, crypto: &SubtleCrypto, version: request.id(), now: request.now() };
    Ok(certificate.store(request.database()?, &context).await?.into())
}

fn pass_type(route: &Route) -> Result<String, ClientError> {
    issuer::decode_identifier(param(route, "type"))
}
