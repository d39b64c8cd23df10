//! Increments of one pass by many tills. Tills crash and storage fails. A till that gets no answer sends its request again with
//! the same key. In the end each increment counts once.

use crate::{
    schedule::{Task, crash_after, pause, run_in_any_order},
    shop::{SERIAL, Shop, finished},
};
use edgepass_support::chance::Chance;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet};

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
pub(crate) fn settle(shop: &Shop, name: &str) {
    shop.fail(0);
    finished(shop.apply_increments(7200, name)).unwrap();
    assert_eq!(shop.count("increments WHERE applied_at IS NULL"), 0, "{name}");
}

pub(crate) fn points_of(shop: &Shop) -> i64 {
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

/// A till crashes after so many turns. Returns the points that the increment gave once the cron trigger ran.
fn points_after_a_crash(turns: usize, meanwhile: impl FnOnce(&Shop)) -> Option<i64> {
    let shop = Shop::open_loyalty(0, 0);
    let patch = json!({ "storeCard": { "primaryFields": [{ "key": "points", "value": 50 }] } });
    assert_eq!(finished(shop.patch(&patch, 0)), Some(200));
    let change = json!({ "increment": { "points": 10 } });
    finished(crash_after(turns, shop.change(&change, "receipt".to_owned(), "till".to_owned())));
    let is_pending = shop.count("increments WHERE applied_at IS NULL") == 1;
    meanwhile(&shop);
    settle(&shop, "settle");
    is_pending.then(|| points_of(&shop))
}

#[test]
fn one_that_a_crash_left_is_added_to_what_a_patch_set() {
    let left: Vec<_> = (0..40).filter_map(|turns| points_after_a_crash(turns, |_| {})).collect();
    assert!(!left.is_empty() && left.iter().all(|points| *points == 60), "{left:?}");
    let republish = |shop: &Shop| finished(shop.remake(1));
    let left: Vec<_> = (0..40).filter_map(|turns| points_after_a_crash(turns, republish)).collect();
    assert!(!left.is_empty() && left.iter().all(|points| *points == 60), "{left:?}");
}

/// Sends two increments at once, in each order, and returns what they were told and the points.
fn two_at_once(first: i64, second: i64, seed: u64) -> (Vec<Option<u16>>, i64) {
    let shop = Shop::open_loyalty(seed, 0);
    let told = RefCell::new(Vec::new());
    let tills = [first, second].map(|delta| {
        let (shop, told) = (&shop, &told);
        Box::pin(async move {
            let change = json!({ "increment": { "points": delta } });
            let status = shop.change(&change, format!("till {delta}"), format!("till {delta}")).await;
            told.borrow_mut().push(status);
        }) as Task<'_>
    });
    run_in_any_order(tills, &Chance::new(seed));
    settle(&shop, &format!("settle-{seed}"));
    (told.into_inner(), points_of(&shop))
}

#[test]
fn of_two_that_have_too_many_digits_together_one_counts_and_the_other_is_refused() {
    let (first, second) = (999_999_999_999_990, 11);
    for seed in 0..SEEDS {
        let (mut told, points) = two_at_once(first, second, seed);
        told.sort_unstable();
        assert_eq!(told, [Some(200), Some(400)], "seed {seed}");
        assert!([first, second].contains(&points), "seed {seed}: {points}");
    }
}

#[test]
fn one_of_a_pass_that_is_withdrawn_meanwhile_is_applied_or_refused() {
    for seed in 0..SEEDS {
        let shop = Shop::open_loyalty(seed, 0);
        let told = RefCell::new(None);
        let till = Box::pin(async {
            let change = json!({ "increment": { "points": 10 } });
            *told.borrow_mut() = shop.change(&change, "receipt".to_owned(), "till".to_owned()).await;
        }) as Task<'_>;
        let withdraw = Box::pin(async {
            pause(Chance::new(!seed).below(20)).await;
            shop.withdraw(SERIAL).await;
        }) as Task<'_>;
        run_in_any_order([till, withdraw], &Chance::new(seed));
        let expected = if told.into_inner() == Some(200) { 10 } else { 0 };
        assert_eq!(points_of(&shop), expected, "seed {seed}");
        assert_eq!(shop.count("increments WHERE applied_at IS NULL"), 0, "seed {seed}");
    }
}
