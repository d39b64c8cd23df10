//! Pass types and their signing identities.

use super::{Understood, only_get, unconditional};
use crate::{
    crypto::subtle::SubtleCrypto,
    endpoint::Failure,
    http::{Method, Refusal},
    issuer::{self, PassTypes, signing_identity},
    shell::Visit,
};

/// `GET /issuer/v1/pass-types?cursor=&limit=`
pub(super) fn pass_types(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    Ok(PassTypes::of_query(visit.query(), visit.now())?.into())
}

/// `PUT`, `GET`, `DELETE /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity`
pub(super) async fn identity(visit: &Visit<'_>) -> Result<Understood, Failure> {
    let pass_type = issuer::pass_type(visit.segment("type"))?;
    match visit.method() {
        Method::Put => {
            unconditional(visit)?;
            let settings = visit.settings();
            let secrets = (settings.master_key()?, settings.trust()?);
            let body = visit.body(signing_identity::BODY_LIMIT).await?;
            let (version, now) = (visit.unique(), visit.now());
            let checked =
                signing_identity::check(pass_type, &body, secrets, &SubtleCrypto, version, now).await?;
            Ok(checked.into())
        }
        Method::Get | Method::Head => Ok(signing_identity::Show { pass_type, now: visit.now() }.into()),
        Method::Delete => {
            unconditional(visit)?;
            Ok(signing_identity::Remove { pass_type }.into())
        }
        _ => Err(Refusal::MethodNotAllowed("PUT, GET, HEAD, DELETE").into()),
    }
}
