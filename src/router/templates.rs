//! Templates, and making all their passes again.

use super::{Understood, only_get, unconditional};
use crate::{
    endpoint::Failure,
    http::{Method, Refusal, content_type},
    issuer::{
        republish::{Progress, Start},
        template,
    },
    shell::Visit,
};

/// `GET /issuer/v1/templates?cursor=&limit=`
pub(super) fn list(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    Ok(template::List::of_query(visit.query())?.into())
}

/// `PUT`, `GET`, `DELETE /issuer/v1/templates/{name}`
pub(super) async fn template(visit: &Visit<'_>) -> Result<Understood, Failure> {
    let name = template::name(visit.segment("name"))?;
    match visit.method() {
        Method::Put => {
            unconditional(visit)?;
            if content_type(visit) != template::MEDIA_TYPE {
                return Err(Refusal::UnsupportedMediaType(template::MEDIA_TYPE).into());
            }
            let file = visit.body(template::BODY_LIMIT).await?;
            Ok(template::check(name, &file, &visit.unique(), visit.now())?.into())
        }
        Method::Get | Method::Head => {
            Ok(template::Show::new(name, visit, visit.method() == Method::Head).into())
        }
        Method::Delete => {
            unconditional(visit)?;
            Ok(template::Remove { name, now: visit.now() }.into())
        }
        _ => Err(Refusal::MethodNotAllowed("PUT, GET, HEAD, DELETE").into()),
    }
}

/// `POST`, `GET /issuer/v1/templates/{name}/republish`
pub(super) fn republish(visit: &Visit<'_>) -> Result<Understood, Failure> {
    let template = template::name(visit.segment("name"))?;
    match visit.method() {
        Method::Get | Method::Head => Ok(Progress { template }.into()),
        Method::Post => {
            // Without a secret the run could only fail, pass by pass.
            visit.workshop()?;
            Ok(Start { template, run: visit.unique(), now: visit.now() }.into())
        }
        _ => Err(Refusal::MethodNotAllowed("POST, GET, HEAD").into()),
    }
}
