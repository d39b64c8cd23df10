//! Conditional requests.

use edgepass::http::{
    conditional::{ReadConditions, Validators, WriteConditions},
    date,
};
use edgepass_support::storage::Fields;
use proptest::prelude::*;

fn field(name: &'static str, value: impl Into<String>) -> Fields {
    Fields(vec![(name, value.into())])
}

fn has(name: &'static str, value: String, etag: &str, modified_at: i64) -> bool {
    ReadConditions::from_headers(&field(name, value)).not_modified(Validators { etag, modified_at })
}

proptest! {
    #[test]
    fn only_the_date_we_sent_is_not_modified(sent in 0..4_000_000_000_i64, now in 0..4_000_000_000_i64) {
        prop_assert_eq!(has("if-modified-since", date::format(sent), "e", now), sent == now);
        prop_assert!(has("if-modified-since", date::format(now), "e", now));
    }

    #[test]
    fn garbage_is_a_plain_request(text in "\\PC*") {
        prop_assume!(date::parse(&text) != Some(1_700_000_000));
        prop_assert!(!has("if-modified-since", text, "e", 1_700_000_000));
    }

    #[test]
    fn a_tag_matches_itself_in_any_list(
        etag in "[a-f0-9]{8}", others in prop::collection::vec("(W/)?\"[a-f0-9]{4}\"", 0..4), at in 0_usize..4,
            weak in any::<bool>(),
    ) {
        let mut list = others.clone();
        list.insert(at.min(others.len()), format!("{}\"{etag}\"", if weak { "W/" } else { "" }));
        prop_assert!(has("if-none-match", list.join(", "), &etag, 0));
        prop_assert!(!has("if-none-match", others.join(", "), &etag, 0));
        prop_assert!(WriteConditions::from_headers(&field("if-none-match", others.join(","))).hold(Some(&etag)));
    }

    #[test]
    fn writing_over_a_version_needs_that_version(etag in "[a-f0-9]{8}", stored in prop::option::of("[a-f0-9]{8}")) {
        let conditions = WriteConditions::from_headers(&field("if-match", format!("\"{etag}\"")));
        prop_assert_eq!(conditions.hold(stored.as_deref()), stored.as_deref() == Some(&etag));
        prop_assert_eq!(WriteConditions::from_headers(&field("if-match", "*")).hold(stored.as_deref()), stored.is_some());
        prop_assert_eq!(WriteConditions::from_headers(&field("if-none-match", "*")).hold(stored.as_deref()), stored.is_none());
        prop_assert!(WriteConditions::default().hold(stored.as_deref()));
    }
}
