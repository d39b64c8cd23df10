//! How the service's SQL behaves with size: its endpoints, on SQLite, over a thousand to ten million registrations.
//!
//! `node bench/scale.mjs` runs this, and the same files in local D1 after it; see there. Alone it prints its figures as JSON:
//!
//! `cargo bench --profile dev --bench scale -- --sizes 1000,1000000`
//!
//! The profile is that of the tests, with the dependencies they have built, SQLite at `opt-level` 3 among them.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "a measurement that cannot go on says so and ends"
)]

mod database;
mod measure;
mod names;
mod population;
mod request;
mod size;

use edgepass_support::{
    arguments::Arguments,
    clock::{Stopwatch, unix_now},
    storage::Memory,
};
use measure::Subject;
use names::Serials;
use population::Population;
use request::{KINDS, Kind, Request};
use serde_json::{Value, json};
use std::{
    env, fs,
    path::{Path, PathBuf},
    thread,
};

/// Where the databases are unless `--directory` says otherwise.
const DIRECTORY: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/scale");

/// Numbers of registrations unless `--sizes` says otherwise.
const SIZES: &str = "1000,10000,100000,1000000,10000000";

/// The registrations of databases that are made for nothing but their bytes: so many that what has no row is as nothing.
const WEIGHED: u64 = 300_000;

/// Rounds of requests over HTTP are others than those on SQLite.
const FIRST_HTTP_ROUND: u64 = 1_000;

/// What is to be done.
#[derive(Debug)]
struct Plan {
    directory: PathBuf,
    populations: Vec<Population>,
    rounds: u64,
    /// How many rounds of how many requests over HTTP are written beside each database, which is then left for them.
    http: Option<(u64, u64)>,
    /// Unix seconds when the registrations count as made: in an hour, so that meanwhile none is older than the minute
    /// after which a repeated registration is stored again.
    now: i64,
}

fn main() {
    let plan = Plan::read(env::args().skip(1)).unwrap_or_else(|reason| {
        eprintln!("scale: {reason}");
        std::process::exit(2)
    });
    fs::create_dir_all(&plan.directory).unwrap();
    let (sizes, digits) = fill(&plan);
    let subjects: Vec<_> = plan.populations.iter().map(|population| plan.subject(*population)).collect();
    let requests = measure::rounds(&subjects, plan.rounds, plan.now);
    let report = json!({
        "sqlite": rusqlite::version(),
        "rounds": plan.rounds,
        "sizes": sizes,
        "twelve_digits": digits,
        "requests": requests,
    });
    for subject in subjects {
        database::close(subject.database).unwrap();
        plan.leave(subject.population);
    }
    let _ = fs::remove_dir(&plan.directory); // unless there is something left in it
    println!("{report}");
}

impl Plan {
    fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let options = ["--directory", "--sizes", "--rounds", "--http-rounds", "--http-requests"];
        let arguments = Arguments::with_flags(arguments, &options, &["--bench"])?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| format!("{text} is no number"));
        let option = |name| arguments.option(name).map(number).transpose();
        let sizes = arguments.option("--sizes").unwrap_or(SIZES).split(',').map(number);
        Ok(Self {
            directory: arguments.option("--directory").unwrap_or(DIRECTORY).into(),
            populations: sizes.map(|size| size.map(Population::of)).collect::<Result<_, _>>()?,
            rounds: option("--rounds")?.unwrap_or(25),
            http: option("--http-rounds")?.zip(option("--http-requests")?),
            now: i64::try_from(unix_now().as_secs()).map_err(|error| error.to_string())? + 3_600,
        })
    }

    fn file(&self, population: Population, extension: &str) -> PathBuf {
        self.directory.join(format!("{}.{extension}", population.registrations))
    }

    fn subject(&self, population: Population) -> Subject {
        let database = database::serve(&self.file(population, "sqlite")).unwrap();
        Subject { population, database, files: Memory::default() }
    }

    /// Leaves a database to those who send its requests, if they are wanted.
    fn leave(&self, population: Population) {
        if let Some((rounds, requests)) = self.http {
            let requests = over_http(population, rounds, requests).to_string();
            fs::write(self.file(population, "json"), requests).unwrap();
        } else {
            fs::remove_file(self.file(population, "sqlite")).unwrap();
        }
    }

    /// Makes the database of a size, and weighs it.
    fn make(&self, population: Population) -> Value {
        weigh(&self.file(population, "sqlite"), population, Serials::Uuid, self.now)
    }
}

/// Makes all databases, the largest beside the others: what each takes, and what one takes whose serial numbers have twelve
/// digits.
fn fill(plan: &Plan) -> (Vec<Value>, Value) {
    let (largest, others) = plan.populations.split_last().unwrap();
    thread::scope(|scope| {
        let largest = scope.spawn(|| plan.make(*largest));
        let mut sizes: Vec<_> = others.iter().map(|population| plan.make(*population)).collect();
        let file = plan.directory.join("digits.sqlite");
        let digits = weigh(&file, Population::of(WEIGHED), Serials::Digits, plan.now);
        fs::remove_file(file).unwrap();
        sizes.push(largest.join().unwrap());
        (sizes, digits)
    })
}

fn weigh(file: &Path, population: Population, serials: Serials, now: i64) -> Value {
    let stopwatch = Stopwatch::start();
    database::fill(file, population, serials, now).unwrap();
    let seconds = stopwatch.elapsed().as_secs_f64();
    let mut told = size::measure(file, population).unwrap();
    told["filled_in_seconds"] = seconds.into();
    told
}

/// Requests over HTTP: by kind, in the order of a round, rounds of them.
fn over_http(population: Population, rounds: u64, requests: u64) -> Value {
    let of = |kind: Kind| {
        let round = |round| {
            let request = |number| Request::of(kind, population, FIRST_HTTP_ROUND + round, number).http();
            (0..requests).map(request).collect::<Value>()
        };
        json!({ "request": kind.name(), "rounds": (0..rounds).map(round).collect::<Value>() })
    };
    KINDS.into_iter().filter(|kind| *kind != Kind::Publish).map(of).collect()
}
