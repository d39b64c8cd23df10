//! Many at once.

use std::{collections::BTreeSet, thread};

use edgepass_support::{phone::Phone, server::Server};

use crate::card::{Card, new_type};

/// Threads that send at the same time.
const LANES: usize = 8;

/// Does something with each of these, several at a time, and gives what came of it in their order.
fn at_once<T: Send, R: Send>(items: &mut [T], act: impl Fn(&mut T) -> R + Sync) -> Vec<R> {
    let size = items.len().div_ceil(LANES).max(1);
    thread::scope(|scope| {
        let act = &act;
        let lanes: Vec<_> = items
            .chunks_mut(size)
            .map(|lane| scope.spawn(move || lane.iter_mut().map(act).collect::<Vec<_>>()))
            .collect();
        lanes.into_iter().flat_map(|lane| lane.join().expect("no lane panics")).collect()
    })
}

#[test]
fn two_identical_registrations_at_once_are_201_and_200_and_one_row_100_times() {
    let card = Card::published();
    for round in 0..100 {
        let phone = Server::shared().phone();
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
    let mut phones: Vec<Phone> = (0..200).map(|_| Server::shared().phone()).collect();
    let statuses = at_once(&mut phones, |phone| phone.register(&card.pass).status());
    assert_eq!(statuses, [201; 200]);
    assert_eq!(card.metadata()["registrations"], 200);
}

#[test]
fn versions_published_at_once_get_revisions_of_their_own_and_phones_end_with_the_newest() {
    let pass_type = new_type();
    let mut cards: Vec<Card> =
        (0..8).map(|number| Card::published_as(&pass_type, &number.to_string())).collect();
    let mut phone = Server::shared().phone();
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
        let etag = card.metadata()["etag"].as_str().unwrap().to_owned();
        let mut files = [11, 12].map(|cups| card.file_with(20 * round + cups));
        let mut statuses = at_once(&mut files, |file| card.publish_if(file, &[("If-Match", &etag)]).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
}
