//! Sums of decimal numbers, exact to their last digit: 4.5 and 0.1 are 4.6.

use serde_json::Number;

/// The most digits of a number, without zeros in front. Phones read numbers as 64-bit floats, which keep so many.
const MAX_DIGITS: usize = 15;

/// A number as an integer and the count of its decimal places.
#[derive(Clone, Copy)]
struct Decimal {
    unscaled: i64,
    places: usize,
}

/// The sum. `None` if one of the three has too many digits, or an exponent.
pub(super) fn add(a: &Number, b: &Number) -> Option<Number> {
    let (a, b) = (parse(a.as_str())?, parse(b.as_str())?);
    let places = a.places.max(b.places);
    let sum = a.scale_to(places)?.checked_add(b.scale_to(places)?)?;
    write(sum, places)
}

impl Decimal {
    fn scale_to(self, places: usize) -> Option<i64> {
        (self.places..places).try_fold(self.unscaled, |unscaled, _| unscaled.checked_mul(10))
    }
}

fn parse(text: &str) -> Option<Decimal> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut unscaled = 0_i64;
    for digit in whole.bytes().chain(fraction.bytes()) {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        unscaled = unscaled.checked_mul(10)?.checked_add(i64::from(digit))?;
    }
    let digits = whole.trim_start_matches('0').len().saturating_add(fraction.len());
    (digits <= MAX_DIGITS).then_some(Decimal { unscaled: unscaled.checked_mul(sign)?, places: fraction.len() })
}

fn write(unscaled: i64, places: usize) -> Option<Number> {
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = format!("{:0>1$}", unscaled.unsigned_abs(), places.saturating_add(1));
    let (whole, fraction) = digits.split_at_checked(digits.len().checked_sub(places)?)?;
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let text = format!("{sign}{whole}{point}{fraction}");
    parse(&text)?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(a: &str, b: &str) -> Option<String> {
        add(&a.parse().unwrap(), &b.parse().unwrap()).map(|sum| sum.to_string())
    }

    #[test]
    fn sums_are_exact() {
        for (a, b, expected) in [
            ("64", "10", "74"),
            ("4.5", "0.1", "4.6"),
            ("0.1", "0.2", "0.3"),
            ("1.50", "0.50", "2"),
            ("-1", "1", "0"),
            ("1", "-1.5", "-0.5"),
            ("-0.05", "0", "-0.05"),
            ("0.00", "-0", "0"),
            ("999999999999998", "1", "999999999999999"),
            ("0.00000000000001", "9", "9.00000000000001"),
        ] {
            assert_eq!(sum(a, b).as_deref(), Some(expected), "{a} and {b}");
        }
    }

    #[test]
    fn numbers_that_phones_would_round_are_not_added() {
        for (a, b) in [
            ("999999999999999", "1"),
            ("1000000000000000", "-1"),
            ("0.000000000000001", "9"),
            ("1e3", "1"),
            ("1", "1E-2"),
            ("99999999999999999999", "1"),
            ("0", "0.1234567890123456"),
        ] {
            assert_eq!(sum(a, b), None, "{a} and {b}");
        }
    }
}
