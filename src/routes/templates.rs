//! Templates, and making all their passes again.

use super::{Handled, Route, param, reject_conditions};
use crate::{
    http::{ClientError, content_type},
    issuer::{
        preview,
        republish::{ShowProgress, StartRepublishing},
        template,
    },
};

/// `GET /issuer/v1/templates?cursor=&limit=`
pub(super) async fn list(route: &Route) -> Handled {
    route.data.serve(&template::ListTemplates::from_query(route.data.query())?).await
}

/// `PUT /issuer/v1/templates/{name}`
pub(super) async fn store(route: &Route) -> Handled {
    let (request, name) = (&route.data, name(route)?);
    reject_conditions(request)?;
    if content_type(&**request) != template::MEDIA_TYPE {
        return Err(ClientError::UnsupportedMediaType(template::MEDIA_TYPE).into());
    }
    let file = request.body(template::BODY_LIMIT).await?;
    let checked = template::check(name, &file, &request.id(), request.now());
    if preview::is_dry_run(request.query())? {
        return Ok(template::preview(checked, request.database()?, &request.objects()?).await?.into());
    }
    request.serve(&checked?).await
}

/// `GET /issuer/v1/templates/{name}`
pub(super) async fn show(route: &Route) -> Handled {
    let (request, name) = (&route.data, name(route)?);
    request.serve(&template::ShowTemplate::from_headers(name, &**request, request.is_head())).await
}

/// `DELETE /issuer/v1/templates/{name}`
pub(super) async fn remove(route: &Route) -> Handled {
    let (request, name) = (&route.data, name(route)?);
    reject_conditions(request)?;
    request.serve(&template::RemoveTemplate { name, now: request.now() }).await
}

/// `POST /issuer/v1/templates/{name}/republish`
pub(super) async fn start_republishing(route: &Route) -> Handled {
    let (request, template) = (&route.data, name(route)?);
    // Without a secret, every pass of the run would fail.
    request.signing_context()?;
    request.serve(&StartRepublishing { template, run: request.operation(), now: request.now() }).await
}

/// `GET /issuer/v1/templates/{name}/republish`
pub(super) async fn show_republishing(route: &Route) -> Handled {
    route.data.serve(&ShowProgress { template: name(route)? }).await
}

fn name(route: &Route) -> Result<String, ClientError> {
    template::parse_name(param(route, "name"))
}
