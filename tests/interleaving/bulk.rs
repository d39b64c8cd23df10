//! Jobs on many passes, by workers that stop anywhere, that work at the same time, and that get messages twice or never.

use crate::{
    schedule::{Task, pause, run_in_any_order},
    shop::{PASS_TYPE, Shop, TEMPLATE, finished},
};
use edgepass::{
    endpoint::Error,
    issuer::bulk::{self, CancelJob, Form, Intake, JobMessage, Next, STALE_SECONDS, StartJob},
    jobs::{self, Queue},
    upkeep,
};
use edgepass_support::{chance::Chance, issuer::to_ndjson};
use serde_json::{Value, json};
use std::{cell::Cell, collections::BTreeMap};

const SEEDS: u64 = 100;
pub(crate) const JOB: &str = "job";
/// More lines than are done for one message.
const PASSES: usize = 27;
const PATCHES: usize = 3;

/// Sends nothing: the test repeats messages by itself.
pub(crate) struct Lost;

impl Queue for Lost {
    async fn send(&self, _: &[edgepass::message::Message]) {}
}

pub(crate) fn line(operation: &str, serial: &str, members: &Value) -> Value {
    let mut line = json!({ "op": operation, "passTypeIdentifier": PASS_TYPE, "serialNumber": serial });
    for (name, value) in members.as_object().unwrap() {
        line[name] = value.clone();
    }
    line
}

/// New passes, then some changes of each, which the line's place tells apart. Between them are lines of unknown passes, and
/// passes that are changed before they are made.
fn lines() -> Vec<Value> {
    let serial = |number: usize| format!("J-{number}");
    let mut lines: Vec<_> =
        (0..PASSES).map(|number| line("create", &serial(number), &json!({ "template": TEMPLATE }))).collect();
    for number in 0..PASSES {
        lines.push(line("withdraw", &format!("unknown-{number}"), &json!({})));
        let late = format!("late-{number}");
        lines.push(line("patch", &late, &json!({ "pass": { "logoText": "too early" } })));
        lines.push(line("create", &late, &json!({ "template": TEMPLATE })));
        for _ in 0..PATCHES {
            let logo = format!("line {}", lines.len() + 1);
            lines.push(line("patch", &serial(number % 5), &json!({ "pass": { "logoText": logo } })));
        }
    }
    lines
}

pub(crate) fn start(shop: &Shop, lines: &[Value]) {
    let maker = shop.maker("intake");
    let mut intake = Intake::new(&maker, JOB, "upload".to_owned(), Form::Ndjson, false);
    for piece in to_ndjson(lines).as_bytes().chunks(1000) {
        finished(intake.push(piece)).unwrap();
    }
    let taken = finished(intake.finish()).unwrap();
    assert_eq!(taken.problem(), None);
    assert_eq!(shop.serve(&StartJob::new(JOB.to_owned(), &taken, shop.now())).unwrap().status, 202);
}

/// Notes each version of each pass.
fn keep_history(shop: &Shop) {
    shop.execute(
        "CREATE TABLE history (number INTEGER PRIMARY KEY, serial TEXT, object_key TEXT);
         CREATE TRIGGER inserted AFTER INSERT ON passes BEGIN
            INSERT INTO history (serial, object_key) VALUES (NEW.serial, NEW.object_key); END;
         CREATE TRIGGER updated AFTER UPDATE OF object_key ON passes BEGIN
            INSERT INTO history (serial, object_key) VALUES (NEW.serial, NEW.object_key); END;",
    );
}

/// The texts that came onto each pass, in their order.
fn history(shop: &Shop) -> BTreeMap<String, Vec<String>> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for [serial, key] in shop.rows("SELECT json_array(serial, object_key) FROM history ORDER BY number") {
        let text = shop.pass_under(&key)["logoText"].as_str().unwrap_or_default().to_owned();
        texts.entry(serial).or_default().push(text);
    }
    texts
}

/// Does steps until another worker has taken over or the job is finished. A step that fails is repeated.
pub(crate) async fn consume(shop: &Shop, consumer: usize) {
    let attempt = Cell::new(0);
    loop {
        attempt.set(attempt.get() + 1);
        let name = format!("{consumer}-{}", attempt.get());
        let done = jobs::work(&shop.maker(&name), &JobMessage(JOB.to_owned()), &name, &Lost).await;
        if done.is_ok_and(|done| done.next == Next::Nothing) {
            return;
        }
        assert!(attempt.get() < 1000, "the job does not end");
    }
}

/// Works until the job is finished.
pub(crate) fn finish(shop: &Shop) {
    shop.fail(0);
    run_in_any_order([consume(shop, 9)], &Chance::new(0));
    let [state] = shop.rows("SELECT json_array(state) FROM jobs").remove(0);
    assert_eq!(state, "finished");
}

pub(crate) fn outcomes(shop: &Shop) -> Vec<Value> {
    let chunks = shop.rows("SELECT json_array(results_key) FROM job_chunks WHERE results_key IS NOT NULL ORDER BY first_line");
    let objects = chunks.into_iter().map(|[key]| String::from_utf8(shop.object(&key)).unwrap());
    let lines = objects.flat_map(|object| object.lines().map(str::to_owned).collect::<Vec<_>>());
    lines.map(|line| serde_json::from_str(&line).unwrap()).collect()
}

/// Each change came onto its pass once, in the order of the lines.
fn check_changes(shop: &Shop, lines: &[Value], seed: u64) {
    let history = history(shop);
    for number in 0..5 {
        let serial = format!("J-{number}");
        let of_pass = lines.iter().filter(|line| line["op"] == "patch" && line["serialNumber"] == serial);
        let expected: Vec<_> = of_pass.map(|line| line["pass"]["logoText"].as_str().unwrap()).collect();
        let of_job: Vec<_> = history[&serial].iter().filter(|text| text.starts_with("line")).collect();
        assert_eq!(of_job, expected, "seed {seed}: {serial}");
    }
}

#[test]
fn each_line_is_done_once_and_in_order_though_workers_stop_and_others_write() {
    let lines = lines();
    for seed in 0..SEEDS {
        let shop = Shop::open(seed, 0);
        keep_history(&shop);
        start(&shop, &lines);
        shop.fail(if seed % 3 == 0 { 0 } else { 4 });
        let chance = Chance::new(seed);
        let workers = (0..3).map(|worker| {
            let (shop, turns) = (&shop, chance.below(400) * worker);
            Box::pin(async move {
                pause(turns).await;
                consume(shop, worker).await;
            }) as Task<'_>
        });
        // The issuer changes the same member of the same passes meanwhile: a line that is done again would undo that.
        let issuer = Box::pin(async {
            for number in 0..40 {
                let patch = json!({ "logoText": format!("issuer {number}") });
                let _ = shop.patch_pass(&format!("J-{}", number % 5), &patch, number).await;
                pause(20).await;
            }
        }) as Task<'_>;
        run_in_any_order(workers.chain([issuer]), &chance);
        finish(&shop);
        check_changes(&shop, &lines, seed);
        let outcomes = outcomes(&shop);
        assert_eq!(outcomes.len(), lines.len(), "seed {seed}");
        for (place, (outcome, line)) in (1..).zip(outcomes.iter().zip(&lines)) {
            let status = match line["op"].as_str().unwrap() {
                "create" => 201,
                "patch" if line["pass"]["logoText"] != "too early" => 200,
                _ => 404,
            };
            assert_eq!((&outcome["line"], &outcome["status"]), (&json!(place), &json!(status)), "seed {seed}: {outcome}");
            assert_eq!(outcome["serialNumber"], line["serialNumber"]);
        }
        let [succeeded, failed] =
            shop.rows("SELECT json_array(CAST(succeeded AS TEXT), CAST(failed AS TEXT)) FROM jobs").remove(0);
        let unknown = 2 * PASSES;
        assert_eq!((succeeded, failed), ((lines.len() - unknown).to_string(), unknown.to_string()), "seed {seed}");
        assert_eq!(shop.rows::<1>("SELECT json_array(job) FROM job_outcomes"), [] as [[String; 1]; 0]);
        assert_eq!(shop.rows::<1>("SELECT json_array(serial) FROM push_jobs"), [] as [[String; 1]; 0]);
    }
}

#[test]
fn of_a_job_that_is_cancelled_each_line_has_an_outcome_or_no_effect() {
    let lines = lines();
    for seed in 0..SEEDS {
        let shop = Shop::open(seed, 0);
        keep_history(&shop);
        start(&shop, &lines);
        shop.fail(if seed % 2 == 0 { 0 } else { 4 });
        let turns = Chance::new(!seed).below(900);
        let workers = (0..2).map(|worker| Box::pin(consume(&shop, worker)) as Task<'_>);
        let cancel = Box::pin(async {
            pause(turns).await;
            while shop.serve_async(&CancelJob { job: JOB.to_owned(), now: shop.now() }).await.is_none() {}
        }) as Task<'_>;
        run_in_any_order(workers.chain([cancel]), &Chance::new(seed));
        finish(&shop);
        let done: BTreeMap<i64, Value> =
            outcomes(&shop).into_iter().map(|outcome| (outcome["line"].as_i64().unwrap(), outcome)).collect();
        let history = history(&shop);
        for (place, line) in (1..).zip(&lines) {
            let versions = history.get(line["serialNumber"].as_str().unwrap());
            let has_effect = match line["op"].as_str().unwrap() {
                "create" => versions.is_some(),
                "patch" => versions.is_some_and(|texts| texts.contains(&format!("line {place}"))),
                _ => continue,
            };
            let outcome = done.get(&place).map(|outcome| outcome["status"].as_i64().unwrap_or_default() < 300);
            assert_eq!(outcome.unwrap_or_default(), has_effect, "seed {seed}: line {place}");
        }
        let [state] = shop.rows("SELECT json_array(CAST(succeeded + failed AS TEXT)) FROM jobs").remove(0);
        assert_eq!(state, done.len().to_string(), "seed {seed}");
    }
}

#[test]
fn a_job_whose_message_got_lost_is_found_when_it_is_stale_and_not_before() {
    let shop = Shop::open(0, 0);
    start(&shop, &[line("withdraw", "unknown", &json!({}))]);
    let resumed = |seconds| finished(bulk::resume(shop.database(), shop.now() + seconds)).unwrap();
    assert_eq!(resumed(STALE_SECONDS), []);
    assert_eq!(resumed(STALE_SECONDS + 1), [JobMessage(JOB.to_owned())]);
    assert_eq!(resumed(STALE_SECONDS + 2), [], "it was sent again a second ago");
    finish(&shop);
    assert_eq!(resumed(10 * STALE_SECONDS), []);
}

fn objects(shop: &Shop) -> Vec<String> {
    shop.keys().into_iter().filter(|key| key.starts_with("jobs/")).collect()
}

const DAY: i64 = 86_400;

/// Sweeps the whole bucket.
fn sweep(shop: &Shop, now: i64) {
    while !finished(upkeep::sweep(shop.database(), shop.bucket(), now)).unwrap().finished {}
}

#[test]
fn a_job_is_deleted_with_its_objects_30_days_after_it_finished_and_not_before() {
    let shop = Shop::open(0, 0);
    start(&shop, &lines());
    finish(&shop);
    let delete = |days: i64| finished(bulk::delete_outdated(shop.database(), shop.bucket(), shop.now() + days * DAY)).unwrap();
    delete(29);
    sweep(&shop, shop.now() + 29 * DAY);
    sweep(&shop, shop.now() + 60 * DAY);
    assert_eq!(objects(&shop).len(), 3, "the lines, the outcomes, and these as CSV");
    assert_eq!(outcomes(&shop).len(), lines().len());
    delete(31);
    assert_eq!(objects(&shop), [] as [String; 0]);
    for table in ["jobs", "job_chunks", "job_outcomes"] {
        assert_eq!(shop.rows::<1>(&format!("SELECT json_array(job) FROM {table}")), [] as [[String; 1]; 0]);
    }
}

#[test]
fn objects_that_no_job_names_are_swept_and_those_of_a_job_are_not() {
    let shop = Shop::open(0, 0);
    let maker = shop.maker("intake");
    let mut crashed = Intake::new(&maker, "crashed", "upload".to_owned(), Form::Ndjson, false);
    finished(crashed.push(to_ndjson(&lines()).as_bytes())).unwrap();
    finished(crashed.finish()).unwrap();
    start(&shop, &lines());
    finish(&shop);
    assert_eq!(objects(&shop).len(), 4);
    sweep(&shop, shop.now());
    sweep(&shop, shop.now() + 31 * DAY);
    let left = objects(&shop);
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left.iter().all(|key| !key.contains("crashed")), "{left:?}");
}

#[test]
fn lines_that_are_refused_leave_no_objects() {
    let shop = Shop::open(0, 0);
    let maker = shop.maker("intake");
    let mut intake = Intake::new(&maker, JOB, "upload".to_owned(), Form::Ndjson, false);
    let good = line("withdraw", "S-1", &json!({})).to_string() + "\n";
    finished(intake.push(good.repeat(700).as_bytes())).unwrap();
    finished(intake.push(b"{}\n")).unwrap();
    assert_eq!(objects(&shop).len(), 1, "a chunk is stored as soon as it is full");
    let taken = finished(intake.finish()).unwrap();
    assert!(taken.problem().is_some());
    finished(intake.discard(Some(taken)));
    assert_eq!(objects(&shop), [] as [String; 0]);
}

#[test]
fn a_job_has_at_most_100_000_lines() {
    let shop = Shop::open(0, 0);
    let maker = shop.maker("intake");
    let good = line("withdraw", "S-1", &json!({})).to_string() + "\n";
    let take = |lines: usize| {
        let mut intake = Intake::new(&maker, JOB, "upload".to_owned(), Form::Ndjson, true);
        finished(intake.push(good.repeat(lines).as_bytes()))?;
        finished(intake.finish())
    };
    assert_eq!(take(100_000).unwrap().lines, 100_000);
    let Err(Error::ClientError(refusal)) = take(100_001) else { panic!("it was taken") };
    assert!(refusal.reason().contains("100,000"), "{}", refusal.reason());
}
