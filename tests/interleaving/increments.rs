//! Increments of one pass by many tills. Tills crash and storage fails. A till that gets no answer sends its request again with
//! the same key. In the end each increment counts once.

use crate::{
    schedule::{Task, crash_after, pause, run_in_any_order},
    shop::{SERIAL, Shop, finished},
};
use edgepass::jobs::Applied;
use edgepass_support::chance::Chance;
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    collections::BTreeSet,
    task::{Context, Poll, Waker},
};

const SEEDS: u64 = 120;
const TILLS: usize = 8;

/// The receipts of each till.
const RECEIPTS: usize = 2;

/// The points that a receipt gives: another sum for each set of receipts.
fn points(receipt: usize) -> i64 {
    1 << receipt
}

/// What the tills were told, by receipt.
#[derive(Default)]
struct Told {
    counted: BTreeSet<usize>,
    refused: BTreeSet<usize>,
}

/// How often an attempt is polled until it crashes. Some do.
fn turns(crashes: &Chance) -> usize {
    if crashes.percent(20) { crashes.below(12) } else { usize::MAX }
}

/// Sends a receipt until there is an answer.
async fn send(shop: &Shop, (seed, receipt): (u64, usize), crashes: &Chance, told: &RefCell<Told>) {
    let change = match receipt % 3 {
        0 => json!({ "increment": { "points": points(receipt) }, "values": { "level": format!("receipt {receipt}") } }),
        _ => json!({ "increment": { "points": points(receipt) } }),
    };
    for attempt in 0.. {
        let (key, unique) = (format!("receipt {receipt}"), format!("{seed}-{receipt}-{attempt}"));
        match crash_after(turns(crashes), shop.change(&change, key, unique)).await.flatten() {
            Some(200 | 202) => _ = told.borrow_mut().counted.insert(receipt),
            Some(409) => _ = told.borrow_mut().refused.insert(receipt),
            Some(status) => panic!("{status}"),
            None => continue,
        }
        return;
    }
}

/// Sends the receipts, while others change the same pass.
fn send_at_once(shop: &Shop, seed: u64, receipts: impl Iterator<Item = usize>) -> Told {
    let (crashes, order, told) = (Chance::new(!seed), Chance::new(seed ^ 0xC0), RefCell::default());
    let tills = receipts.map(|receipt| Box::pin(send(shop, (seed, receipt), &crashes, &told)) as Task<'_>);
    let patch = Box::pin(async {
        let patch = json!({ "userInfo": { "patched": true } });
        let _ = shop.patch(&patch, usize::try_from(seed).unwrap()).await;
    }) as Task<'_>;
    let republish = Box::pin(async {
        pause(crashes.below(30)).await;
        let _ = shop.try_remake(&format!("remake-{seed}")).await;
    }) as Task<'_>;
    let cron = Box::pin(async {
        pause(crashes.below(60)).await;
        let _ = shop.apply_increments(crashes.below(120), &format!("cron-{seed}")).await;
    }) as Task<'_>;
    run_in_any_order(tills.chain([patch, republish, cron]), &order);
    told.into_inner()
}

/// The cron trigger runs an hour later, without faults. Then nothing is pending.
fn settle(shop: &Shop, name: &str) {
    shop.fail(0);
    finished(shop.apply_increments(7200, name)).unwrap();
    assert_eq!(shop.count("increments WHERE applied_at IS NULL"), 0, "{name}");
}

fn points_of(shop: &Shop) -> i64 {
    shop.pass()["storeCard"]["primaryFields"][0]["value"].as_i64().unwrap()
}

fn sum<'a>(receipts: impl IntoIterator<Item = &'a usize>) -> i64 {
    receipts.into_iter().map(|receipt| points(*receipt)).sum()
}

fn values(shop: &Shop) -> Value {
    serde_json::from_str(&shop.row::<String>("field_values", SERIAL)).unwrap()
}

#[test]
fn without_faults_all_count_and_none_is_refused() {
    for seed in 0..SEEDS {
        let shop = Shop::open_loyalty(seed, 0);
        let told = send_at_once(&shop, seed, 0..TILLS * RECEIPTS);
        assert_eq!(told.refused, BTreeSet::new(), "seed {seed}");
        settle(&shop, &format!("settle-{seed}"));
        assert_eq!(points_of(&shop), sum(&told.counted), "seed {seed}");
        assert_eq!(values(&shop)["points"], points_of(&shop), "seed {seed}");
        assert_eq!(shop.pass()["userInfo"]["patched"], true, "seed {seed}");
    }
}

#[test]
fn whatever_fails_each_increment_that_was_acknowledged_counts_once_and_no_other() {
    let mut counted = 0;
    for seed in 0..SEEDS {
        let shop = Shop::open_loyalty(seed, 8);
        let told = send_at_once(&shop, seed, 0..TILLS * RECEIPTS);
        settle(&shop, &format!("settle-{seed}"));
        assert_eq!(points_of(&shop), sum(&told.counted), "seed {seed}: {:?} refused", told.refused);
        counted += told.counted.len();
    }
    let all = usize::try_from(SEEDS).unwrap() * TILLS * RECEIPTS;
    assert!(counted * 10 > all * 9, "only {counted} of {all} counted");
}

#[test]
fn what_a_restore_undid_counts_once_when_it_is_sent_again() {
    for seed in 0..SEEDS {
        let mut shop = Shop::open_loyalty(seed, 5);
        let before = send_at_once(&shop, seed, 0..TILLS);
        shop.fail(0);
        let snapshot = shop.snapshot();
        shop.fail(5);
        let _ = send_at_once(&shop, seed + SEEDS, TILLS..2 * TILLS);
        shop.fail(0);
        shop.restore(&snapshot);
        assert!(points_of(&shop) <= sum(&before.counted), "seed {seed}: the restore undid nothing");
        // Nobody knows which receipts the restore undid, so all tills send all of them again.
        let again = send_at_once(&shop, seed + 2 * SEEDS, before.counted.iter().copied().chain(TILLS..2 * TILLS));
        settle(&shop, &format!("settle-{seed}"));
        assert_eq!(points_of(&shop), sum(before.counted.union(&again.counted)), "seed {seed}");
    }
}

#[test]
fn increments_that_cancel_each_other_out_are_each_applied_once() {
    for seed in 0..SEEDS {
        let shop = Shop::open_loyalty(seed, 8);
        let crashes = Chance::new(!seed);
        let tills = (0..TILLS).map(|till| {
            let (shop, crashes) = (&shop, &crashes);
            Box::pin(async move {
                let delta = if till % 2 == 0 { 10 } else { -10 };
                let change = json!({ "increment": { "points": delta } });
                for attempt in 0.. {
                    let sent = shop.change(&change, format!("till {till}"), format!("{till}-{attempt}"));
                    if crash_after(turns(crashes), sent).await.flatten().is_some() {
                        return;
                    }
                }
            }) as Task<'_>
        });
        run_in_any_order(tills, &Chance::new(seed));
        settle(&shop, &format!("settle-{seed}"));
        let applied = shop.count("increments WHERE deltas LIKE '%:10}'") - shop.count("increments WHERE deltas LIKE '%-10}'");
        assert_eq!(points_of(&shop), 10 * applied, "seed {seed}");
    }
}

#[test]
fn a_value_that_is_set_at_once_with_increments_comes_before_or_after_each() {
    for seed in 0..SEEDS {
        let shop = Shop::open_loyalty(seed, 0);
        let statuses = RefCell::new(Vec::new());
        let changes = [
            json!({ "values": { "points": 1000 } }),
            json!({ "increment": { "points": 1 } }),
            json!({ "increment": { "points": 2 } }),
        ];
        let tasks = changes.iter().enumerate().map(|(number, change)| {
            let (shop, statuses) = (&shop, &statuses);
            Box::pin(async move {
                let status = shop.change(change, format!("key {number}"), number.to_string()).await;
                statuses.borrow_mut().push(status);
            }) as Task<'_>
        });
        run_in_any_order(tasks, &Chance::new(seed));
        assert_eq!(statuses.into_inner(), [Some(200); 3], "seed {seed}");
        assert!((1000..=1003).contains(&points_of(&shop)), "seed {seed}: {}", points_of(&shop));
        assert_eq!(shop.count("increments WHERE applied_at IS NULL"), 0);
    }
}

#[test]
fn one_that_crashed_is_found_by_the_cron_trigger_after_a_minute_and_not_before() {
    let shop = Shop::open_loyalty(0, 0);
    let change = json!({ "increment": { "points": 5 } });
    let mut turns = 0;
    // The first crash that leaves a row which is not applied.
    while shop.count("increments") == 0 {
        turns += 1;
        let _ = finished(crash_after(turns, shop.change(&change, "the key".to_owned(), turns.to_string())));
    }
    assert_eq!((points_of(&shop), shop.count("increments WHERE applied_at IS NULL")), (0, 1));
    for (seconds, made) in [(59, 0), (60, 0), (61, 1), (62, 0)] {
        let applied = finished(shop.apply_increments(seconds, &format!("cron-{seconds}"))).unwrap();
        assert_eq!(applied, Applied { made, failed: 0 }, "{seconds}");
    }
    assert_eq!(points_of(&shop), 5);
    assert_eq!(finished(shop.change(&change, "the key".to_owned(), "again".to_owned())), Some(200));
    assert_eq!(points_of(&shop), 5);
}

#[test]
fn a_new_version_of_the_pass_ends_what_is_pending() {
    let shop = Shop::open_loyalty(0, 0);
    let change = json!({ "increment": { "points": 5 } });
    let mut turns = 0;
    while shop.count("increments") == 0 {
        turns += 1;
        let _ = finished(crash_after(turns, shop.change(&change, "the key".to_owned(), turns.to_string())));
    }
    assert_eq!(finished(shop.order_with(SERIAL, &json!({ "points": 64 }))), 200);
    settle(&shop, "settle");
    assert_eq!(points_of(&shop), 64, "the request did not get an answer before the pass was made anew");
}

#[test]
fn increments_are_forgotten_a_day_after_they_were_applied() {
    let shop = Shop::open_loyalty(0, 0);
    for till in 0..3 {
        let key = format!("till {till}");
        let change = json!({ "increment": { "points": 1 } });
        assert_eq!(finished(shop.change(&change, key.clone(), key)), Some(200));
    }
    for (seconds, left) in [(0, 3), (86_400, 3), (2 * 86_400 + 1, 0)] {
        shop.sweep_increments(seconds);
        assert_eq!(shop.count("increments"), left, "{seconds}");
    }
}

/// Carries out a change while another writer publishes before each of its steps.
fn change_overtaken(shop: &Shop, change: &Value) -> Option<u16> {
    let mut sent = Box::pin(shop.change(change, "the key".to_owned(), "overtaken".to_owned()));
    let mut context = Context::from_waker(Waker::noop());
    for step in 0.. {
        shop.overtake(step);
        if let Poll::Ready(status) = sent.as_mut().poll(&mut context) {
            return status;
        }
    }
    None
}

#[test]
fn one_that_is_overtaken_again_and_again_is_202_and_counts() {
    let shop = Shop::open_loyalty(0, 0);
    let add = json!({ "increment": { "points": 5 } });
    assert_eq!(change_overtaken(&shop, &add), Some(202));
    settle(&shop, "settle");
    assert_eq!(points_of(&shop), 5);
    assert_eq!(finished(shop.change(&add, "the key".to_owned(), "again".to_owned())), Some(200));
    assert_eq!(points_of(&shop), 5);
}

#[test]
fn one_with_values_that_is_overtaken_again_and_again_is_409_and_changes_nothing() {
    let shop = Shop::open_loyalty(0, 0);
    let change = json!({ "increment": { "points": 5 }, "values": { "level": "Gold" } });
    assert_eq!(change_overtaken(&shop, &change), Some(409));
    assert_eq!(shop.count("increments"), 0);
    settle(&shop, "settle");
    assert_eq!(points_of(&shop), 0);
}

#[test]
fn values_that_phones_do_not_see_are_not_lost_either() {
    for seed in 0..SEEDS {
        let shop = Shop::open_loyalty(seed, 0);
        // As the template has it: a change of the row alone, with the same file.
        let changes = [
            json!({ "values": { "level": "none" } }),
            json!({ "increment": { "points": 1 } }),
            json!({ "increment": { "points": 2 } }),
        ];
        let tasks = changes.iter().enumerate().map(|(number, change)| {
            let shop = &shop;
            Box::pin(async move {
                let status = shop.change(change, format!("key {number}"), number.to_string()).await;
                assert_eq!(status, Some(200), "seed {seed}");
            }) as Task<'_>
        });
        run_in_any_order(tasks, &Chance::new(seed));
        assert_eq!(values(&shop), json!({ "level": "none", "points": 3 }), "seed {seed}");
    }
}
