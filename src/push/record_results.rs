//! Writing down what came of a page: one transaction, which acts only while the worker has the page. The second time it runs the
//! page is gone, and no message is asked for; if the first answer got lost, the cron trigger finds what is due.

use super::{
    Cause, PushMessage, Target, Worker,
    claim::wake,
    deliver::Delivered,
    name_of,
    outcomes::{Dead, Held, Note, Outcomes},
};
use crate::{
    endpoint::{InternalError, run},
    message::Message,
    storage::{
        Batch, Database, Query,
        sql::push::{
            claim::Wake,
            record_results::{Blame, Count, DropDead, Finish, Hold, Leave, Note as NoteRow, Release, TryOthers},
        },
    },
};

/// What a worker did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageResults {
    /// Phones pushed to.
    pub delivered: i64,
    /// Push tokens that were dead.
    pub dead: i64,
    /// Pushes that failed: the phone is tried again, or was given up.
    pub failed: i64,
    /// Phones that are left to the next worker.
    pub left: i64,
    /// What else came of pushes than delivery, and how often.
    pub reasons: Vec<(String, i64)>,
    /// Why the service took nothing, if it did not: cause and reason.
    pub held: Option<(&'static str, String)>,
    /// What to send: there is more to do, now or later.
    pub messages: Vec<Message>,
}

/// Dead push tokens that one statement is told of.
const DEAD_AT_ONCE: usize = 250;

/// The arrays that the statements read, as JSON.
struct Arrays {
    notes: String,
    /// In parts: push tokens may be long, and a value has at most 2 MB.
    dead: Vec<String>,
    counts: String,
    left: String,
    taken: String,
    holds: String,
}

impl Arrays {
    fn of(outcomes: &Outcomes) -> Self {
        let note = |note: &Note| {
            let Note { pass_type, device, due, attempts, failing_since, reason } = note;
            json(&(pass_type, device, due, attempts, failing_since, reason))
        };
        let dead = |dead: &Dead| json(&(&dead.pass_type, &dead.device, &dead.push_token, dead.before));
        let left = outcomes.left.iter().flat_map(Target::keys).collect::<Vec<_>>();
        // A pass type that is taken again ends its hold, and that of all.
        let taken = outcomes.taken.iter().map(String::as_str).chain([""]);
        let taken: Vec<&str> = if outcomes.taken.is_empty() { Vec::new() } else { taken.collect() };
        let hold = |held: &Held| json(&(&held.pass_type, held.until, word(held.cause), &held.reason));
        Self {
            notes: array(&outcomes.notes, note),
            dead: outcomes.dead.chunks(DEAD_AT_ONCE).map(|part| array(part, dead)).collect(),
            counts: array(&outcomes.counts, json),
            left: json(&left),
            taken: json(&taken),
            holds: array(&outcomes.held, hold),
        }
    }
}

/// Writes down what came of a page.
///
/// A crash before it leaves the page to be taken over when its lease is over, and its devices are pushed to again.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn record_results<D: Database>(
    database: &D,
    worker: &Worker,
    delivered: &Delivered,
) -> Result<PageResults, InternalError> {
    let arrays = Arrays::of(&delivered.outcomes);
    let rows = run(database, &Batch::repeatable(queries(worker, delivered, &arrays))).await?;
    Ok(page_results(worker, delivered, wake(&rows)?))
}

fn queries<'a>(worker: &'a Worker, delivered: &'a Delivered, arrays: &'a Arrays) -> Vec<Query<'a>> {
    let (client, name, lease, now) = (name_of(worker.client), worker.name.as_str(), worker.lease(), delivered.now_ms);
    let outcomes = &delivered.outcomes;
    let mut queries = Vec::new();
    if !outcomes.notes.is_empty() {
        queries.push(NoteRow { client, worker: name, lease, devices: &arrays.notes, now }.query());
    }
    for dead in &arrays.dead {
        queries.push(Blame { client, worker: name, lease, dead }.query());
        queries.push(DropDead { client, worker: name, lease, dead }.query());
        queries.push(TryOthers { client, worker: name, lease, dead, now }.query());
    }
    if !outcomes.counts.is_empty() {
        queries.push(Count { client, worker: name, lease, counts: &arrays.counts, now }.query());
    }
    if !outcomes.taken.is_empty() {
        queries.push(Release { client, worker: name, lease, pass_types: &arrays.taken, now }.query());
    }
    if !outcomes.held.is_empty() {
        queries.push(Hold { client, worker: name, lease, holds: &arrays.holds, now }.query());
    }
    queries.push(match leave_until(delivered) {
        Some(due) => Leave { client, worker: name, lease, devices: &arrays.left, due }.query(),
        None => Finish { client, worker: name, lease }.query(),
    });
    queries.push(Wake { client, now }.query());
    queries
}

/// When what is left of the page goes on; `None` when nothing is left.
fn leave_until(delivered: &Delivered) -> Option<i64> {
    let Delivered { page, outcomes, now_ms } = delivered;
    let until = |left: &Target| outcomes.held_until(page, &left.pass_type, *now_ms).unwrap_or(*now_ms);
    outcomes.left.iter().map(until).min()
}

fn page_results(worker: &Worker, delivered: &Delivered, wake: Option<i64>) -> PageResults {
    let Delivered { outcomes, now_ms, .. } = delivered;
    let number = |wanted: &[&str]| {
        let counted = outcomes.counts.iter().filter(|(_, outcome, ..)| wanted.contains(outcome));
        counted.fold(0_i64, |sum, (.., number)| sum.saturating_add(*number))
    };
    let moments = wake.into_iter().chain(leave_until(delivered));
    PageResults {
        delivered: number(&["delivered"]),
        dead: number(&["dead"]),
        failed: number(&["later", "given up"]),
        left: i64::try_from(outcomes.left.len().saturating_add(outcomes.put_off)).unwrap_or(i64::MAX),
        reasons: reasons(outcomes),
        held: outcomes.held.first().map(|held| (word(held.cause), held.reason.to_string())),
        messages: moments.map(|due| PushMessage(worker.client).message(due, *now_ms)).collect(),
    }
}

/// The reasons of all but deliveries, pass types together.
fn reasons(outcomes: &Outcomes) -> Vec<(String, i64)> {
    let mut reasons: Vec<(String, i64)> = Vec::new();
    for (.., reason, number) in outcomes.counts.iter().filter(|(_, outcome, ..)| *outcome != "delivered") {
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, sum)) => *sum = sum.saturating_add(*number),
            None => reasons.push((reason.to_string(), *number)),
        }
    }
    reasons
}

fn word(cause: Cause) -> &'static str {
    match cause {
        Cause::Outage => "outage",
        Cause::Configuration => "configuration",
    }
}

fn array<T>(items: &[T], json: impl Fn(&T) -> String) -> String {
    let items: Vec<String> = items.iter().map(json).collect();
    format!("[{}]", items.join(","))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
