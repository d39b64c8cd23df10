//! `GET /issuer/v1/passes?passTypeIdentifier=&cursor=&limit=`

use crate::util::{Card, all_pages, issuer, new_phone, new_type, without_details};
use edgepass_support::{
    http::{Answer, Body, segment},
    random,
};
use serde_json::Value;

fn get(query: &str) -> Answer {
    issuer().send("GET", &format!("/issuer/v1/passes{query}"), &[], Body::Empty)
}

/// The serial numbers on all pages of a query.
fn pages(query: &str, limit: u32) -> Vec<String> {
    let page = |cursor: Option<&str>| {
        let cursor = cursor.map_or_else(String::new, |cursor| format!("&cursor={}", segment(cursor)));
        get(&format!("{query}{cursor}"))
    };
    let passes = all_pages(limit, "passes", page);
    passes.iter().filter_map(|pass| pass["serialNumber"].as_str()).map(str::to_owned).collect()
}

#[test]
fn a_type_is_paged_through_in_order_whatever_the_size_of_the_pages() {
    let pass_type = new_type();
    let mut serials = ["a", "A/B", "ä ö", "Z", "10", "9", "%41"];
    for serial in serials {
        Card::published_as(&pass_type, serial);
    }
    serials.sort_unstable();
    for limit in [1, 2, 3, 6, 7, 100] {
        let query = format!("?passTypeIdentifier={pass_type}&limit={limit}");
        assert_eq!(pages(&query, limit), serials, "limit {limit}");
    }
    assert_eq!(pages(&format!("?passTypeIdentifier={pass_type}"), 100), serials, "without a limit");
}

#[test]
fn a_cursor_needs_no_encoding_and_the_last_page_has_none() {
    let pass_type = new_type();
    for serial in ["a/b c+d&e=f", "ü"] {
        Card::published_as(&pass_type, serial);
    }
    let first = issuer().list(&pass_type, None, Some(1)).expect(200).json();
    let cursor = first["cursor"].as_str().unwrap();
    assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)), "{cursor}");
    let second = issuer().list(&pass_type, Some(cursor), Some(1)).expect(200).json();
    assert_eq!(second["passes"][0]["serialNumber"], "ü");
    assert_eq!(second["cursor"], Value::Null);
}

#[test]
fn an_entry_is_what_the_pass_s_own_address_shows() {
    let card = Card::published();
    let _ = new_phone().register(&card.pass);
    let listed = |card: &Card| issuer().list(card.pass_type(), None, None).json()["passes"].clone();
    assert_eq!(listed(&card), Value::from(vec![without_details(card.metadata())]));
    assert_eq!(card.metadata()["registrations"], 1);
    card.withdraw();
    assert_eq!(listed(&card), Value::from(vec![without_details(card.metadata())]), "withdrawn ones are listed");
}

#[test]
fn only_the_type_asked_for_is_listed() {
    let (card, _) = (Card::published(), Card::published());
    assert_eq!(pages(&format!("?passTypeIdentifier={}", card.pass_type()), 100), [card.serial()]);
    let unknown = get(&format!("?passTypeIdentifier={}", new_type())).expect(200).json();
    assert_eq!(unknown, serde_json::json!({ "passes": [], "cursor": null }));
}

#[test]
fn without_a_type_passes_of_all_types_are_paged_through() {
    let cards = [Card::published(), Card::published()];
    for card in &cards {
        // Other tests publish all the time: look at what follows the place before this card.
        let before = format!("{}\n!", card.pass_type());
        let cursor = random::to_hex(before.as_bytes());
        let page = get(&format!("?limit=1&cursor={cursor}")).expect(200).json();
        assert_eq!(page["passes"][0], without_details(card.metadata()));
    }
    let page = get("?limit=1").expect(200).json();
    assert_eq!(page["passes"].as_array().unwrap().len(), 1);
    assert!(page["cursor"].is_string(), "{page}");
}
