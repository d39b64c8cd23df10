//! Passes that are made by several at once. Each call of storage lets the others go first, in the order of a seeded chance;
//! calls fail before or after they did what was asked. Whatever the order, no change that was acknowledged is lost.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so and ends"
)]

mod bulk;
mod bulk_ends;
mod certificates;
mod crashes;
mod creating;
#[path = "../simulation/faults.rs"]
mod faults;
mod increments;
mod republishing;
mod schedule;
mod shop;

use edgepass_support::chance::Chance;
use schedule::run_in_any_order;
use serde_json::{Value, json};
use shop::Shop;
use std::cell::{Cell, RefCell};

const SEEDS: u64 = 300;
const WRITERS: usize = 8;

/// The fields that were acknowledged, and those without an answer.
#[derive(Default)]
struct Told {
    acknowledged: Vec<usize>,
    refused: Vec<usize>,
}

/// `WRITERS` patches of different fields at once; what each was told.
fn patch_at_once(shop: &Shop, chance: &Chance) -> Told {
    let told = RefCell::new(Told::default());
    let writers = (0..WRITERS).map(|writer| {
        let told = &told;
        async move {
            let patch = json!({ "userInfo": { writer.to_string(): writer } });
            match shop.patch(&patch, writer).await {
                Some(200) => told.borrow_mut().acknowledged.push(writer),
                Some(409) => told.borrow_mut().refused.push(writer),
                Some(status) => panic!("{status}"),
                None => {}
            }
        }
    });
    run_in_any_order(writers, chance);
    told.into_inner()
}

/// Whether the pass has the field that a writer set.
fn has(pass: &Value, writer: usize) -> bool {
    pass["userInfo"][writer.to_string()] == json!(writer)
}

#[test]
fn of_patches_at_once_each_is_in_the_pass_or_refused() {
    let mut refused = 0;
    for seed in 0..SEEDS {
        let shop = Shop::open(seed, 0);
        let told = patch_at_once(&shop, &Chance::new(seed));
        let pass = shop.pass();
        for writer in 0..WRITERS {
            assert_eq!(told.acknowledged.contains(&writer), has(&pass, writer), "seed {seed}: {pass}");
        }
        assert_eq!(told.acknowledged.len() + told.refused.len(), WRITERS, "seed {seed}");
        refused += told.refused.len();
        shop.check_files();
    }
    assert!(refused < usize::try_from(SEEDS).unwrap(), "{refused} of all patches were refused");
}

#[test]
fn a_failing_storage_loses_no_patch_that_was_acknowledged() {
    for seed in 0..SEEDS {
        let shop = Shop::open(seed, 8);
        let told = patch_at_once(&shop, &Chance::new(seed));
        let pass = shop.pass();
        for writer in &told.acknowledged {
            assert!(has(&pass, *writer), "seed {seed}: {writer} was acknowledged: {pass}");
        }
        for writer in &told.refused {
            assert!(!has(&pass, *writer), "seed {seed}: {writer} was refused: {pass}");
        }
    }
}

#[test]
fn passes_are_made_while_their_identity_is_replaced() {
    for seed in 0..SEEDS {
        let shop = Shop::open(seed, 0);
        let orders = ["S-2", "S-3", "S-4"].map(|serial| {
            let shop = &shop;
            Box::pin(async move { assert_eq!(shop.order(serial).await, 201, "seed {seed}") }) as schedule::Task<'_>
        });
        let (second, since) = (Shop::another_identity(), Cell::new(0));
        let replace = Box::pin(async { since.set(shop.store_identity("the second", &second)) }) as schedule::Task<'_>;
        run_in_any_order(orders.into_iter().chain([replace]), &Chance::new(seed));
        let certificate = second.certificate_der();
        for serial in ["S-2", "S-3", "S-4"] {
            let signed_by_second = shop.file_of(serial).windows(certificate.len()).any(|part| part == certificate);
            let after = shop.row::<i64>("revision", serial) > since.get();
            assert_eq!(signed_by_second, after, "seed {seed}: {serial}");
        }
        shop.check_files();
    }
}

#[test]
fn a_patch_without_effect_is_kept_when_the_template_changes() {
    for seed in 0..SEEDS {
        let shop = Shop::open(seed, 0);
        let (pin_one, pin_other) = (json!({ "description": "the first" }), json!({ "organizationName": "the first" }));
        let effective = json!({ "userInfo": { "0": 0 } });
        if seed % 2 == 0 {
            shop.replace_template("the second");
        }
        let patches = [&pin_one, &pin_other, &effective].into_iter().enumerate().map(|(writer, patch)| {
            let shop = &shop;
            Box::pin(async move { assert_eq!(shop.patch(patch, writer).await, Some(200), "seed {seed}") }) as schedule::Task<'_>
        });
        let remake = Box::pin(shop.remake(0)) as schedule::Task<'_>;
        run_in_any_order(patches.chain([remake]), &Chance::new(seed));
        shop.replace_template("the third");
        shop::finished(shop.remake(1));
        let pass = shop.pass();
        assert_eq!(
            (&pass["description"], &pass["organizationName"], has(&pass, 0)),
            (&json!("the first"), &json!("the first"), true),
            "seed {seed}"
        );
        shop.check_files();
    }
}

#[test]
fn republishing_between_patches_loses_neither_the_template_s_change_nor_a_patch() {
    for seed in 0..SEEDS {
        let shop = Shop::open(seed, 0);
        shop.replace_template("the second");
        let told = RefCell::new(Vec::new());
        let patches = (0..3).map(|writer| {
            let (shop, told) = (&shop, &told);
            let patch = json!({ "userInfo": { writer.to_string(): writer } });
            Box::pin(async move {
                if shop.patch(&patch, writer).await == Some(200) {
                    told.borrow_mut().push(writer);
                }
            }) as schedule::Task<'_>
        });
        let remakes = (0..2).map(|number| Box::pin(shop.remake(number)) as schedule::Task<'_>);
        run_in_any_order(patches.chain(remakes), &Chance::new(seed));
        let pass = shop.pass();
        assert_eq!(pass["description"], "the second", "seed {seed}");
        for writer in told.into_inner() {
            assert!(has(&pass, writer), "seed {seed}: {writer} was acknowledged: {pass}");
        }
        shop.check_files();
    }
}
