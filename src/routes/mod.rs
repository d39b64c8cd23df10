//! Every route of the service.

mod health;
mod home;
mod jobs;
mod layer;
mod links;
mod passes;
mod push;
mod signing;
mod templates;
mod web_service;

use crate::{
    endpoint::{Answer, Error},
    http::{ClientError, Headers},
    issuer::{certificate_request, link, message},
    platform::RequestContext,
};
pub(crate) use layer::respond;
use layer::{RouterExt, delete, get, patch, post, put};
use std::rc::Rc;
use web_sys::ReadableStream;
use worker::{RouteContext, Router};

/// A request at its route. `data` is the request. `param` gives the segments of its path, still percent-encoded.
type Route = RouteContext<Rc<RequestContext>>;

/// The result of a handler.
type Handled = Result<Answer<ReadableStream>, Error>;

/// All routes, in two halves. workers-rs consumes a router with the request, so each request builds only the half that it
/// needs.
fn router(path: &str, request: Rc<RequestContext>) -> Router<'static, Rc<RequestContext>> {
    let router = Router::with_data(request);
    if path.starts_with("/issuer/") { issuer_routes(router) } else { public_routes(router) }
}

/// Apple's web service, and the routes for everybody. `:name` stands for one segment of the path, `*name` for the rest of it.
fn public_routes(router: Router<'static, Rc<RequestContext>>) -> Router<'static, Rc<RequestContext>> {
    router
        // A serial number may contain slashes.
        .at("/v1/devices/:device/registrations/:type/*serial", [post(web_service::register), delete(web_service::unregister)])
        .at("/v1/devices/:device/registrations/:type", [get(web_service::list_updatable)])
        .at("/v1/passes/:type/*serial", [get(web_service::send_pass), post(web_service::personalize).reserved()])
        .at("/v1/log", [post(web_service::log)])
        .at("/links/:link", [get(links::open)])
        .at("/links/:link/qr.svg", [get(links::show_code)])
        .at("/links/:link/logo.png", [get(links::show_logo)])
        .at("/", [get(home::show)])
        // In place of `:link`: `new/{token}`, a link to a pass that is made when it is first opened.
        .at("/links/new/:token", [get(links::open)])
        .at("/links/new/:token/qr.svg", [get(links::show_code)])
        .at("/links/new/:token/logo.png", [get(links::show_logo)])
        .at("/healthz", [get(health::healthz)])
}

/// The query parameters of the listing: a filter, and those of pages.
const LIST_PARAMETERS: &[&str] = &[
    "passTypeIdentifier",
    "template",
    "externalId",
    "withdrawn",
    "changedSince",
    "registered",
    "push",
    "behind",
    "cursor",
    "limit",
];

/// The issuer API.
fn issuer_routes(router: Router<'static, Rc<RequestContext>>) -> Router<'static, Rc<RequestContext>> {
    router
        .at("/issuer/v1/passes", [get(passes::list).query(LIST_PARAMETERS)])
        // `:type/:serial` may also be `by-external-id/{externalId}`.
        .at(
            "/issuer/v1/passes/:type/:serial",
            [
                put(passes::put).query(&["dryRun"]),
                patch(passes::patch).query(&["dryRun"]),
                get(passes::inspect),
                delete(passes::withdraw).query(&["dryRun"]),
            ],
        )
        .at(
            "/issuer/v1/passes/:type/:serial/registrations",
            [
                get(passes::list_registrations).query(&["cursor", "limit"]),
                delete(passes::clear_registrations).query(&["device"]),
            ],
        )
        .at("/issuer/v1/passes/:type/:serial/links", [post(links::create_to_pass).idempotent(link::BODY_LIMIT)])
        .at(
            "/issuer/v1/passes/:type/:serial/messages",
            [post(passes::send_message).query(&["dryRun"]).idempotent(message::BODY_LIMIT)],
        )
        .at("/issuer/v1/passes/:type/:serial/push", [get(push::show_of_pass)])
        .at("/issuer/v1/passes/:type/:serial/diagnosis", [get(passes::diagnose)])
        .at("/issuer/v1/validate", [post(passes::validate)])
        .at("/issuer/v1/links", [post(links::create_to_bundle).idempotent(link::BODY_LIMIT)])
        .at("/issuer/v1/links/key", [get(links::show_key)])
        .at("/issuer/v1/push", [get(push::show)])
        .at("/issuer/v1/push/test", [post(push::test)])
        .at("/issuer/v1/pass-types", [get(signing::list_pass_types).query(&["cursor", "limit"])])
        .at(
            "/issuer/v1/pass-types/:type/signing-identity",
            [put(signing::store_identity), get(signing::show_identity), delete(signing::remove_identity)],
        )
        .at(
            "/issuer/v1/pass-types/:type/certificate-request",
            [post(signing::create_request).idempotent(certificate_request::BODY_LIMIT), get(signing::list_requests)],
        )
        .at(
            "/issuer/v1/pass-types/:type/certificate-request/:id",
            [get(signing::show_request), delete(signing::remove_request)],
        )
        .at("/issuer/v1/pass-types/:type/certificate", [put(signing::store_certificate)])
        .at("/issuer/v1/templates", [get(templates::list).query(&["cursor", "limit"])])
        .at(
            "/issuer/v1/templates/:name",
            [put(templates::store).query(&["dryRun"]), get(templates::show), delete(templates::remove)],
        )
        .at(
            "/issuer/v1/templates/:name/republish",
            [post(templates::start_republishing).idempotent(link::BODY_LIMIT), get(templates::show_republishing)],
        )
        .at(
            "/issuer/v1/jobs",
            [
                post(jobs::start).query(&[
                    "dryRun",
                    "validate",
                    "template",
                    "passTypeIdentifier",
                    "link",
                    "expiresIn",
                    "uniqueExternalId",
                ]),
                get(jobs::list).query(&["cursor", "limit"]),
            ],
        )
        .at("/issuer/v1/jobs/:job", [get(jobs::show)])
        .at("/issuer/v1/jobs/:job/cancel", [post(jobs::cancel)])
        .at("/issuer/v1/jobs/:job/results", [get(jobs::results)])
        .at("/issuer/v1/device-log", [get(web_service::show_log).query(&["days"])])
}

/// A segment of the path, still percent-encoded.
fn param<'a>(route: &'a Route, name: &str) -> &'a str {
    route.param(name).map_or("", String::as_str)
}

/// Rejects conditions (RFC 9110, section 13) where the service does not evaluate them. A condition must not be ignored.
fn reject_conditions(request: &RequestContext) -> Result<(), ClientError> {
    let is_conditional = ["if-match", "if-none-match"].iter().any(|name| request.get(name).is_some());
    if !is_conditional {
        return Ok(());
    }
    Err(ClientError::BadRequest("If-Match and If-None-Match are not supported for changes of this resource. Leave them out."))
}
