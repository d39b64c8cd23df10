//! Carries out one line.

use super::{
    line::{Line, Operation},
    outcome::Outcome,
};
use crate::{
    crypto::Crypto,
    endpoint::{Endpoint, Error, InternalError, run},
    http::{ClientError, Reply, conditional::WriteConditions},
    issuer::{
        Address, PreviewWithdrawal, WithdrawPass,
        link::CreateLink,
        make::{ChangeRequest, PassMaker},
        preview::preview_without_difference,
        publish::{JobLine, OVERTAKEN, Published},
    },
    storage::{
        Batch, Database, Objects,
        sql::issuer::{bulk as sql, make, withdraw},
    },
};

/// Why a line has no outcome yet.
#[derive(Debug)]
pub(super) enum Stop {
    /// Other writers were faster again and again.
    Overtaken,
    /// Storage failed, or a setting is missing. The operator sees it in the log.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Carries out a line for a pass. `marked` is the status that an earlier worker noted before it stopped: then the outcome is
/// made from the pass as it is.
pub(super) async fn perform<D: Database, O: Objects, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    line: &Line,
    address: &Address,
    place: &JobLine,
    marked: Option<u16>,
) -> Result<Outcome, Stop> {
    let reply = match marked {
        Some(status) => Ok(reply_again(maker, address, status).await?),
        None => carry_out(maker, line, place, address).await,
    };
    let reply = match reply {
        Ok(reply) => reply,
        Err(Error::ClientError(ClientError::Conflict(OVERTAKEN))) => return Err(Stop::Overtaken),
        // The same request would get another answer after the operator acted.
        Err(error @ Error::ClientError(ClientError::NotConfigured(_))) => return Err(Stop::Failed(error)),
        Err(Error::ClientError(error)) => error.into(),
        Err(Error::InternalError(error)) => reply_to_loss(error)?,
    };
    let mut outcome = Outcome::from_reply(place.line, address.clone(), reply).with_external_id(line.external_id.clone());
    outcome.link = link_of(maker, line, &outcome);
    Ok(outcome)
}

async fn carry_out<D: Database, O: Objects, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    line: &Line,
    place: &JobLine,
    address: &Address,
) -> Result<Reply, Error> {
    let (maker, conditions) = (maker.for_job_line(place.clone()), WriteConditions::default());
    match &line.operation {
        Operation::Create(request, _) => maker.put(address, request, &conditions).await,
        Operation::Change(change) => {
            // An increment with the same identifier is not added again.
            let change = ChangeRequest { id: increment_id(&place.job, place.line), ..(**change).clone() };
            maker.change(address, &change, &conditions).await
        }
        Operation::Message(message) => maker.message(address, message, &conditions).await,
        Operation::Withdraw if maker.dry_run => {
            let preview = PreviewWithdrawal(WithdrawPass { address: address.clone(), conditions, now: maker.now() });
            Ok(preview.answer(&run(maker.database, &preview.ask()).await?)?)
        }
        Operation::Withdraw => Ok(withdraw(&maker, place, address).await?),
        Operation::Link(seconds) => {
            let create = create_link(&maker, address, *seconds);
            let reply = create.answer(&run(maker.database, &create.ask()).await?)?;
            // The link would work.
            Ok(if maker.dry_run && reply.status == 201 { preview_without_difference(false) } else { reply })
        }
    }
}

/// The identifier of the increment of a line.
pub(super) fn increment_id(job: &str, line: i64) -> String {
    format!("job {job} {line}")
}

/// Withdraws a pass and marks the line, in one transaction. Before it, a crash leaves nothing, and after it the mark.
async fn withdraw<D: Database, O, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    JobLine { job, line, worker }: &JobLine,
    Address { pass_type, serial }: &Address,
) -> Result<Reply, InternalError> {
    let line = *line;
    let queries = vec![
        sql::Withdrawable { job, worker, line, pass_type, serial }.query(),
        sql::Withdraw { job, worker, line, pass_type, serial, now: maker.now() }.query(),
        sql::MarkWithdrawn { job, worker, line, pass_type, serial }.query(),
        withdraw::Untell { pass_type, serial }.query(),
    ];
    let rows = run(maker.database, &Batch::once(queries)).await?;
    // Without a row, the worker may have lost the job as well. Then this outcome does not count.
    let is_known = rows.any::<sql::Withdrawable>()?;
    Ok(if is_known { Reply::empty(204) } else { ClientError::NotFound("No such pass was published.").into() })
}

fn create_link<D, O, C: Crypto>(maker: &PassMaker<'_, D, O, C>, address: &Address, seconds: i64) -> CreateLink {
    CreateLink::lasting(address.clone(), seconds, maker.public_url, maker.master_key, maker.now())
}

/// The link that the line asks for, if the pass is there.
fn link_of<D, O, C: Crypto>(maker: &PassMaker<'_, D, O, C>, line: &Line, outcome: &Outcome) -> Option<String> {
    let (Operation::Create(_, Some(seconds)) | Operation::Link(seconds)) = &line.operation else { return None };
    (outcome.status < 300 && !maker.dry_run).then(|| create_link(maker, &outcome.address, *seconds).url().to_owned())
}

/// The answer of a line that was carried out before.
async fn reply_again<D: Database, O, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    address: &Address,
    status: u16,
) -> Result<Reply, InternalError> {
    if status == NO_CONTENT {
        return Ok(Reply::empty(status));
    }
    let Address { pass_type, serial } = address;
    let rows = run(maker.database, &Batch::repeatable(vec![make::Pass { pass_type, serial }.query()])).await?;
    let Some(row) = rows.first::<make::Pass>()? else { return Ok(Reply::empty(status)) };
    let make::PassRow { template, revision, modified_at, etag, registrations, field_values, .. } = row;
    let values = template.map(|_| field_values.unwrap_or_default());
    let (address, warnings) = (address.clone(), Vec::new());
    Ok(Published { address, revision, modified_at, etag, registrations, warnings, values }.reply(status, true))
}

const NO_CONTENT: u16 = 204;

/// The answer where the pass itself is lost: the next attempt would fail too.
fn reply_to_loss(error: InternalError) -> Result<Reply, Stop> {
    Ok(match error {
        InternalError::ObjectMissing(_) => ClientError::Conflict("Its file is not in the bucket. Make it anew."),
        InternalError::Unreadable => ClientError::Conflict("What is stored of it cannot be read. Make it anew."),
        error => return Err(error.into()),
    }
    .into())
}
