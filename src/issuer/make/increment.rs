//! Increments: numbers to add to values of a pass. Each counts once, however often its request is sent.
//!
//! 1. The request is checked as if it were carried out alone.
//! 2. The increment is stored as a row. From then on it counts. A crash before leaves nothing.
//! 3. The pass is made with all increments that are pending. The publishing transaction marks exactly these as applied. A
//!    crash before leaves the row, and the cron trigger makes the pass.
//!
//! So writers side by side do not wait for each other: the first one publishes what all of them stored, and the others find
//! their increments applied. If the pass cannot be made any more, the row is deleted and the issuer gets the reason.

use super::{
    ATTEMPTS, ChangeRequest, PassMaker,
    change::Increment,
    finish,
    own::Own,
    prepare::{Prepared, Wanted},
};
use crate::{
    crypto::Crypto,
    endpoint::{Error, InternalError, run},
    http::{ClientError, Problem, Reply, conditional::WriteConditions},
    issuer::{
        Address,
        publish::{OVERTAKEN, Published},
    },
    storage::{Batch, Database, Objects, Rows, Unreadable, sql::issuer::increment as sql},
};

/// Seconds until the cron trigger makes the pass of a pending increment.
const PATIENCE: i64 = 60;

/// How many passes with pending increments one cron trigger makes.
const MOST_DUE: i64 = 100;

/// What became of an increment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// An earlier request with the same key may have stored it.
    Unknown,
    /// It is not stored.
    Absent,
    Pending,
    Applied,
}

/// How far a request came.
struct Progress {
    /// It stored its increment, rather than an earlier request with the same key.
    added: bool,
    /// What became of the increment, as far as it knows.
    state: State,
}

impl<D: Database, O: Objects, C: Crypto> PassMaker<'_, D, O, C> {
    /// Adds to values of a pass, and carries out the rest of the request.
    pub(super) async fn increase(
        &self,
        address: &Address,
        change: &ChangeRequest,
        conditions: &WriteConditions,
    ) -> Result<Reply, Error> {
        let mut progress = Progress { added: false, state: State::Unknown };
        for _ in 0..ATTEMPTS {
            match self.try_increase(address, change, conditions, &mut progress).await {
                Ok(Some(reply)) => return Ok(reply),
                Err(Error::ClientError(error)) if self.dry_run || matches!(progress.state, State::Absent | State::Applied) => {
                    return Err(error.into());
                }
                Err(Error::ClientError(error))
                    if self.take_back(address, change).await? || progress.state == State::Unknown =>
                {
                    return Err(error.into());
                }
                Err(Error::InternalError(error)) => return Err(error.into()),
                // Another writer was faster, or applied the increment.
                Ok(None) | Err(Error::ClientError(_)) => {}
            }
        }
        if matches!(progress.state, State::Unknown | State::Absent)
            || change.does_more() && self.take_back(address, change).await?
        {
            return Err(ClientError::Conflict(OVERTAKEN).into());
        }
        self.report(address, change).await
    }

    /// `None` when another writer was faster.
    async fn try_increase(
        &self,
        address: &Address,
        change: &ChangeRequest,
        conditions: &WriteConditions,
        progress: &mut Progress,
    ) -> Result<Option<Reply>, Error> {
        let (mut prepared, rows) = self.prepare_after(vec![find(address, change).query()], address, Wanted::Own).await?;
        progress.state = State::Absent;
        if !self.dry_run {
            progress.state = State::from_rows(&rows, change)?;
        }
        if progress.state == State::Absent {
            prepared.changeable(conditions)?;
            let draft = self.draft_change((address, conditions), change, &prepared, Increment::Added).await?;
            if self.dry_run {
                return Ok(self.finish(draft, &prepared).await?.map(|outcome| outcome.reply()));
            }
            finish::check(&draft.parts.with(&draft.content), address, &prepared.identity)?;
            (prepared, progress.state) = self.add(address, change, conditions).await?;
            if progress.state == State::Absent {
                // The worker may have lost the job: the one that has it now goes on.
                return if self.job_line.is_some() { Err(ClientError::Conflict(OVERTAKEN).into()) } else { Ok(None) };
            }
            progress.added = true;
        }
        if progress.state == State::Applied && !change.does_more() {
            let current = prepared.current.as_ref().ok_or(Unreadable)?;
            return Ok(Some(current.published.reply(200, progress.added)));
        }
        let any = WriteConditions::default();
        // It may have been withdrawn since the increment was stored.
        prepared.changeable(&any)?;
        let draft = self.draft_change((address, &any), change, &prepared, Increment::AsStored).await?;
        let is_included = progress.state == State::Applied || prepared.pending.iter().any(|pending| pending.id == change.id);
        let outcome = self.finish(draft, &prepared).await?;
        Ok(outcome.filter(|_| is_included).map(|outcome| outcome.reply()))
    }

    /// Stores the increment, and looks again.
    async fn add(
        &self,
        address: &Address,
        change: &ChangeRequest,
        conditions: &WriteConditions,
    ) -> Result<(Prepared<C::SigningKey>, State), Error> {
        let (request, deltas) = (change.fingerprint(), change.deltas());
        let add = sql::Add {
            pass_type: &address.pass_type,
            serial: &address.serial,
            id: &change.id,
            request: &request,
            deltas: &deltas,
            if_match: conditions.if_match.as_deref(),
            if_none_match: conditions.if_none_match.as_deref(),
            now: self.now(),
            due_at: self.now().saturating_add(PATIENCE),
            job: self.job_line.as_ref().map(|line| line.job.as_str()),
            line: self.job_line.as_ref().map_or(0, |line| line.line),
            worker: self.job_line.as_ref().map(|line| line.worker.as_str()),
        };
        let queries = vec![add.query(), find(address, change).query()];
        let (prepared, rows) = self.prepare_after(queries, address, Wanted::Own).await?;
        Ok((prepared, State::from_rows(&rows, change)?))
    }

    /// Deletes the increment if it is still pending. Returns whether it was.
    async fn take_back(&self, Address { pass_type, serial }: &Address, change: &ChangeRequest) -> Result<bool, Error> {
        let take_back = sql::TakeBack { pass_type, serial, id: &change.id };
        Ok(run(self.database, &Batch::once(vec![take_back.query()])).await?.any::<sql::TakeBack>()?)
    }

    /// The answer when other writers were faster again and again: 202 with the values that the pass will have.
    async fn report(&self, address: &Address, change: &ChangeRequest) -> Result<Reply, Error> {
        let (prepared, rows) = self.prepare_after(vec![find(address, change).query()], address, Wanted::Own).await?;
        let current = prepared.current.as_ref().ok_or(Unreadable)?;
        if State::from_rows(&rows, change)? == State::Applied {
            return Ok(current.published.reply(200, true));
        }
        let (Some(origin), Some(template)) = (&current.origin, &prepared.template) else {
            return Err(ClientError::Conflict(OVERTAKEN).into());
        };
        let mut own = Own::from_origin(origin)?;
        let _ = own.fold(&prepared.pending, &template.parts.content);
        Ok(Published { values: Some(own.values.to_json()), ..current.published.clone() }.reply(202, false))
    }
}

impl State {
    fn from_rows(rows: &Rows, change: &ChangeRequest) -> Result<Self, Error> {
        Ok(match rows.first::<sql::Find>()? {
            None => Self::Absent,
            Some(row) if row.request != change.fingerprint() => {
                return Err(ClientError::Problem(Problem::from_detail(422, "Unprocessable Content", OTHER_REQUEST)).into());
            }
            Some(row) if row.applied => Self::Applied,
            Some(_) => Self::Pending,
        })
    }
}

fn find<'a>(Address { pass_type, serial }: &'a Address, change: &'a ChangeRequest) -> sql::Find<'a> {
    sql::Find { pass_type, serial, id: &change.id }
}

/// Passes whose increments are pending for long. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn due<D: Database>(database: &D, now: i64) -> Result<Vec<Address>, InternalError> {
    let due = sql::Due { before: now, limit: MOST_DUE };
    let rows = run(database, &Batch::once(vec![due.query()])).await?;
    let mut passes: Vec<Address> = Vec::new();
    for sql::DueRow { pass_type, serial } in rows.all::<sql::Due>()? {
        let address = Address { pass_type, serial };
        if !passes.contains(&address) {
            passes.push(address);
        }
    }
    Ok(passes)
}

const OTHER_REQUEST: &str = "This Idempotency-Key was used for another request to this pass. Use a new one.";
