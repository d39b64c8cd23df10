//! The next step of a job, for a message of the queue.

use super::{
    collect::collect,
    perform::Stop,
    store::Chunk,
    tell::tell,
    work::{BATCH, Work, Worked, conclude, read_lines, to_parameter},
};
use crate::{
    crypto::Crypto,
    endpoint::{Error, InternalError, run},
    issuer::make::PassMaker,
    message::Message,
    storage::{Batch, Database, Objects, Rows, sql::issuer::bulk as sql},
};

/// What to do with the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send it again: there is more to do.
    Step,
    /// Let it come again later: other writers keep changing a pass.
    Later,
    /// Nothing: the job is finished, or another worker has taken over.
    Nothing,
}

/// What a step did.
#[derive(Debug)]
pub struct Done {
    /// What to do with the message.
    pub next: Next,
    /// Messages of push.
    pub messages: Vec<Message>,
    /// Lines that were done.
    pub lines: i64,
}

impl Done {
    /// `true` if this worker still has the job.
    pub(super) fn step(goes_on: bool) -> Self {
        Self { next: if goes_on { Next::Step } else { Next::Nothing }, messages: Vec::new(), lines: 0 }
    }
}

/// Does the next step of a job. `worker` is a name that no other worker ever has.
///
/// # Errors
/// [`Error`] when storage does not answer, or a setting is missing. The message should come again later.
pub async fn step<D: Database, O: Objects, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    job: &str,
    worker: &str,
) -> Result<Done, Error> {
    let queries = vec![
        sql::Claim { job, worker, now: maker.now() }.query(),
        sql::NextChunk { job }.query(),
        sql::UnstoredChunk { job }.query(),
        sql::UntoldChunk { job }.query(),
        sql::Marked { job }.query(),
    ];
    let rows = run(maker.database, &Batch::once(queries)).await?;
    let Some(claim) = rows.first::<sql::Claim>()? else { return Ok(Done::step(false)) };
    let step = Step { maker, job, worker, claim, rows };
    match step.claim.state.as_str() {
        "running" => step.run().await,
        "pushing" => Ok(step.tell().await?),
        _ if step.claim.cancelled => Ok(step.end_lines().await?),
        _ => Ok(collect(maker, job, worker, &step.claim).await?),
    }
}

struct Step<'a, D, O, C: Crypto> {
    maker: &'a PassMaker<'a, D, O, C>,
    job: &'a str,
    worker: &'a str,
    claim: sql::ClaimRow,
    rows: Rows,
}

impl<D: Database, O: Objects, C: Crypto> Step<'_, D, O, C> {
    async fn run(&self) -> Result<Done, Error> {
        let Self { maker, job, worker, claim, .. } = self;
        if let Some(sql::UnstoredChunkRow { first_line, last_line }) = self.rows.first::<sql::UnstoredChunk>()?
            && last_line < claim.next_line
        {
            let chunk = Chunk { job, worker, first_line, last_line, now: maker.now() };
            return Ok(Done::step(chunk.store(maker.database, maker.objects).await?));
        }
        match self.rows.first::<sql::NextChunk>()? {
            Some(chunk) if claim.next_line <= claim.total => self.work(chunk).await,
            _ => Ok(self.end_lines().await?),
        }
    }

    /// Does the next lines of the chunk. If the job was cancelled, only makes the outcomes of those that were done already, and
    /// leaves out the others.
    async fn work(&self, chunk: sql::NextChunkRow) -> Result<Done, Error> {
        let Self { maker, job, worker, claim, .. } = self;
        let sql::NextChunkRow { first_line, last_line, lines_key } = chunk;
        let marked = self.rows.all::<sql::Marked>()?.into_iter();
        let marked = marked.map(|row| (row.line, (u16::try_from(row.status).unwrap_or_default(), row.answered))).collect();
        let worked = match maker.objects.read(&lines_key).await? {
            Some(file) => {
                let most = if claim.cancelled { usize::MAX } else { BATCH };
                let lines = read_lines(&file, job, first_line, claim.next_line, most)?;
                drop(file);
                let work = Work { maker, job, worker, lines, marked };
                if claim.cancelled { work.end().await? } else { work.work().await }
            }
            None => Worked::lost(claim.next_line..=last_line, &marked, claim.cancelled),
        };
        let next_line = match worked.stop {
            None if claim.cancelled => last_line.saturating_add(1),
            _ => worked.next_line(claim.next_line),
        };
        let outcomes = to_parameter(&worked.outcomes);
        // Repeatable: outcomes that are noted stay, and lines before the next one are not counted again.
        let batch = Batch::repeatable(conclude(job, worker, &outcomes, next_line, maker.now()));
        let goes_on = run(maker.database, &batch).await?.any::<sql::Advance>()?;
        let lines = next_line.saturating_sub(claim.next_line);
        match worked.stop {
            _ if !goes_on => Ok(Done { lines, ..Done::step(false) }),
            Some(Stop::Failed(error)) => Err(error),
            Some(Stop::Overtaken) => Ok(Done { next: Next::Later, lines, ..Done::step(true) }),
            None => Ok(Done { lines, ..Done::step(true) }),
        }
    }

    async fn end_lines(&self) -> Result<Done, InternalError> {
        let end = sql::EndLines { job: self.job, worker: self.worker, now: self.maker.now() };
        let rows = run(self.maker.database, &Batch::once(vec![end.query()])).await?;
        Ok(Done::step(rows.any::<sql::EndLines>()?))
    }

    async fn tell(&self) -> Result<Done, InternalError> {
        let Self { maker, job, worker, .. } = self;
        if let Some(chunk) = self.rows.first::<sql::UntoldChunk>()? {
            return tell(maker, job, worker, chunk).await;
        }
        let finish = sql::Finish { job, worker, now: maker.now() };
        run(maker.database, &Batch::repeatable(vec![finish.query()])).await?;
        Ok(Done::step(false))
    }
}
