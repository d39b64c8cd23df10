//! Revisions and update tags.

use edgepass::revision;
use proptest::prelude::*;

/// Any time that a clock may show and a database number holds exactly.
const MOMENTS: std::ops::Range<i64> = -1_000_000_000_000..9_000_000_000_000_000;

proptest! {
    #[test]
    fn a_tag_of_ours_is_the_revision(now in MOMENTS) {
        let revision = revision::candidate(now);
        prop_assert!(revision >= now);
        prop_assert_eq!(revision::parse_tag(&revision.to_string()), revision);
    }

    #[test]
    fn any_text_is_a_tag_or_none(text in "\\PC*|[0-9T:Z+ .-]{0,30}") {
        let since = revision::parse_tag(&text);
        prop_assert!(since >= revision::NONE);
        prop_assert!(since <= 1 << 53, "not exact as a JavaScript number");
    }

    #[test]
    fn seconds_and_milliseconds_are_the_same_moment(seconds in 0..100_000_000_i64, of_day in 0_i64..1000) {
        let seconds = 1_000_000_000 + seconds;
        prop_assert_eq!(revision::parse_tag(&seconds.to_string()), seconds * 1000);
        prop_assert_eq!(revision::parse_tag(&(seconds * 1000 + of_day).to_string()), seconds * 1000 + of_day);
    }

    #[test]
    fn iso_8601_agrees_with_http_dates(seconds in 0..253_402_300_799_i64) {
        // `Sun, 06 Nov 1994 08:49:37 GMT`, written by another library, said in ISO 8601.
        let date = edgepass::http::date::format(seconds);
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month = 1 + months.iter().position(|month| *month == &date[8..11]).unwrap();
        let iso = format!("{}-{month:02}-{}T{}Z", &date[12..16], &date[5..7], &date[17..25]);
        prop_assert_eq!(revision::parse_tag(&iso), seconds * 1000, "{}", iso);
    }
}
