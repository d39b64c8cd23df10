//! Jobs that are cancelled while lines add to values, jobs whose lines are lost, and the size of what a job stores.

use crate::{
    bulk::{JOB, Lost, consume, finish, line, outcomes, start},
    increments::settle,
    schedule::{Task, crash_after, pause, run_in_any_order},
    shop::{PASS_TYPE, SERIAL, Shop, TEMPLATE, finished},
};
use edgepass::{
    issuer::bulk::{CancelJob, ChangeByFilter, JobMessage, StartJob},
    jobs,
    storage::Objects,
};
use edgepass_support::chance::Chance;
use serde_json::json;

const SEEDS: u64 = 150;
const LINES: usize = 6;

async fn cancel(shop: &Shop) {
    while shop.serve_async(&CancelJob { job: JOB.to_owned(), now: shop.now() }).await.is_none() {}
}

fn points(shop: &Shop, serial: &str) -> i64 {
    shop.pass_of(serial)["storeCard"]["primaryFields"][0]["value"].as_i64().unwrap()
}

#[test]
fn of_a_job_that_is_cancelled_each_increment_has_an_outcome_or_is_not_added() {
    let mut cut_off = 0;
    for seed in 0..SEEDS {
        let shop = Shop::open_loyalty(seed, 0);
        assert_eq!(finished(shop.order_with("S-2", &json!({}))), 201);
        let add = json!({ "increment": { "points": 1 } });
        let lines: Vec<_> = (0..LINES).map(|number| line("patch", [SERIAL, "S-2"][number % 2], &add)).collect();
        start(&shop, &lines);
        shop.fail(if seed % 2 == 0 { 0 } else { 4 });
        let workers = (0..2).map(|worker| Box::pin(consume(&shop, worker)) as Task<'_>);
        let turns = Chance::new(!seed).below(90);
        let cancel = Box::pin(async {
            pause(turns).await;
            cancel(&shop).await;
        }) as Task<'_>;
        run_in_any_order(workers.chain([cancel]), &Chance::new(seed));
        finish(&shop);
        settle(&shop, &format!("settle-{seed}"));
        let counted = outcomes(&shop).iter().filter(|outcome| outcome["status"] == 200).count();
        assert_eq!(points(&shop, SERIAL) + points(&shop, "S-2"), i64::try_from(counted).unwrap(), "seed {seed}");
        cut_off += usize::from(counted < LINES);
    }
    assert!(cut_off > 10, "only {cut_off} jobs were cut off");
}

/// The worker stops after any step, the cron trigger applies the increment, and the queue rests for two days.
#[test]
fn a_job_that_goes_on_after_days_adds_to_no_value_twice() {
    for turns in 0..60 {
        let shop = Shop::open_loyalty(0, 0);
        start(&shop, &[line("patch", SERIAL, &json!({ "increment": { "points": 1 } }))]);
        finished(crash_after(turns, consume(&shop, 0)));
        settle(&shop, "settle");
        shop.sweep_increments(2 * 86_400);
        finish(&shop);
        assert_eq!(points(&shop, SERIAL), 1, "after {turns} turns");
        shop.sweep_increments(4 * 86_400);
        assert_eq!(shop.count("increments"), 0, "after {turns} turns");
    }
}

#[test]
fn a_job_whose_lines_are_lost_ends_and_says_so() {
    for is_cancelled in [false, true] {
        let shop = Shop::open(0, 0);
        start(&shop, &[line("withdraw", SERIAL, &json!({})), line("withdraw", "S-2", &json!({}))]);
        let lines = shop.keys().into_iter().filter(|key| key.starts_with("jobs/")).collect::<Vec<_>>();
        finished(shop.bucket().delete(&lines)).unwrap();
        if is_cancelled {
            finished(cancel(&shop));
        }
        finish(&shop);
        let found: Vec<_> = outcomes(&shop).iter().map(|outcome| outcome["status"].clone()).collect();
        assert_eq!(found, if is_cancelled { vec![] } else { vec![json!(409), json!(409)] });
    }
}

#[test]
fn the_chunks_of_a_change_by_filter_stay_small_and_no_pass_is_left_out() {
    let shop = Shop::open(0, 0);
    (0..11).for_each(|number| shop.make(&format!("B-{number}")));
    let change = json!({ "filter": { "passTypeIdentifier": PASS_TYPE }, "pass": { "userInfo": { "x": "y".repeat(250_000) } } });
    let change = ChangeByFilter::parse(change.to_string().as_bytes(), true).unwrap();
    assert_eq!(shop.serve(&StartJob::by_filter(JOB.to_owned(), &change, shop.now())).unwrap().status, 202);
    finished(jobs::work(&shop.maker("first"), &JobMessage(JOB.to_owned()), "first", &Lost)).unwrap();
    let chunks = shop.rows("SELECT json_array(lines_key) FROM job_chunks");
    assert!(chunks.into_iter().all(|[key]| shop.object(&key).len() < 2_000_000));
    finish(&shop);
    assert_eq!(outcomes(&shop).iter().filter(|outcome| outcome["status"] == 200).count(), 12);
}

#[test]
fn a_change_by_filter_is_refused_if_it_leaves_no_room_for_an_address() {
    let change = |bytes: usize| {
        let body = json!({ "filter": { "template": TEMPLATE }, "pass": { "userInfo": { "x": "y".repeat(bytes) } } });
        ChangeByFilter::parse(body.to_string().as_bytes(), true)
    };
    assert!(change(260_000).is_ok());
    assert!(change(261_900).is_err());
}

#[test]
fn outcomes_leave_the_values_of_passes_out() {
    let shop = Shop::open_loyalty(0, 0);
    let values = json!({ "template": TEMPLATE, "values": { "level": "\"".repeat(60_000) } });
    start(&shop, &(0..3).map(|number| line("create", &format!("B-{number}"), &values)).collect::<Vec<_>>());
    finish(&shop);
    assert!(outcomes(&shop).iter().all(|outcome| outcome["status"] == 201 && outcome.to_string().len() < 2000));
}
