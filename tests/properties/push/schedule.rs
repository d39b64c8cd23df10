//! Waits grow, stay within their bounds, and never come before the service wants to be asked.

use edgepass::push::{
    Cause,
    schedule::{gives_up, wait_of_device, wait_of_service},
};
use proptest::prelude::*;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn is_about(wait: i64, middle: i64) -> bool {
    (middle * 3 / 4..=middle * 5 / 4).contains(&wait)
}

fn cause() -> impl Strategy<Value = Cause> {
    prop::sample::select(vec![Cause::Outage, Cause::Configuration])
}

#[test]
fn waits_double_up_to_the_longest() {
    for random in [0, u32::MAX / 2, u32::MAX] {
        for (failures, seconds) in
            [(0, 30), (1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (9, 3600), (40, 3600), (u32::MAX, 3600)]
        {
            assert!(is_about(wait_of_device(failures, random, None), seconds * 1000), "{failures}");
        }
        for (failures, outage, configuration) in
            [(1, 30, 60), (2, 60, 120), (4, 240, 480), (5, 300, 600), (6, 300, 600), (u32::MAX, 300, 600)]
        {
            let wait = |cause| wait_of_service(cause, failures, random, None);
            assert!(is_about(wait(Cause::Outage), outage * 1000), "{failures}");
            assert!(is_about(wait(Cause::Configuration), configuration * 1000), "{failures}");
        }
    }
}

#[test]
fn chance_reaches_from_a_quarter_less_to_a_quarter_more() {
    assert_eq!(wait_of_device(1, 0, None), 22_500);
    assert!((37_490..=37_500).contains(&wait_of_device(1, u32::MAX, None)));
    assert!((29_990..=30_010).contains(&wait_of_device(1, u32::MAX / 2, None)));
}

#[test]
fn a_device_is_given_up_after_a_day() {
    assert!(!gives_up(1000, 1000 + DAY - 1));
    assert!(gives_up(1000, 1000 + DAY));
    assert!(!gives_up(DAY, 0), "a clock that went back");
}

proptest! {
    #[test]
    fn a_wait_is_as_long_as_the_service_asks_but_not_for_ever(
        failures in 0..50_u32, random: u32, seconds in 0..200_000_i64, cause in cause()
    ) {
        let (device, own) = (wait_of_device(failures, random, Some(seconds)), wait_of_device(failures, random, None));
        prop_assert_eq!(device, own.max((seconds * 1000).min(DAY)));
        let own = wait_of_service(cause, failures, random, None);
        let service = wait_of_service(cause, failures, random, Some(seconds));
        prop_assert_eq!(service, own.max((seconds * 1000).min(HOUR)));
    }

    #[test]
    fn no_number_makes_it_fail(
        failures: u32, random: u32, asked in prop::option::of(any::<i64>()), cause in cause(), a: i64, b: i64,
    ) {
        prop_assert!((22_500..=DAY).contains(&wait_of_device(failures, random, asked)));
        prop_assert!((22_500..=HOUR).contains(&wait_of_service(cause, failures, random, asked)));
        let _ = gives_up(a, b);
    }
}
