//! Links to passes.

use super::{Handled, Route, param, passes::address};
use crate::{
    endpoint::with_object,
    http::conditional::ReadConditions,
    issuer::link::{self, CreateLink, Found, Link, NOTHING, OpenLink},
};

/// `POST /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/links`
pub(super) async fn create_to_pass(route: &Route) -> Handled {
    let (request, settings) = (&route.data, route.data.settings());
    let address = address(route).await?;
    let (master_key, public_url) = (settings.master_key()?, settings.public_url()?);
    let body = request.body(link::BODY_LIMIT).await?;
    request.serve(&CreateLink::to_pass(address, &body, public_url, master_key, request.now())?).await
}

/// `POST /issuer/v1/links`
pub(super) async fn create_to_bundle(route: &Route) -> Handled {
    let (request, settings) = (&route.data, route.data.settings());
    let (master_key, public_url) = (settings.master_key()?, settings.public_url()?);
    let body = request.body(link::BODY_LIMIT).await?;
    request.serve(&CreateLink::to_bundle(&body, public_url, master_key, request.now())?).await
}

/// `GET /links/{link}`
pub(super) async fn open(route: &Route) -> Handled {
    let request = &route.data;
    // The answer must not tell whether links are set up.
    let master_key = request.settings().master_key().map_err(|_| NOTHING)?;
    let link = Link::parse(param(route, "link"), master_key, request.now()).ok_or(NOTHING)?;
    let head = request.is_head();
    let open = OpenLink { link, conditions: ReadConditions::from_headers(&**request), head };
    let (database, objects) = (request.database()?, request.objects()?);
    match open.find(database).await? {
        Found::Reply(reply) => Ok(with_object(reply, &objects).await?),
        Found::Bundle(files) => Ok(link::pack(&files, head, &objects).await?),
    }
}
