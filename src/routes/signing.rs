//! Pass types and their signing identities.

use super::{Handled, Route, param, reject_conditions};
use crate::{
    crypto::subtle::SubtleCrypto,
    http::ClientError,
    issuer::{self, ListPassTypes, signing_identity},
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

fn pass_type(route: &Route) -> Result<String, ClientError> {
    issuer::decode_identifier(param(route, "type"))
}
