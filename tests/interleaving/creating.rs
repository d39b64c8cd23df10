//! Passes that are made when somebody first asks for them: by several at once, beside writers, with crashes and failing
//! storage.

use crate::{
    schedule::{Task, crash_after, pause, run_in_any_order},
    shop::{Shop, TEMPLATE, address, finished},
};
use edgepass_support::chance::Chance;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};

const SEEDS: u64 = 100;
const OPENINGS: usize = 4;
const NEW: &str = "S-2";

/// The objects that the openings got.
#[derive(Default)]
struct Got(RefCell<Vec<String>>);

impl Got {
    /// Opens a link of the new pass.
    async fn open(&self, shop: &Shop, values: Value, unique: usize) {
        if let Ok(Some(file)) = shop.create_once(NEW, &values, &format!("opening-{unique}")).await {
            self.0.borrow_mut().push(file.object_key);
        }
    }

    /// Openings at once. Each is of another token, with points of its own.
    fn openings<'a>(&'a self, shop: &'a Shop) -> impl Iterator<Item = Task<'a>> {
        (0..OPENINGS).map(move |unique| Box::pin(self.open(shop, json!({ "points": unique }), unique)) as Task<'a>)
    }
}

/// Opens the link when all is over. The key of the object.
#[track_caller]
fn open_after(shop: &Shop) -> Option<String> {
    let opened = finished(shop.create_once(NEW, &json!({}), "after")).expect("storage works again");
    opened.map(|file| file.object_key)
}

fn own_values(shop: &Shop) -> Value {
    serde_json::from_str(&shop.row::<String>("field_values", NEW)).expect("values are JSON")
}

#[test]
fn of_openings_at_once_one_makes_the_pass_and_each_gets_it() {
    for seed in 0..SEEDS {
        let (shop, got) = (Shop::open_loyalty(seed, 0), Got::default());
        run_in_any_order(got.openings(&shop), &Chance::new(seed));
        let got = got.0.into_inner();
        assert_eq!(got.len(), OPENINGS, "seed {seed}");
        assert!(got.iter().all(|key| *key == shop.row::<String>("object_key", NEW)), "seed {seed}: {got:?}");
        assert_eq!(shop.count("retired_objects WHERE object_key LIKE '%S-2%'"), 0, "seed {seed}: it was made twice");
        shop.check_files();
    }
}

#[test]
fn failing_storage_leaves_no_pass_or_one_that_later_openings_get() {
    for seed in 0..SEEDS {
        let (shop, got) = (Shop::open_loyalty(seed, 12), Got::default());
        run_in_any_order(got.openings(&shop), &Chance::new(seed));
        shop.fail(0);
        let key = open_after(&shop).expect("nobody withdrew the pass");
        assert!(got.0.borrow().iter().all(|got| *got == key), "seed {seed}: {got:?} {key}", got = got.0.borrow());
        assert_eq!(shop.count("retired_objects WHERE object_key LIKE '%S-2%'"), 0, "seed {seed}: it was made twice");
    }
}

#[test]
fn a_crash_anywhere_leaves_no_pass_or_one_that_the_next_opening_gets() {
    let (mut without, mut with) = (0, 0);
    for turns in 0.. {
        let (shop, got) = (Shop::open_loyalty(0, 0), Got::default());
        let crashed = finished(crash_after(turns, got.open(&shop, json!({ "points": 1 }), 0))).is_none();
        let before = shop.count("passes WHERE serial = 'S-2'");
        let key = open_after(&shop).expect("nobody withdrew the pass");
        assert_eq!(shop.row::<i64>("revision", NEW), shop.newest_revision(), "{turns}");
        assert_eq!(shop.count("passes WHERE serial = 'S-2'"), 1);
        assert_eq!(shop.count("retired_objects WHERE object_key LIKE '%S-2%'"), 0, "{turns}: it was made twice");
        if !crashed {
            assert_eq!(got.0.into_inner(), [key]);
            break;
        }
        *(if before == 0 { &mut without } else { &mut with }) += 1;
    }
    assert!(without > 0 && with > 0, "no crash before, or none after the pass was stored: {without}, {with}");
}

#[test]
fn an_opening_never_overwrites_what_the_issuer_publishes() {
    for seed in 0..SEEDS {
        let (shop, got) = (Shop::open_loyalty(seed, 0), Got::default());
        let put = Box::pin(async {
            assert!(matches!(shop.order_with(NEW, &json!({ "points": 64 })).await, 200 | 201), "seed {seed}");
        }) as Task<'_>;
        run_in_any_order(got.openings(&shop).chain([put]), &Chance::new(seed));
        assert_eq!(got.0.borrow().len(), OPENINGS, "seed {seed}");
        assert_eq!(own_values(&shop), json!({ "points": 64 }), "seed {seed}");
        shop.check_files();
    }
}

#[test]
fn no_change_that_was_acknowledged_is_lost_to_an_opening() {
    let acknowledged = Cell::new(0);
    for seed in 0..SEEDS {
        let (shop, got) = (Shop::open_loyalty(seed, 0), Got::default());
        let told = RefCell::new(Vec::new());
        let (turns, told_ref, shop_ref) = (Chance::new(!seed), &told, &shop);
        let patches = (0..2).map(|writer| {
            let turns = turns.below(30);
            Box::pin(async move {
                pause(turns).await;
                let patch = json!({ "userInfo": { writer.to_string(): writer } });
                match shop_ref.patch_pass(NEW, &patch, writer).await {
                    Some(200) => told_ref.borrow_mut().push(writer),
                    other => assert_eq!(other, Some(404), "seed {seed}"),
                }
            }) as Task<'_>
        });
        run_in_any_order(got.openings(&shop).chain(patches), &Chance::new(seed));
        let pass = shop.pass_of(NEW);
        for writer in told.borrow().iter() {
            assert_eq!(pass["userInfo"][writer.to_string()], json!(writer), "seed {seed}: {pass}");
        }
        acknowledged.set(acknowledged.get() + told.borrow().len());
        shop.check_files();
    }
    assert!(acknowledged.get() > 20, "hardly a patch met the pass: {acknowledged:?}");
}

#[test]
fn what_is_withdrawn_stays_withdrawn() {
    let withdrawals = Cell::new(0);
    for seed in 0..SEEDS {
        let (shop, got) = (Shop::open_loyalty(seed, 0), Got::default());
        let (turns, is_withdrawn) = (Chance::new(!seed).below(40), Cell::new(false));
        let withdraw = Box::pin(async {
            pause(turns).await;
            is_withdrawn.set(shop.try_withdraw(NEW).await == 204);
        }) as Task<'_>;
        run_in_any_order(got.openings(&shop).chain([withdraw]), &Chance::new(seed));
        assert_eq!(open_after(&shop).is_none(), is_withdrawn.get(), "seed {seed}");
        withdrawals.set(withdrawals.get() + u32::from(is_withdrawn.get()));
        shop.check_files();
    }
    assert!(withdrawals.get() > 20, "hardly a withdrawal met the pass: {withdrawals:?}");
}

#[test]
fn a_pass_made_while_its_template_is_replaced_and_its_passes_are_made_again_is_of_the_new_one() {
    for seed in 0..SEEDS {
        let (shop, got) = (Shop::open(seed, 0), Got::default());
        let turns = Chance::new(!seed).below(20);
        let replace = Box::pin(async {
            pause(turns).await;
            shop.replace_template("the second");
            shop.maker("remake").remake(&address(NEW), TEMPLATE).await.expect("storage works");
        }) as Task<'_>;
        let openings = (0..OPENINGS).map(|unique| Box::pin(got.open(&shop, json!({}), unique)) as Task<'_>);
        run_in_any_order(openings.chain([replace]), &Chance::new(seed));
        assert_eq!(shop.pass_of(NEW)["description"], "the second", "seed {seed}");
        shop.check_files();
    }
}
