//! Runs that make all passes of a template again, by consumers that fail, and that get messages twice or never.

use crate::{
    schedule::{Task, pause, run_in_any_order},
    shop::{Shop, TEMPLATE},
};
use edgepass::{
    http::Body,
    issuer::republish::{RepublishMessage, STALE_SECONDS, ShowProgress, StartRepublishing},
    jobs::{self, Queue},
};
use edgepass_support::chance::Chance;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};

const SEEDS: u64 = 40;
const PASSES: usize = 23;

/// A shop with many passes, and a newer template.
fn shop(seed: u64) -> Shop {
    let shop = Shop::open(seed, 0);
    for number in 2..=PASSES {
        shop.make(&format!("S-{number}"));
    }
    shop.replace_template("the second");
    shop
}

fn start(shop: &Shop, run: &str) -> RepublishMessage {
    let start = StartRepublishing { template: TEMPLATE.to_owned(), run: run.to_owned(), now: shop.now() };
    assert_eq!(shop.serve(&start).unwrap().status, 202);
    start.message()
}

/// The messages that a consumer sent.
#[derive(Default)]
struct Sent(RefCell<Vec<edgepass::message::Message>>);

impl Queue for Sent {
    async fn send(&self, messages: &[edgepass::message::Message]) {
        self.0.borrow_mut().extend_from_slice(messages);
    }
}

/// Consumes a message and the messages that it leads to. A message whose work fails comes again.
async fn consume(shop: &Shop, message: &RepublishMessage, consumer: usize) {
    let attempt = Cell::new(0);
    loop {
        attempt.set(attempt.get() + 1);
        let (maker, sent) = (shop.maker(&format!("{consumer}-{}", attempt.get())), Sent::default());
        let done = jobs::republish(&maker, message, &sent).await == Ok(true);
        if done && !sent.0.borrow().contains(&message.to_message()) {
            return;
        }
    }
}

fn progress(shop: &Shop) -> Value {
    let reply = shop.serve(&ShowProgress { template: TEMPLATE.to_owned() }).unwrap();
    let Body::Text(body) = reply.body else { panic!("no body") };
    serde_json::from_str(&body).unwrap()
}

#[test]
fn each_pass_is_made_again_and_counted_once_though_messages_come_twice_and_storage_fails() {
    for seed in 0..SEEDS {
        let shop = shop(seed);
        let message = start(&shop, "run");
        shop.fail(if seed % 2 == 0 { 0 } else { 3 });
        let consumers = (0..2).map(|consumer| consume(&shop, &message, consumer));
        run_in_any_order(consumers, &Chance::new(seed));
        shop.fail(0);
        let progress = progress(&shop);
        assert_eq!(progress["state"], "finished", "seed {seed}: {progress}");
        assert_eq!((&progress["total"], &progress["done"]), (&json!(PASSES), &json!(PASSES)), "seed {seed}");
        assert_eq!(progress["failed"], 0, "seed {seed}: {progress}");
        for number in 1..=PASSES {
            assert_eq!(shop.pass_of(&format!("S-{number}"))["description"], "the second", "seed {seed}");
        }
    }
}

#[test]
fn a_run_whose_message_got_lost_is_found_when_it_is_stale_and_not_before() {
    let shop = shop(0);
    let message = start(&shop, "run");
    assert_eq!(shop.resumed(STALE_SECONDS), []);
    assert_eq!(shop.resumed(STALE_SECONDS + 1), std::slice::from_ref(&message));
    assert_eq!(shop.resumed(STALE_SECONDS + 2), [], "it was sent again a second ago");
    run_in_any_order([consume(&shop, &message, 0)], &Chance::new(0));
    assert_eq!(shop.resumed(10 * STALE_SECONDS), []);
}

#[test]
fn messages_of_a_run_that_was_replaced_do_nothing() {
    let shop = shop(0);
    let (old, new) = (start(&shop, "old"), start(&shop, "new"));
    run_in_any_order([consume(&shop, &old, 0)], &Chance::new(0));
    assert_eq!(progress(&shop)["done"], 0);
    run_in_any_order([consume(&shop, &new, 1)], &Chance::new(0));
    assert_eq!(progress(&shop)["changed"], PASSES);
}

#[test]
fn a_message_reads_as_it_was_written_and_others_are_none() {
    let message = RepublishMessage { template: "card".to_owned(), run: "r\"1".to_owned() };
    assert_eq!(RepublishMessage::parse(&message.to_json()), Some(message));
    for other in ["", "{}", "[]", r#"["republish","card"]"#, r#"["push","card","r"]"#] {
        assert_eq!(RepublishMessage::parse(other), None, "{other}");
    }
}

#[test]
fn a_pass_made_while_its_template_is_replaced_and_republished_is_of_the_new_one() {
    for seed in 0..SEEDS {
        let shop = Shop::open(seed, 0);
        let make = async { assert_eq!(shop.order("S-0").await, 201) };
        let republish = async {
            shop.replace_template("the second");
            consume(&shop, &start(&shop, "run"), 0).await;
        };
        let tasks: [Task<'_>; 2] = [Box::pin(make), Box::pin(republish)];
        run_in_any_order(tasks, &Chance::new(seed));
        for serial in ["S-0", "S-1"] {
            assert_eq!(shop.pass_of(serial)["description"], "the second", "seed {seed}: {serial}");
        }
    }
}

#[test]
fn what_is_withdrawn_while_a_run_is_under_way_stays_withdrawn() {
    for seed in 0..SEEDS {
        let shop = shop(seed);
        let message = start(&shop, "run");
        let withdrawn: Vec<_> = (1..=PASSES).map(|number| format!("S-{number}")).collect();
        let moments = Chance::new(!seed);
        let withdrawals = withdrawn.iter().map(|serial| {
            let (shop, turns) = (&shop, moments.below(40));
            Box::pin(async move {
                pause(turns).await;
                shop.withdraw(serial).await;
            }) as Task<'_>
        });
        let run = Box::pin(consume(&shop, &message, 0)) as Task<'_>;
        run_in_any_order(withdrawals.chain([run]), &Chance::new(seed));
        for serial in &withdrawn {
            assert!(shop.row::<Option<i64>>("withdrawn_at", serial).is_some(), "seed {seed}: {serial} is back");
        }
        assert_eq!(progress(&shop)["done"], PASSES);
        shop.check_files();
    }
}

#[test]
fn an_old_template_or_identity_is_not_used_any_more_in_the_middle_of_a_run() {
    for seed in 0..SEEDS {
        let shop = shop(seed);
        let message = start(&shop, "run");
        let (template_since, identity_since, second) = (Cell::new(i64::MAX), Cell::new(i64::MAX), Shop::another_identity());
        let turns = Chance::new(!seed).below(120);
        let replace = async {
            pause(turns).await;
            template_since.set(shop.replace_template("the third"));
            pause(turns).await;
            identity_since.set(shop.store_identity("the second", &second));
        };
        let tasks: [Task<'_>; 2] = [Box::pin(consume(&shop, &message, 0)), Box::pin(replace)];
        run_in_any_order(tasks, &Chance::new(seed));
        let certificate = second.certificate_der();
        for number in 1..=PASSES {
            let serial = format!("S-{number}");
            let (revision, file) = (shop.row::<i64>("revision", &serial), shop.file_of(&serial));
            let is_third = shop.pass_of(&serial)["description"] == "the third";
            assert_eq!(is_third, revision > template_since.get(), "seed {seed}: {serial}");
            let is_by_second = file.windows(certificate.len()).any(|part| part == certificate);
            assert_eq!(is_by_second, revision > identity_since.get(), "seed {seed}: {serial}");
        }
    }
}
