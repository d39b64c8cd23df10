//! Jobs that are cancelled while lines add to values, jobs whose lines are lost, and the size of what a job stores.

use crate::{
    bulk::{JOB, Lost, consume, finish, line, outcomes, start},
    increments::settle,
    schedule::{Task, crash_after, pause, run_in_any_order},
    shop::{PASS_TYPE, SERIAL, Shop, TEMPLATE, finished},
};
use edgepass::{
    http::Body,
    issuer::{
        bulk::{self, CancelJob, ChangeByFilter, JobMessage, StartJob},
        make::PassMaker,
    },
    jobs,
    storage::Objects,
};
use edgepass_support::chance::Chance;
use serde_json::{Value, json};

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

/// The worker stops after any step, and the issuer gives the identifier to another pass.
#[test]
fn a_line_by_external_identifier_stays_with_the_pass_that_had_it_when_the_job_was_sent() {
    for turns in 0..60 {
        let shop = Shop::open_loyalty(0, 0);
        assert_eq!(finished(shop.order_with("S-2", &json!({}))), 201);
        shop.execute("UPDATE passes SET external_id = 'K-1' WHERE serial = 'S-2'");
        start(&shop, &[json!({ "op": "patch", "externalId": "K-1", "increment": { "points": 1 } })]);
        finished(crash_after(turns, consume(&shop, 0)));
        shop.execute(&format!("UPDATE passes SET external_id = iif(serial = '{SERIAL}', 'K-1', NULL)"));
        settle(&shop, "settle");
        finish(&shop);
        assert_eq!((points(&shop, SERIAL), points(&shop, "S-2")), (0, 1), "after {turns} turns");
        let outcome = &outcomes(&shop)[0];
        assert_eq!((&outcome["serialNumber"], &outcome["externalId"]), (&json!("S-2"), &json!("K-1")), "{outcome}");
    }
}

/// The identifier, the depth and the numbers of a line survive being stored, in each chunk.
#[test]
fn lines_by_external_identifier_are_stored_whole_in_each_chunk() {
    let (shop, id) = (Shop::open(0, 0), r#"K "1" \ [] ü"#);
    shop.execute(&format!("UPDATE passes SET external_id = '{id}'"));
    let deep = (0..29).fold(json!(1), |within, _| json!([within]));
    let number: Value = serde_json::from_str("0.10000000000000000000000000000000001").unwrap();
    // As deep as a line may be, and with as many values, which are too many for a pass.
    let (own, many) = (json!({ "deep": deep, "number": number }), json!({ "many": vec![0; 9_993] }));
    let mut lines = vec![json!({ "op": "withdraw", "externalId": "nobody" }); 500];
    lines.extend([&many, &own].map(|own| json!({ "op": "patch", "externalId": id, "pass": { "userInfo": own } })));
    start(&shop, &lines);
    finish(&shop);
    let outcomes = outcomes(&shop);
    let (unknown, known) = outcomes.split_at(500);
    assert!(unknown.iter().all(|outcome| outcome["status"] == 404 && outcome["externalId"] == "nobody"));
    let statuses: Vec<_> = known.iter().map(|outcome| (&outcome["status"], &outcome["externalId"])).collect();
    assert_eq!(statuses, [(&json!(400), &json!(id)), (&json!(200), &json!(id))], "{known:?}");
    assert_eq!(shop.pass()["userInfo"], own);
}

#[test]
fn a_change_by_filter_of_a_pass_with_an_external_identifier_may_be_as_deep_as_any() {
    let shop = Shop::open(0, 0);
    shop.execute("UPDATE passes SET external_id = 'K-1'");
    let deep = (0..28).fold(json!(1), |within, _| json!([within]));
    let change =
        json!({ "filter": { "template": TEMPLATE }, "pass": { "userInfo": { "deep": deep, "many": vec![0; 9_900] } } });
    start_by_filter(&shop, &change);
    finish(&shop);
    assert_eq!((&outcomes(&shop)[0]["status"], &outcomes(&shop)[0]["externalId"]), (&json!(200), &json!("K-1")));
}

fn parse(change: &Value) -> ChangeByFilter {
    ChangeByFilter::parse(change.to_string().as_bytes(), true).unwrap()
}

fn start_by_filter(shop: &Shop, change: &Value) {
    let start = StartJob::by_filter(JOB.to_owned(), &parse(change), shop.now());
    assert_eq!(shop.serve(&start).unwrap().status, 202);
}

fn preview(shop: &Shop, filter: &Value) -> Value {
    let change = parse(&json!({ "filter": filter, "message": "Hello" }));
    let maker = PassMaker { dry_run: true, ..shop.maker("preview") };
    let Body::Text(json) = finished(bulk::preview(&maker, &change)).unwrap().body else { panic!("no JSON") };
    serde_json::from_str(&json).unwrap()
}

#[test]
fn a_dry_run_counts_up_to_1000_passes_and_finds_one_behind_many_others() {
    let shop = Shop::open_loyalty(0, 0);
    shop.execute(
        "CREATE TABLE copies AS
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20500)
            SELECT p.* FROM passes AS p CROSS JOIN numbers;
         UPDATE copies SET serial = 'A-' || rowid;
         INSERT INTO passes SELECT * FROM copies;
         UPDATE passes SET field_values = '{\"points\":7}' WHERE serial IN ('A-5', 'S-1')",
    );
    let found = preview(&shop, &json!({ "template": TEMPLATE, "fields": { "points": 7 } }));
    assert_eq!((&found["passes"], &found["more"]), (&json!(2), &json!(false)), "{found}");
    let all = preview(&shop, &json!({ "template": TEMPLATE }));
    assert_eq!((&all["passes"], &all["more"], &all["first"]["serialNumber"]), (&json!(1000), &json!(true), &json!("A-1")));
}

#[test]
fn a_dry_run_needs_no_more_than_the_job_of_a_pass_whose_file_is_lost() {
    let shop = Shop::open_loyalty(0, 0);
    let files = shop.keys().into_iter().filter(|key| key.ends_with(".pkpass")).collect::<Vec<_>>();
    finished(shop.bucket().delete(&files)).unwrap();
    let filter = json!({ "template": TEMPLATE });
    assert_eq!(preview(&shop, &filter)["first"]["status"], 200);
    start_by_filter(&shop, &json!({ "filter": filter, "message": "Hello" }));
    finish(&shop);
    assert_eq!(outcomes(&shop)[0]["status"], 200);
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
    start_by_filter(&shop, &change);
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
