//! Does the next lines of a job.
//!
//! Lines of different passes are done side by side. Lines of one pass are done in their order, and the outcome of each is noted
//! before the next one begins: the next worker must not do an earlier line after a later one.

use super::{
    line::{Line, Operation, Stored},
    outcome::Outcome,
    perform::{Stop, increment_id, perform},
};
use crate::{
    crypto::Crypto,
    endpoint::{InternalError, run},
    http::{ClientError, Reply},
    issuer::{Address, make::PassMaker, publish::JobLine},
    storage::{Batch, Database, Objects, Query, Unreadable, sql::issuer::bulk as sql},
};
use futures_util::{StreamExt, stream};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

/// Lines done for one message. Each costs up to two calls of the database, with 9 statements, and three of the bucket. It costs
/// as much again each time that another writer was faster. An invocation has 1,000 of each on the paid plan.
pub(super) const BATCH: usize = 25;

/// Lines done side by side. Each waits for storage most of the time. An invocation may have six connections at a time.
const SIDE_BY_SIDE: usize = 6;

/// Some lines of a job, and who does them.
pub(super) struct Work<'a, D, O, C: Crypto> {
    pub(super) maker: &'a PassMaker<'a, D, O, C>,
    pub(super) job: &'a str,
    pub(super) worker: &'a str,
    /// The lines, by their place.
    pub(super) lines: Vec<(i64, Stored)>,
    /// The lines that an earlier worker did: the status, and whether the outcome is noted.
    pub(super) marked: BTreeMap<i64, (u16, bool)>,
}

/// What came of the lines.
#[derive(Default)]
pub(super) struct Worked {
    /// Outcomes that are to be noted.
    pub(super) outcomes: Vec<Outcome>,
    /// The lines that have an outcome.
    done: Vec<i64>,
    /// Why some lines have none.
    pub(super) stop: Option<Stop>,
}

impl<D: Database, O: Objects, C: Crypto> Work<'_, D, O, C> {
    /// Does all lines that have no outcome yet.
    pub(super) async fn work(&self) -> Worked {
        self.work_on(|_| true).await
    }

    /// Ends lines that an earlier worker began, of a job that was cancelled: those that are done, and those whose increment is
    /// stored, as it counts. The others are not begun.
    pub(super) async fn end(&self) -> Result<Worked, InternalError> {
        let increments = self.lines.iter().filter_map(|(place, line)| {
            let Stored::Line(Address { pass_type, serial }, line) = line else { return None };
            let Operation::Change(change) = &line.operation else { return None };
            (!change.increment.is_empty()).then(|| (place, pass_type, serial, increment_id(self.job, *place)))
        });
        let increments = serde_json::to_string(&increments.collect::<Vec<_>>()).unwrap_or_default();
        let begun = sql::Begun { increments: &increments };
        let rows = run(self.maker.database, &Batch::repeatable(vec![begun.query()])).await?;
        let begun: BTreeSet<i64> = rows.all::<sql::Begun>()?.into_iter().map(|row| row.line).collect();
        Ok(self.work_on(|place| begun.contains(&place)).await)
    }

    /// Makes the outcomes of lines that are done, and does those of the others that are wanted.
    async fn work_on(&self, is_wanted: impl Fn(i64) -> bool) -> Worked {
        let (mut passes, mut worked) = (BTreeMap::<_, Vec<_>>::new(), Worked::default());
        for (place, line) in &self.lines {
            let is_wanted = match self.marked.get(place) {
                Some((_, is_noted)) => !is_noted,
                None => is_wanted(*place),
            };
            if !is_wanted {
                continue;
            }
            match line {
                Stored::Line(address, line) => passes.entry(address).or_default().push((*place, line)),
                Stored::Refused(external_id, why) => worked.refuse(*place, external_id, why.clone()),
            }
        }
        let groups = passes.into_iter().map(|(address, lines)| self.work_in_order(address, lines));
        let groups: Vec<Worked> = stream::iter(groups).buffer_unordered(SIDE_BY_SIDE).collect().await;
        worked.done.extend(self.marked.iter().filter(|(_, (_, is_noted))| *is_noted).map(|(line, _)| *line));
        groups.into_iter().fold(worked, Worked::and)
    }

    /// Does the lines of one pass.
    async fn work_in_order(&self, address: &Address, lines: Vec<(i64, &Line)>) -> Worked {
        let (mut worked, last) = (Worked::default(), lines.len().saturating_sub(1));
        for (number, (place, line)) in lines.into_iter().enumerate() {
            let job_line = JobLine { job: self.job.to_owned(), line: place, worker: self.worker.to_owned() };
            let marked = self.marked.get(&place).map(|(status, _)| *status);
            let mut outcome = perform(self.maker, line, address, &job_line, marked).await;
            if let Ok(done) = &outcome
                && number < last
                && let Err(error) = self.note(std::slice::from_ref(done)).await
            {
                outcome = Err(error.into());
            }
            match outcome {
                Ok(outcome) => {
                    worked.done.push(place);
                    worked.outcomes.push(outcome);
                }
                Err(stop) => return Worked { stop: Some(stop), ..worked },
            }
        }
        worked
    }

    /// Notes outcomes at once.
    async fn note(&self, outcomes: &[Outcome]) -> Result<(), InternalError> {
        let outcomes = to_parameter(outcomes);
        let note = sql::Note { job: self.job, worker: self.worker, outcomes: &outcomes };
        // Repeatable: a line that has an outcome keeps it.
        run(self.maker.database, &Batch::repeatable(vec![note.query()])).await?;
        Ok(())
    }
}

impl Worked {
    /// What came of lines that are not in the bucket any more. Without outcomes the job would never end.
    pub(super) fn lost(places: RangeInclusive<i64>, marked: &BTreeMap<i64, (u16, bool)>, cancelled: bool) -> Self {
        let mut worked = Self::default();
        for place in places {
            let reply = match marked.get(&place) {
                Some((_, true)) => None,
                Some((status, false)) => Some(Reply::empty(*status)),
                None => (!cancelled).then(|| ClientError::Conflict(LOST).into()),
            };
            worked.outcomes.extend(reply.map(|reply| Outcome::without_pass(place, reply)));
            worked.done.push(place);
        }
        worked
    }

    /// A line whose pass is not known has its outcome at once.
    fn refuse(&mut self, place: i64, external_id: &str, why: ClientError) {
        self.done.push(place);
        self.outcomes.push(Outcome::without_pass(place, why.into()).with_external_id(Some(external_id.to_owned())));
    }

    fn and(mut self, mut other: Self) -> Self {
        self.outcomes.append(&mut other.outcomes);
        self.done.append(&mut other.done);
        self.stop = self.stop.or(other.stop);
        self
    }

    /// The first line from `next_line` on that has no outcome.
    pub(super) fn next_line(&self, next_line: i64) -> i64 {
        let mut next_line = next_line;
        while self.done.contains(&next_line) {
            next_line = next_line.saturating_add(1);
        }
        next_line
    }
}

const LOST: &str = "This line is not in the bucket any more. Send it again.";

/// Outcomes as a parameter: a JSON array of `[line, status, passType, serial, outcome]`.
pub(super) fn to_parameter(outcomes: &[Outcome]) -> String {
    let rows = outcomes.iter().map(|outcome| {
        let Address { pass_type, serial } = &outcome.address;
        (outcome.line, outcome.status, pass_type, serial, outcome.to_json())
    });
    serde_json::to_string(&rows.collect::<Vec<_>>()).unwrap_or_default()
}

/// Reads the lines of a chunk that begins with `first_line`: at most `most`, from `from` on.
pub(super) fn read_lines(
    chunk: &[u8],
    job: &str,
    first_line: i64,
    from: i64,
    most: usize,
) -> Result<Vec<(i64, Stored)>, Unreadable> {
    let places = (first_line..).zip(chunk.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()));
    let wanted = places.filter(|(place, _)| *place >= from).take(most);
    wanted.map(|(place, line)| Ok((place, Stored::read(line, job, place).ok_or(Unreadable)?))).collect()
}

/// Notes the outcomes, and that all lines before `next_line` are done.
pub(super) fn conclude<'a>(job: &'a str, worker: &'a str, outcomes: &'a str, next_line: i64, now: i64) -> Vec<Query<'a>> {
    vec![sql::Note { job, worker, outcomes }.query(), sql::Advance { job, worker, next_line, now }.query()]
}
