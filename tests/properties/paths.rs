//! Paths: what a phone encodes is what the service reads, and what makes no sense is refused.

use edgepass::http::path::{self, LONGEST_IDENTIFIER, Serial, parse_base_path};
use proptest::prelude::*;

fn acceptable() -> impl Strategy<Value = String> {
    "\\PC{1,60}".prop_filter("at most 255 bytes, without control characters", |text| {
        text.len() <= LONGEST_IDENTIFIER && !text.chars().any(char::is_control)
    })
}

proptest! {
    #[test]
    fn an_encoded_identifier_decodes_to_itself(text in acceptable()) {
        prop_assert_eq!(path::identifier(&path::encode(&text)), Some(text));
    }

    #[test]
    fn a_serial_number_that_was_encoded_twice_is_among_the_readings(text in acceptable()) {
        let once = path::encode(&text);
        let serial = Serial::from_path(&path::encode(&once)).unwrap();
        let first = if once.len() <= LONGEST_IDENTIFIER { &once } else { &text };
        prop_assert_eq!(&serial.once, first);
        prop_assert_eq!(serial.twice, text);
    }

    #[test]
    fn reading_any_path_gives_acceptable_identifiers_or_none(text in "\\PC*|[%0-9A-Fa-f/]{0,40}|.*") {
        let serial = Serial::from_path(&text).map(|serial| [serial.once, serial.twice]);
        for identifier in path::identifier(&text).into_iter().chain(serial.into_iter().flatten()) {
            prop_assert!((1..=LONGEST_IDENTIFIER).contains(&identifier.len()));
            prop_assert!(!identifier.chars().any(char::is_control));
        }
    }

    #[test]
    fn normal_paths_stay_as_they_are(rest in "[a-z0-9%._~-]{1,10}(/[a-z0-9%._~-]{1,10}){0,5}") {
        prop_assume!(!rest.starts_with("v1/v1/"));
        let normal = format!("/{rest}");
        prop_assert_eq!(path::normalize(&normal, ""), normal.as_str());
    }

    #[test]
    fn doubled_slashes_doubled_versions_and_the_base_path_are_taken_off(
        slashes in "/{1,4}", versions in prop::collection::vec("v1/{1,2}", 0..3), rest in "[a-z]{1,8}(/[a-z]{1,8}){0,3}",
            base in "[a-z]{3,8}",
    ) {
        prop_assume!(rest.split('/').next() != Some("v1") && !rest.starts_with(&base));
        let doubled = format!("{slashes}{}v1/{rest}", versions.concat());
        let normal = format!("/v1/{rest}");
        prop_assert_eq!(path::normalize(&doubled, ""), normal.as_str());
        let mounted = format!("/{base}{doubled}");
        prop_assert_eq!(path::normalize(&mounted, &format!("/{base}/")), normal.as_str());
    }

    #[test]
    fn only_a_devices_path_may_be_written_in_several_ways(path in "/{1,3}(issuer/v1|v1|links|healthz|base)?(/{1,2}[a-z0-9%]{0,8}){0,4}") {
        let known = path::normalize(&path, "/base");
        let below = path.strip_prefix("/base").map(|below| if below.is_empty() { "/" } else { below });
        let below = below.filter(|below| below.starts_with('/'));
        prop_assert!(known.starts_with("/v1/") || known == below.unwrap_or(&path), "{} for {}", known, path);
    }

    #[test]
    fn normalizing_never_fails_and_gives_a_path(path in "/\\PC*", base in "[a-z/]{0,6}") {
        prop_assert!(path::normalize(&path, &base).starts_with('/'));
    }
}

#[test]
fn the_base_path_is_a_whole_segment() {
    assert_eq!(path::normalize("/wallets/v1/log", "/wallet"), "/wallets/v1/log");
    assert_eq!(path::normalize("/wallet/v1/log", "wallet"), "/v1/log");
}

#[test]
fn a_base_path_that_no_request_can_mean_is_refused() {
    for (text, base) in
        [("", ""), ("/", ""), ("wallet", "wallet"), ("//a/b%20c//", "a/b%20c"), ("/v1/w", "v1/w"), ("/av1", "av1")]
    {
        assert_eq!(parse_base_path(text).as_deref(), Ok(base), "{text}");
    }
    for (text, base) in [
        ("/v1", ""),
        ("/wallet/v1", "wallet"),
        ("wallet/v1/v1/", "wallet"),
        ("/wallet?x", ""),
        ("/wallet#x", ""),
        ("/a//b", ""),
        ("/a/../b", ""),
        ("/my wallet", ""),
        ("/кошелёк", ""),
        ("https://example.com/wallet", ""),
    ] {
        let wrong = parse_base_path(text).unwrap_err();
        assert_eq!(wrong.understood, base, "{text}");
        assert!(wrong.message.starts_with("The variable BASE_PATH"), "{text}");
    }
}
