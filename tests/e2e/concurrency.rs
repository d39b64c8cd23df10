//! Many at once.

use crate::util::{Card, Made, new_phone, new_type};
use edgepass_support::phone::Phone;
use serde_json::json;
use std::{collections::BTreeSet, thread};

const LANES: usize = 8;

/// The number of patches that are sent at the same time.
const PATCHES: usize = 50;

/// Calls `act` with each item, several at a time. Returns the results in the order of the items.
fn at_once<T: Send, R: Send>(items: &mut [T], act: impl Fn(&mut T) -> R + Sync) -> Vec<R> {
    let size = items.len().div_ceil(LANES).max(1);
    thread::scope(|scope| {
        let act = &act;
        let lanes: Vec<_> =
            items.chunks_mut(size).map(|lane| scope.spawn(move || lane.iter_mut().map(act).collect::<Vec<_>>())).collect();
        lanes.into_iter().flat_map(|lane| lane.join().expect("no lane panics")).collect()
    })
}

#[test]
fn two_identical_registrations_at_once_are_201_and_200_and_one_row_100_times() {
    let card = Card::published();
    for round in 0..100 {
        let phone = new_phone();
        let mut twins = [phone.clone(), phone];
        let mut statuses = at_once(&mut twins, |phone| phone.register(&card.pass).status());
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 201], "round {round}");
    }
    assert_eq!(card.registrations().len(), 100);
}

#[test]
fn two_hundred_devices_registering_one_pass_are_all_201() {
    let card = Card::published();
    let mut phones: Vec<Phone> = (0..200).map(|_| new_phone()).collect();
    let statuses = at_once(&mut phones, |phone| phone.register(&card.pass).status());
    assert_eq!(statuses, [201; 200]);
    assert_eq!(card.metadata()["registrations"], 200);
}

#[test]
fn versions_published_at_once_get_revisions_of_their_own_and_phones_end_with_the_newest() {
    let pass_type = new_type();
    let mut cards: Vec<Card> = (0..8).map(|number| Card::published_as(&pass_type, &number.to_string())).collect();
    let mut phone = new_phone();
    for card in &cards {
        assert_eq!(phone.register(&card.pass).status(), 201);
    }
    let _ = phone.update(&pass_type);
    let revisions: BTreeSet<i64> = at_once(&mut cards, |card| card.change(11)).into_iter().collect();
    assert_eq!(revisions.len(), cards.len());
    let exchanges = phone.update(&pass_type);
    assert_eq!(exchanges.len(), 1 + cards.len());
    assert_eq!(exchanges[0].tag(), revisions.last().map(i64::to_string));
    for exchange in &exchanges {
        assert_eq!(exchange.complaints(), [""; 0], "{exchange}");
    }
}

#[test]
fn of_two_first_publications_at_once_one_is_201() {
    for _ in 0..5 {
        let card = Card::unpublished();
        let file = card.file();
        let mut twins = [(), ()];
        let mut statuses = at_once(&mut twins, |()| card.publish(&file).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 201]);
    }
}

#[test]
fn of_two_publications_over_the_same_version_one_fails_with_412() {
    let card = Card::published();
    for round in 0..5 {
        let etag = card.etag();
        let mut files = [11, 12].map(|cups| card.file_with(20 * round + cups));
        let mut statuses = at_once(&mut files, |file| card.publish_if(file, &[("If-Match", &etag)]).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}

/// Each thread patches its own member into `userInfo`. Returns the status codes.
fn patch_at_once(made: &Made, conditions: &[(&str, &str)]) -> Vec<u16> {
    thread::scope(|scope| {
        let patch = |number: usize| {
            let patch = json!({ "userInfo": { format!("member {number}"): number } });
            made.patch_if(&patch, conditions).status
        };
        let threads: Vec<_> = (0..PATCHES).map(|number| scope.spawn(move || patch(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    })
}

#[test]
fn of_fifty_patches_at_once_each_is_in_the_pass_or_was_refused() {
    let made = Made::published();
    let statuses = patch_at_once(&made, &[]);
    let content = made.content();
    for (number, status) in statuses.iter().enumerate() {
        assert!(matches!(status, 200 | 409 | 412), "{status}");
        let member = &content["userInfo"][format!("member {number}")];
        assert_eq!(*member == number, *status == 200, "member {number} was answered {status}: {content}");
    }
    assert!(statuses.contains(&200), "{statuses:?}");
    assert_eq!(content["userInfo"]["template"], 1);
}

#[test]
fn of_fifty_patches_at_once_over_the_same_version_exactly_one_succeeds() {
    let made = Made::published();
    let etag = made.etag();
    let statuses = patch_at_once(&made, &[("If-Match", &etag)]);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), PATCHES - 1, "{statuses:?}");
    let content = made.content();
    assert_eq!(content["userInfo"].as_object().unwrap().len(), 2, "{content}");
}

#[test]
fn of_two_first_makings_at_once_one_is_201_and_both_are_the_same_pass() {
    for _ in 0..5 {
        let made = Made::ready();
        let mut twins = [(), ()];
        let mut statuses = at_once(&mut twins, |()| made.make(&"{}").status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 201]);
        assert_eq!(new_phone().register(&made.pass()).status(), 201);
    }
}

#[test]
fn patches_of_different_passes_at_once_all_succeed() {
    let first = Made::ready();
    let mut passes: Vec<_> = (0..PATCHES).map(|number| first.sibling(&number.to_string())).collect();
    assert_eq!(at_once(&mut passes, |pass| pass.make(&"{}").status), [201; PATCHES]);
    let patch = json!({ "description": "another" });
    assert_eq!(at_once(&mut passes, |pass| pass.patch(&patch).status), [200; PATCHES]);
    let revisions: BTreeSet<_> = passes.iter().map(|pass| pass.metadata()["revision"].as_i64()).collect();
    assert_eq!(revisions.len(), PATCHES);
}
