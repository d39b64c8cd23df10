//! `GET /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}`

use crate::util::{Card, ask, members, new_phone, new_type, send, used};
use edgepass_support::{
    http::{Answer, Body},
    phone::Phone,
    random,
};

/// A phone that registered cards of a new type. They were published in this order.
pub(crate) fn phone_with(serials: &[&str]) -> (Phone, Vec<Card>) {
    let pass_type = new_type();
    let cards: Vec<_> = serials.iter().map(|serial| Card::published_as(&pass_type, serial)).collect();
    let mut phone = new_phone();
    for card in &cards {
        assert_eq!(phone.register(&card.pass).status(), 201);
    }
    (phone, cards)
}

/// The answer to a query, sent byte for byte.
pub(crate) fn list(phone: &Phone, card: &Card, query: &str) -> Answer {
    let path = format!("{}{query}", card.list_path(phone.device()));
    ask("GET", &path)
}

/// The serial numbers of an answer, sorted; none for 204.
#[track_caller]
pub(crate) fn serials(answer: &Answer) -> Vec<String> {
    if answer.status == 204 {
        return Vec::new();
    }
    assert_eq!(answer.status, 200, "{answer:#}");
    let list = answer.json();
    let mut serials: Vec<String> =
        list["serialNumbers"].as_array().into_iter().flatten().map(|serial| text(serial.as_str())).collect();
    serials.sort();
    serials
}

#[track_caller]
pub(crate) fn tag(answer: &Answer) -> String {
    text(answer.json()["lastUpdated"].as_str())
}

#[track_caller]
fn text(string: Option<&str>) -> String {
    string.expect("a string").to_owned()
}

#[test]
fn serials_and_tag_are_strings_and_the_answer_is_json() {
    let (phone, cards) = phone_with(&["17", "true", "null"]);
    let answer = list(&phone, &cards[0], "");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(serials(&answer), ["17", "null", "true"]);
    let list = answer.json();
    assert!(list["lastUpdated"].is_string(), "{list}");
    assert_eq!(members(&list), ["lastUpdated", "serialNumbers"]);
}

#[test]
fn no_credentials_are_asked_for_and_wrong_ones_do_no_harm() {
    let (phone, cards) = phone_with(&["A"]);
    for headers in [&[][..], &[("Authorization", "ApplePass wrong")], &[("Authorization", "Bearer x")]] {
        let path = cards[0].list_path(phone.device());
        assert_eq!(serials(&send("GET", &path, headers, Body::Empty)), ["A"]);
    }
}

#[test]
fn without_a_tag_all_registered_passes_of_the_type_are_listed() {
    let (phone, cards) = phone_with(&["A", "B", "C"]);
    Card::published_as(cards[0].pass_type(), "not registered");
    assert_eq!(serials(&list(&phone, &cards[0], "")), ["A", "B", "C"]);
}

#[test]
fn with_a_tag_exactly_the_passes_changed_after_it_are_listed() {
    let (mut phone, cards) = phone_with(&["A", "B", "C", "D"]);
    let all = phone.list(cards[0].pass_type());
    assert_eq!(all.serials().len(), 4);
    cards[1].change(11);
    cards[3].change(11);
    let changed = list(&phone, &cards[0], &format!("?passesUpdatedSince={}", all.tag().unwrap()));
    assert_eq!(serials(&changed), ["B", "D"], "all that changed, not only the newest");
    cards[0].change(11);
    let changed = list(&phone, &cards[0], &format!("?passesUpdatedSince={}", tag(&changed)));
    assert_eq!(serials(&changed), ["A"]);
}

#[test]
fn a_tag_just_handed_out_gives_204_without_a_body() {
    let (mut phone, cards) = phone_with(&["A", "B"]);
    for cups in 11..15 {
        let changed = phone.list(cards[0].pass_type());
        assert_eq!(changed.status(), 200);
        let again = phone.list(cards[0].pass_type());
        assert_eq!(again.status(), 204);
        assert_eq!(again.complaints(), [""; 0]);
        assert_eq!(again.body(), b"");
        cards[usize::from(cups % 2 == 0)].change(cups);
    }
}

#[test]
fn changes_within_one_clock_tick_are_all_listed_and_tags_rise() {
    let (mut phone, cards) = phone_with(&["A", "B"]);
    let mut last = phone.list(cards[0].pass_type()).tag().unwrap().parse::<i64>().unwrap();
    for cups in 11..16 {
        let (first, second) = (cards[0].change(cups), cards[1].change(cups));
        assert!(last < first && first < second, "{last} {first} {second}");
        // One change after `first` must be seen, however close it came.
        let since_first = list(&phone, &cards[0], &format!("?passesUpdatedSince={first}"));
        assert_eq!(serials(&since_first), ["B"]);
        let both = phone.list(cards[0].pass_type());
        assert_eq!(both.complaints(), [""; 0]);
        assert_eq!(both.serials().len(), 2);
        assert_eq!(both.tag().unwrap(), second.to_string());
        last = second;
    }
}

#[test]
fn an_unknown_device_or_type_is_204_and_never_404() {
    let (phone, cards) = phone_with(&["A"]);
    for query in ["", "?passesUpdatedSince=", "?passesUpdatedSince=1", "?passesUpdatedSince=x"] {
        let stranger = new_phone();
        for answer in [
            list(&stranger, &cards[0], query),
            list(&phone, &Card::new(&new_type(), "A"), query),
            list(&phone.clone().with_device(&phone.device().to_uppercase()), &cards[0], query),
        ] {
            assert_eq!(answer.status, 204, "{query}");
            assert_eq!(answer.body, b"");
        }
    }
}

#[test]
fn passes_of_other_types_and_of_other_devices_are_left_out() {
    let (mut phone, cards) = phone_with(&["A"]);
    let (other_phone, other_cards) = phone_with(&["A", "B"]);
    assert_eq!(phone.register(&other_cards[0].pass).status(), 201);
    assert_eq!(serials(&list(&phone, &cards[0], "")), ["A"]);
    assert_eq!(serials(&list(&phone, &other_cards[0], "")), ["A"]);
    assert_eq!(serials(&list(&other_phone, &cards[0], "")), [""; 0]);

    let before = tag(&list(&phone, &cards[0], ""));
    other_cards[0].change(11);
    let answer = list(&phone, &cards[0], &format!("?passesUpdatedSince={before}"));
    assert_eq!(answer.status, 204, "a change of another type is none of this one");
}

#[test]
fn fetching_and_registering_do_not_make_a_pass_updated() {
    let (mut phone, cards) = phone_with(&["A"]);
    let tag = phone.list(cards[0].pass_type()).tag().unwrap();
    assert_eq!(phone.fetch(&cards[0].pass).status(), 200);
    assert_eq!(phone.fetch_conditionally(&cards[0].pass).status(), 304);
    assert_eq!(phone.register(&cards[0].pass).status(), 200);
    phone.rotate_push_token();
    assert_eq!(phone.register(&cards[0].pass).status(), 200);
    assert_eq!(new_phone().register(&cards[0].pass).status(), 201);
    assert_eq!(phone.list_since(cards[0].pass_type(), Some(&tag)).status(), 204);
}

#[test]
fn a_withdrawn_pass_is_left_out_until_it_is_published_again() {
    let (mut phone, cards) = phone_with(&["A", "B"]);
    let tag = phone.list(cards[0].pass_type()).tag().unwrap();
    cards[0].withdraw();
    assert_eq!(serials(&list(&phone, &cards[0], "")), ["B"]);
    assert_eq!(phone.list_since(cards[0].pass_type(), Some(&tag)).status(), 204);
    cards[0].publish(&cards[0].file_with(11)).expect(200);
    assert_eq!(phone.list_since(cards[0].pass_type(), Some(&tag)).serials(), ["A"]);
    cards[0].withdraw();
    cards[1].withdraw();
    assert_eq!(list(&phone, &cards[0], "").status, 204);
}

#[test]
fn it_asks_the_database_once_whether_there_is_something_or_not() {
    let (mut phone, cards) = phone_with(&["A", "B", "C"]);
    let some = phone.list(cards[0].pass_type());
    assert_eq!(some.status(), 200);
    // What the device is told is noted.
    used(some.answer(), 1, 1);
    let none = phone.list(cards[0].pass_type());
    assert_eq!(none.status(), 204);
    used(none.answer(), 1, 0);
    let unknown = new_phone().list(cards[0].pass_type());
    used(unknown.answer(), 1, 0);
}

#[test]
fn a_phone_that_updates_ends_with_the_newest_version_of_each_pass() {
    let (mut phone, cards) = phone_with(&["A", "B", "C"]);
    let pass_type = cards[0].pass_type();
    for exchange in phone.update(pass_type) {
        assert_eq!(exchange.complaints(), [""; 0], "{exchange}");
    }
    for cups in [11, 12] {
        cards[0].change(cups);
        cards[2].change(cups);
        let exchanges = phone.update(pass_type);
        assert_eq!(exchanges.len(), 3, "one list, two fetches");
        for exchange in &exchanges {
            assert_eq!(exchange.complaints(), [""; 0], "{exchange}");
        }
        for (serial, expected) in [("A", cups), ("B", 10), ("C", cups)] {
            let content = &phone.pass(pass_type, serial).unwrap().content;
            assert_eq!(content["storeCard"]["primaryFields"][0]["value"], expected, "{serial}");
        }
    }
}

#[test]
fn many_passes_of_a_device_are_listed_at_once() {
    let pass_type = new_type();
    let mut phone = new_phone();
    let expected: Vec<_> = (0..40).map(|number| format!("{number:02}-{}", random::hex(4))).collect();
    for serial in &expected {
        assert_eq!(phone.register(&Card::published_as(&pass_type, serial).pass).status(), 201);
    }
    let mut listed = phone.list(&pass_type).serials();
    listed.sort();
    assert_eq!(listed, expected);
    assert_eq!(phone.list(&pass_type).status(), 204);
}
