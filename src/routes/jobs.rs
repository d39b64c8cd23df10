//! Work on many passes.

use super::{Handled, Route, param, reject_conditions};
use crate::{
    crypto::subtle::SubtleCrypto,
    endpoint::{Endpoint, Error, run},
    http::{ClientError, Headers, content_type, query},
    issuer::{
        bulk::{
            self, CancelJob, ChangeByFilter, Defaults, Form, Intake, ListJobs, MOST_BYTES, ResultsForm, ShowJob, StartJob,
            Taken,
        },
        idempotency, preview,
    },
    platform::{RequestContext, random_uuid},
    storage::{d1::D1, r2::R2},
};
use std::cell::Cell;

/// `POST /issuer/v1/jobs?dryRun=&validate=&template=&passTypeIdentifier=&link=&expiresIn=&uniqueExternalId=`
pub(super) async fn start(route: &Route) -> Handled {
    let request = &route.data;
    reject_conditions(request)?;
    let dry_run = preview::is_dry_run(request.query())?;
    let check_only = match query::value(request.query(), "validate").as_deref() {
        None => dry_run,
        Some("only") => true,
        Some(_) => return Err(ClientError::BadRequest("`validate` may only be `only`.").into()),
    };
    match content_type(&**request).as_str() {
        "application/x-ndjson" => start_lines(request, Form::for_lines(request.query())?, check_only).await,
        "text/csv" => start_lines(request, Form::Csv(Defaults::from_query(request.query())?), check_only).await,
        "application/json" => start_by_filter(request, dry_run).await,
        _ => Err(ClientError::UnsupportedMediaType("application/x-ndjson, text/csv, application/json").into()),
    }
}

/// A job whose lines are the body.
async fn start_lines(request: &RequestContext, form: Form, check_only: bool) -> Handled {
    let signing = request.signing_context()?;
    let maker = signing.maker(request.database()?, request.id(), request.now_ms())?;
    let mut intake = Intake::new(&maker, &request.id(), random_uuid(), form, check_only);
    let taken = match take(request, &mut intake).await {
        Ok(taken) => taken,
        Err(error) => {
            intake.discard(None).await;
            return Err(error);
        }
    };
    if check_only {
        return Ok(taken.report().into());
    }
    if let Some(problem) = taken.problem() {
        intake.discard(Some(taken)).await;
        return Err(problem.into());
    }
    let fingerprint = idempotency::fingerprint(request.query(), "", taken.fingerprint.as_bytes());
    let is_stored = Cell::new(false);
    let answer = request
        .once(&fingerprint, async || {
            let start = StartJob::new(request.operation(), &taken, request.now());
            let rows = run(request.database()?, &start.ask()).await?;
            is_stored.set(start.is_stored(&rows)?);
            Ok(start.answer(&rows)?.into())
        })
        .await;
    // After an internal error nobody knows whether the job has these lines. If it has not, the sweep deletes them.
    if !is_stored.get() && !matches!(answer, Err(Error::InternalError(_))) {
        intake.discard(Some(taken)).await;
    }
    answer
}

/// A job whose lines a filter finds.
async fn start_by_filter(request: &RequestContext, dry_run: bool) -> Handled {
    query::check(request.query(), &["dryRun"])?;
    let signing = request.signing_context()?;
    let body = request.body(bulk::BODY_LIMIT).await?;
    let change = ChangeByFilter::parse(&body, request.settings().track_lists)?;
    let maker = signing.maker(request.database()?, request.id(), request.now_ms())?.with_dry_run(dry_run);
    bulk::check_change(&maker, &change).await?;
    if dry_run {
        return Ok(bulk::preview(&maker, &change).await?.into());
    }
    let fingerprint = idempotency::fingerprint("", "application/json", &body);
    request
        .once(&fingerprint, async || request.serve(&StartJob::by_filter(request.operation(), &change, request.now())).await)
        .await
}

/// Takes the whole body.
async fn take(request: &RequestContext, intake: &mut Intake<'_, D1, R2, SubtleCrypto>) -> Result<Taken, Error> {
    let mut body = request.stream(MOST_BYTES)?;
    while let Some(piece) = body.next().await? {
        if let Err(error) = intake.push(&piece).await {
            // A client whose body is half-read gets no answer.
            while let Ok(Some(_)) = body.next().await {}
            return Err(error);
        }
    }
    intake.finish().await
}

/// `GET /issuer/v1/jobs?cursor=&limit=`
pub(super) async fn list(route: &Route) -> Handled {
    route.data.serve(&ListJobs::from_query(route.data.query())?).await
}

/// `GET /issuer/v1/jobs/{job}`
pub(super) async fn show(route: &Route) -> Handled {
    route.data.serve(&ShowJob { job: job(route)? }).await
}

/// `POST /issuer/v1/jobs/{job}/cancel`
pub(super) async fn cancel(route: &Route) -> Handled {
    let (request, job) = (&route.data, job(route)?);
    reject_conditions(request)?;
    request.serve(&CancelJob { job, now: request.now() }).await
}

/// `GET /issuer/v1/jobs/{job}/results`
pub(super) async fn results(route: &Route) -> Handled {
    let request = &route.data;
    let form = ResultsForm::from_accept(request.get("accept").as_deref());
    bulk::results(&job(route)?, form, request.is_head(), request.database()?, &request.objects()?).await
}

fn job(route: &Route) -> Result<String, ClientError> {
    bulk::parse_name(param(route, "job"))
}
