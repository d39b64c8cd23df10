//! Links to passes.

use super::{Understood, only_get, only_post};
use crate::{
    endpoint::Failure,
    http::{Method, conditional::ReadConditions},
    issuer::{
        Address,
        link::{self, Create, Found, Link, NOTHING, Open},
    },
    shell::Visit,
};

/// `POST /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/links`
pub(super) async fn to_pass(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_post(visit)?;
    let address = Address::decode(visit.segment("type"), visit.segment("serial"))?;
    let settings = visit.settings();
    let (master_key, public_url) = (settings.master_key()?, settings.public_url()?);
    let body = visit.body(link::BODY_LIMIT).await?;
    Ok(Create::to_pass(address, &body, public_url, master_key, visit.now())?.into())
}

/// `POST /issuer/v1/links`
pub(super) async fn to_bundle(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_post(visit)?;
    let settings = visit.settings();
    let (master_key, public_url) = (settings.master_key()?, settings.public_url()?);
    let body = visit.body(link::BODY_LIMIT).await?;
    Ok(Create::to_bundle(&body, public_url, master_key, visit.now())?.into())
}

/// `GET /links/{link}`
pub(super) async fn open(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    let settings = visit.settings();
    // Whether links can be made at all is nobody's business but the operator's.
    let master_key = settings.master_key().map_err(|_| NOTHING)?;
    let link = Link::read(visit.segment("link"), master_key, visit.now()).ok_or(NOTHING)?;
    let head = visit.method() == Method::Head;
    let open = Open { link, conditions: ReadConditions::of(visit), head };
    let (database, objects) = (visit.database()?, visit.objects()?);
    match open.find(database).await? {
        Found::Reply(reply) => Ok(Understood::Answer(crate::endpoint::with_object(reply, &objects).await?)),
        Found::Bundle(files) => Ok(Understood::Answer(link::pack(&files, head, &objects).await?)),
    }
}
