//! How long requests take, and what they ask of SQLite. All sizes take turns, so that whatever else the machine does hits
//! all alike.

use crate::{
    population::Population,
    request::{KINDS, Kind, Request},
};
use edgepass::endpoint::serve;
use edgepass_support::{
    clock::Stopwatch,
    storage::{Memory, Sqlite, block_on},
};
use rusqlite::StatementStatus;
use serde_json::{Value, json};
use std::fs;

/// Requests of a kind in a round, for each size.
const REQUESTS: u32 = 200;

/// A size, with storage of its own.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) population: Population,
    pub(crate) database: Sqlite,
    pub(crate) files: Memory,
}

/// What requests of one kind ask of one size.
#[derive(Debug, Default)]
struct Figures {
    /// Microseconds of the median request, by round.
    p50_us: Vec<f64>,
    /// Microseconds on average, by round: with what SQLite does now and then, which is moving the log into the database.
    mean_us: Vec<f64>,
    /// Instructions of SQLite's virtual machine.
    instructions: f64,
    /// Reads of the files: pages that are not in SQLite's cache. `None` where the operating system does not count them.
    reads: Option<f64>,
}

/// So many rounds, after one that fills caches and is counted instead of timed. `now` in unix seconds.
pub(crate) fn rounds(subjects: &[Subject], rounds: u64, now: i64) -> Vec<Value> {
    let mut figures: Vec<Vec<Figures>> = KINDS
        .iter()
        .map(|kind| subjects.iter().map(|subject| counted(subject, *kind, now)).collect())
        .collect();
    for round in 1..=rounds {
        for (kind, figures) in KINDS.iter().zip(&mut figures) {
            let mut turns: Vec<_> = subjects.iter().zip(figures).collect();
            if round % 2 == 0 {
                turns.reverse();
            }
            for (subject, figures) in turns {
                timed(subject, *kind, round, now, figures);
            }
        }
    }
    KINDS.iter().zip(figures).map(|(kind, figures)| told(*kind, subjects, &figures)).collect()
}

fn counted(subject: &Subject, kind: Kind, now: i64) -> Figures {
    let requests: Vec<_> =
        (0..u64::from(REQUESTS)).map(|number| Request::of(kind, subject.population, 0, number)).collect();
    let before = (instructions(subject, &requests[0], now), reads());
    for request in &requests {
        answer(subject, request, now);
    }
    let after = (instructions(subject, &requests[0], now), reads());
    Figures {
        instructions: each(after.0 - before.0),
        reads: before.1.zip(after.1).map(|(before, after)| each(after - before)),
        ..Figures::default()
    }
}

fn timed(subject: &Subject, kind: Kind, round: u64, now: i64, figures: &mut Figures) {
    let mut took: Vec<f64> = (0..u64::from(REQUESTS))
        .map(|number| answer(subject, &Request::of(kind, subject.population, round, number), now))
        .collect();
    took.sort_by(f64::total_cmp);
    figures.p50_us.push(took[took.len() / 2]);
    figures.mean_us.push(took.iter().sum::<f64>() / f64::from(REQUESTS));
}

/// Serves a request: microseconds.
fn answer(subject: &Subject, request: &Request, now: i64) -> f64 {
    let endpoint = request.endpoint(now);
    let stopwatch = Stopwatch::start();
    let answer = block_on(serve(endpoint.as_ref(), &subject.database, &subject.files));
    let took = stopwatch.elapsed();
    let status = answer.map(|answer| answer.reply.status);
    assert_eq!(status, Ok(request.kind.expected()), "{request:?} at {:?}", subject.population);
    took.as_secs_f64() * 1e6
}

/// Instructions that SQLite has executed so far for the statements of such a request.
fn instructions(subject: &Subject, request: &Request, now: i64) -> i64 {
    let endpoint = request.endpoint(now);
    let of =
        |sql| subject.database.connection().prepare_cached(sql).unwrap().get_status(StatementStatus::VmStep);
    endpoint.ask().queries.iter().map(|query| i64::from(of(query.statement.sql))).sum()
}

/// Calls of this process that read from files so far, as Linux counts them.
fn reads() -> Option<i64> {
    let counters = fs::read_to_string("/proc/self/io").ok()?;
    counters.lines().find_map(|line| line.strip_prefix("syscr: ")?.parse().ok())
}

fn each(sum: i64) -> f64 {
    i32::try_from(sum).map_or(f64::NAN, f64::from) / f64::from(REQUESTS)
}

fn told(kind: Kind, subjects: &[Subject], figures: &[Figures]) -> Value {
    let sizes = subjects.iter().zip(figures).map(|(subject, figures)| {
        json!({
            "registrations": subject.population.registrations,
            "p50_us": figures.p50_us,
            "mean_us": figures.mean_us,
            "instructions": figures.instructions,
            "reads": figures.reads,
        })
    });
    json!({ "request": kind.name(), "sizes": sizes.collect::<Vec<_>>() })
}
