//! HTTP dates.

use edgepass::http::date;
use proptest::prelude::*;

const LAST: i64 = 253_402_300_799;

proptest! {
    #[test]
    fn a_date_reads_back(seconds in 0..=LAST) {
        prop_assert_eq!(date::parse(&date::format(seconds)), Some(seconds));
    }

    #[test]
    fn dates_of_different_seconds_differ(one in 0..=LAST, other in 0..=LAST) {
        prop_assert_eq!(date::format(one) == date::format(other), one == other);
    }

    #[test]
    fn any_moment_can_be_written(seconds in any::<i64>()) {
        prop_assert_eq!(date::parse(&date::format(seconds)), Some(seconds.clamp(0, LAST)));
    }

    #[test]
    fn any_text_can_be_read(text in "\\PC*|[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{1,5} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT") {
        let _ = date::parse(&text);
    }
}

#[test]
fn all_three_forms_are_read() {
    for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
        assert_eq!(date::parse(text), Some(784_111_777), "{text}");
    }
    assert_eq!(date::format(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
}
