//! Stores the results of a page.
//!
//! The transaction acts only while the worker has the page, so a second run does nothing and asks for no message. If the first
//! answer was lost, the cron trigger finds the due work.

use super::{
    Cause, PushMessage, Target, Worker,
    claim::{CONFIRMED_MS, read_wake},
    deliver::Delivered,
    name_of,
    outcomes::{Dead, NewHold, Note, Outcomes},
};
use crate::{
    endpoint::{InternalError, run},
    message::Message,
    storage::{
        Batch, Database, Query, Rows, Unreadable,
        sql::push::{
            claim::Wake,
            record_results::{Blame, Count, DropDead, Finish, Hold, Leave, Note as NoteStatement, Release, TryOthers},
        },
    },
};

/// What a worker did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageResults {
    /// Phones with a delivered push.
    pub delivered: i64,
    /// Dead push tokens.
    pub dead: i64,
    /// Failed pushes: the phone is retried, or was given up.
    pub failed: i64,
    /// Phones that are left to the next worker.
    pub left: i64,
    /// The reasons of all other results than delivery, with their numbers.
    pub reasons: Vec<(String, i64)>,
    /// The cause and the reason of the first hold that began.
    pub held: Option<(&'static str, String)>,
    /// The messages to send.
    pub messages: Vec<Message>,
}

/// The most dead push tokens in one statement. They may be long, and a value has at most 2 MB.
const DEAD_AT_ONCE: usize = 250;

/// The parameters of the statements, as JSON arrays.
struct Arrays {
    notes: String,
    dead: Vec<String>,
    counts: String,
    left: String,
    accepted: String,
    holds: String,
}

impl Arrays {
    fn new(outcomes: &Outcomes) -> Self {
        let note = |note: &Note| {
            let Note { pass_type, device, due, attempts, failing_since, reason } = note;
            json(&(pass_type, device, due, attempts, failing_since, reason))
        };
        let dead = |dead: &Dead| json(&(&dead.pass_type, &dead.device, &dead.push_token, dead.before));
        let hold = |hold: &NewHold| json(&(&hold.pass_type, hold.until, word(hold.cause), &hold.reason));
        // A delivered push ends the hold on its pass type, and the hold on the whole service.
        let accepted = outcomes.accepted.iter().map(String::as_str).chain([""]);
        Self {
            notes: array(&outcomes.notes, note),
            dead: outcomes.dead.chunks(DEAD_AT_ONCE).map(|part| array(part, dead)).collect(),
            counts: array(&outcomes.counts, json),
            left: json(&outcomes.left.iter().flat_map(Target::keys).collect::<Vec<_>>()),
            accepted: json(&accepted.collect::<Vec<_>>()),
            holds: array(&outcomes.holds, hold),
        }
    }
}

/// Stores the results of a page.
///
/// A crash before the commit leaves the page. When its lease ends, another worker pushes to its devices again.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn record_results<D: Database>(
    database: &D,
    worker: &Worker,
    delivered: &Delivered,
) -> Result<PageResults, InternalError> {
    let arrays = Arrays::new(&delivered.outcomes);
    let rows = run(database, &Batch::repeatable(queries(worker, delivered, &arrays))).await?;
    Ok(page_results(worker, delivered, [read_wake(&rows)?, left_until(delivered, &rows)?]))
}

fn queries<'a>(worker: &'a Worker, delivered: &'a Delivered, arrays: &'a Arrays) -> Vec<Query<'a>> {
    let (client, name, lease, now) = (name_of(worker.wallet), worker.name.as_str(), worker.lease(), delivered.now_ms);
    let outcomes = &delivered.outcomes;
    let mut queries = Vec::new();
    if !outcomes.notes.is_empty() {
        queries.push(NoteStatement { client, worker: name, lease, devices: &arrays.notes, now }.query());
    }
    for dead in &arrays.dead {
        queries.push(Blame { client, worker: name, lease, dead }.query());
        queries.push(DropDead { client, worker: name, lease, dead }.query());
        queries.push(TryOthers { client, worker: name, lease, dead, now }.query());
    }
    if !outcomes.counts.is_empty() {
        queries.push(Count { client, worker: name, lease, counts: &arrays.counts, now }.query());
    }
    if !outcomes.accepted.is_empty() {
        queries.push(Release { client, worker: name, lease, pass_types: &arrays.accepted, now }.query());
    }
    if !outcomes.holds.is_empty() {
        let confirmed_after = now.saturating_sub(CONFIRMED_MS);
        queries.push(Hold { client, worker: name, lease, holds: &arrays.holds, now, confirmed_after }.query());
    }
    queries.push(if outcomes.left.is_empty() {
        Finish { client, worker: name, lease }.query()
    } else {
        Leave { client, worker: name, lease, devices: &arrays.left, now }.query()
    });
    queries.push(Wake { client, now }.query());
    queries
}

/// When another worker may take over the rest of the page. `None` when nothing is left.
fn left_until(delivered: &Delivered, rows: &Rows) -> Result<Option<i64>, Unreadable> {
    if delivered.outcomes.left.is_empty() {
        return Ok(None);
    }
    Ok(rows.first::<Leave>()?.map(|page| page.due_at))
}

/// `moments`: when messages have to come, in unix milliseconds.
fn page_results(worker: &Worker, delivered: &Delivered, moments: [Option<i64>; 2]) -> PageResults {
    let Delivered { outcomes, now_ms, .. } = delivered;
    let number = |wanted: &[&str]| {
        let counted = outcomes.counts.iter().filter(|(_, outcome, ..)| wanted.contains(outcome));
        counted.fold(0_i64, |sum, (.., number)| sum.saturating_add(*number))
    };
    PageResults {
        delivered: number(&["delivered"]),
        dead: number(&["dead"]),
        failed: number(&["later", "given up"]),
        left: i64::try_from(outcomes.left.len().saturating_add(outcomes.put_off)).unwrap_or(i64::MAX),
        reasons: count_reasons(outcomes),
        held: outcomes.holds.first().map(|hold| (word(hold.cause), hold.reason.to_string())),
        messages: moments.into_iter().flatten().map(|due| PushMessage(worker.wallet).message(due, *now_ms)).collect(),
    }
}

/// Adds up the pass types.
fn count_reasons(outcomes: &Outcomes) -> Vec<(String, i64)> {
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
