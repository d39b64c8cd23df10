//! A value as text. Phones write numbers and dates in the language of their owner; this is a plain form of them.

use crate::fields::Field;
use serde_json::{Number, Value};

/// The value of a field, as a change message shows it.
pub(super) fn display(field: &Field<'_>) -> String {
    match field.value() {
        Some(Value::String(text)) => date(field, text).unwrap_or_else(|| text.clone()),
        Some(Value::Number(value)) => number(field, value),
        _ => String::new(),
    }
}

fn number(field: &Field<'_>, value: &Number) -> String {
    if let Some(currency) = field.text("currencyCode") {
        return format!("{} {currency}", grouped(value.as_str()));
    }
    match field.text("numberStyle") {
        Some("PKNumberStyleDecimal") => grouped(value.as_str()),
        Some("PKNumberStylePercent") => percent(value.as_str()).unwrap_or_else(|| value.to_string()),
        _ => value.to_string(),
    }
}

/// A number with a comma before each three digits of its whole part.
fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) = digits.find('.').and_then(|at| digits.split_at_checked(at)).unwrap_or((digits, ""));
    let mut grouped = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped.push_str(fraction);
    grouped
}

/// A share as percent: the point is moved by two digits. `None` if the number has an exponent.
fn percent(number: &str) -> Option<String> {
    if number.contains(['e', 'E']) {
        return None;
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = format!("{fraction:0<2}");
    let (percents, rest) = fraction.split_at_checked(2)?;
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let digits = format!("{whole}{percents}");
    let digits = digits.trim_start_matches('0');
    let rest = rest.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    let point = if rest.is_empty() { "" } else { "." };
    Some(format!("{sign}{digits}{point}{rest}%"))
}

/// A date as the field's styles want it: the day, the time, or both.
fn date(field: &Field<'_>, text: &str) -> Option<String> {
    let shows = |key| field.text(key).is_some_and(|style| style != "PKDateStyleNone");
    let (day, time) = text.split_once('T')?;
    let time = time.get(..5)?;
    match (shows("dateStyle"), shows("timeStyle")) {
        (true, true) => Some(format!("{day} {time}")),
        (true, false) => Some(day.to_owned()),
        (false, true) => Some(time.to_owned()),
        (false, false) => None,
    }
}
