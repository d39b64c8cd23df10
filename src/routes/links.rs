//! Links to passes.

use super::{Handled, Route, param, passes::address};
use crate::{
    endpoint::{Answer, Error, with_object},
    http::{Body, ClientError, Reply, file::StoredFile},
    issuer::link::{self, CreateLink, Found, Link, NewPass, NotOpened, Opened, Visit},
    platform::RequestContext,
};
use pkpass::cover::logo;
use web_sys::ReadableStream;

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

/// `GET /issuer/v1/links/key`
pub(super) async fn show_key(route: &Route) -> Handled {
    let settings = route.data.settings();
    Ok(link::show_key(settings.public_url()?, settings.master_key()?).into())
}

/// `GET /links/{link}`, `GET /links/new/{token}`
pub(super) async fn open(route: &Route) -> Handled {
    serve(&route.data, &visit(route), find(route).await).await
}

/// `GET /links/{link}/qr.svg`, `GET /links/new/{token}/qr.svg`
pub(super) async fn show_code(route: &Route) -> Handled {
    Named::parse(route).map_err(NotOpened::into_error)?;
    Ok(visit(route).code().into())
}

/// `GET /links/{link}/logo.png`, `GET /links/new/{token}/logo.png`. It makes no pass: mail programs load pictures unasked.
pub(super) async fn show_logo(route: &Route) -> Handled {
    let logo = find_logo(route).await.map_err(NotOpened::into_error)?;
    let reply = Reply::empty(200)
        .with("content-type", "image/png")
        .with("content-security-policy", "default-src 'none'")
        .with("cache-control", "private, no-store")
        .with("x-robots-tag", "noindex");
    Ok(reply.with_body(Body::Bytes(logo)).into())
}

/// The logo of the first pass that a link opens.
async fn find_logo(route: &Route) -> Result<Vec<u8>, NotOpened> {
    let request = &route.data;
    let opened = Named::parse(route)?.into_link().open(request.database()?).await?;
    let (_, file) = opened.files.first().ok_or(NO_LOGO)?;
    Ok(logo(&read(request, file).await?).ok_or(NO_LOGO)?)
}

const NO_LOGO: ClientError = ClientError::NotFound("The pass has no logo as PNG.");

fn visit(route: &Route) -> Visit {
    let request = &*route.data;
    let path = match route.param("token") {
        Some(token) => format!("links/new/{token}"),
        None => format!("links/{}", param(route, "link")),
    };
    Visit::new(&path, request.query(), request.settings().public_url().ok(), request, request.is_head())
}

/// What a path names.
enum Named {
    Link(Link),
    /// A pass that is made when the link is first opened.
    New(NewPass),
}

impl Named {
    fn parse(route: &Route) -> Result<Self, NotOpened> {
        let request = &route.data;
        // The answer must not tell whether links are set up.
        let master_key = request.settings().master_key().map_err(|_| NotOpened::Unknown)?;
        match route.param("token") {
            Some(token) => hide(request, NewPass::parse(token, master_key, request.now()).map_err(Error::from)).map(Self::New),
            None => Link::parse(param(route, "link"), master_key, request.now()).map(Self::Link),
        }
    }

    /// The link to the pass as it is.
    fn into_link(self) -> Link {
        match self {
            Self::Link(link) => link,
            Self::New(pass) => Link { expires_at: i64::MAX, passes: vec![pass.address] },
        }
    }
}

async fn find(route: &Route) -> Result<Opened, NotOpened> {
    let request = &route.data;
    match Named::parse(route)? {
        Named::Link(link) => link.open(request.database()?).await,
        Named::New(pass) => {
            let serial = pass.address.serial.clone();
            let file = hide(request, create_once(request, pass).await)?.ok_or(NotOpened::Withdrawn)?;
            Ok(Opened { files: vec![(serial, file)], is_bundle: false })
        }
    }
}

/// Finds the pass, or makes it. `None`: it was withdrawn.
async fn create_once(request: &RequestContext, pass: NewPass) -> Result<Option<StoredFile>, Error> {
    let signing = request.signing_context()?;
    let maker = signing.maker(request.database()?, request.id(), request.now_ms())?;
    let file = maker.create_once(&pass.address, &pass.request).await?;
    request.send(&maker.messages.take());
    Ok(file)
}

/// Notes for the operator why the pass of a token cannot be made. Who opens the link learns less.
fn hide<T>(request: &RequestContext, made: Result<T, Error>) -> Result<T, NotOpened> {
    made.map_err(|error| {
        let Error::ClientError(reason) = error else { return error.into() };
        let why = NotOpened::hide(&reason);
        request.note(reason.into());
        why
    })
}

/// Serves what a link opens: the file, or a page. A person gets a page also where it opens nothing.
async fn serve(request: &RequestContext, visit: &Visit, opened: Result<Opened, NotOpened>) -> Handled {
    let answered = match opened {
        Ok(opened) => send(request, visit, opened).await,
        Err(why) => Err(why),
    };
    let answer = match answered {
        Ok(answer) => answer,
        Err(why) if visit.is_person() => explain(request, visit, &why).into(),
        Err(why) => return Err(why.into_error()),
    };
    Ok(Answer { reply: visit.vary(answer.reply), ..answer })
}

async fn send(request: &RequestContext, visit: &Visit, opened: Opened) -> Result<Answer<ReadableStream>, NotOpened> {
    let objects = request.objects()?;
    Ok(match visit.choose(opened)? {
        Found::Reply(reply) => with_object(reply, &objects).await?,
        Found::Bundle(files) => link::pack(&files, request.is_head(), &objects).await?,
        Found::Page { file, passes, is_bundle, client } => {
            let file = read(request, &file).await?;
            visit.show(&file, passes, is_bundle, client, request.now()).into()
        }
    })
}

/// Reads a pass into memory. Anybody can open a link any number of times, so there is a limit for all at a time.
async fn read(request: &RequestContext, file: &StoredFile) -> Result<Vec<u8>, NotOpened> {
    request.reserve(usize::try_from(file.size).unwrap_or(usize::MAX))?;
    Ok(link::read(file, &request.objects()?).await?)
}

/// The page that says why a link opens nothing. The log line has an internal error all the same.
fn explain(request: &RequestContext, visit: &Visit, why: &NotOpened) -> Reply {
    let error = match why.clone().into_error() {
        Error::ClientError(error) => error,
        Error::InternalError(error) => {
            request.note(error.into());
            ClientError::Unavailable
        }
    };
    visit.explain(why, &error.into())
}
