//! Query strings.

use super::{ClientError, Problem};
use percent_encoding::percent_decode_str;
use pkpass::json::echo;
use std::collections::BTreeSet;

/// The first value of the parameter `name`, percent-decoded; `None` when it is missing or not UTF-8. A `+` stays a `+`.
pub(crate) fn value(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(given, _)| percent_decode_str(given).eq(name.bytes()))
        .and_then(|(_, value)| percent_decode_str(value).decode_utf8().ok())
        .map(std::borrow::Cow::into_owned)
}

/// Checks that a query has only `known` parameters, each at most once and with a value that [`value`] reads. An ignored filter
/// would give a script more than it asked for.
///
/// # Errors
/// [`ClientError::Problem`] with the parameters that are wrong and those that are known.
pub(crate) fn check(query: &str, known: &[&str]) -> Result<(), ClientError> {
    let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value)));
        let name = percent_decode_str(name).decode_utf8_lossy();
        if let Some(fault) = find_fault(&name, value, known, &seen) {
            faults.push(format!("`{}` {fault}", echo(&name)));
        }
        seen.insert(name);
    }
    if faults.is_empty() { Ok(()) } else { Err(list_faults(&faults, known)) }
}

fn find_fault<'a>(
    name: &str,
    value: Option<&str>,
    known: &[&str],
    seen: &BTreeSet<impl std::borrow::Borrow<str> + Ord + 'a>,
) -> Option<&'static str> {
    if !known.contains(&name) {
        Some("is unknown")
    } else if seen.contains(name) {
        Some("is given twice")
    } else if value.is_none_or(|value| percent_decode_str(value).decode_utf8().is_err()) {
        Some("has no value in UTF-8")
    } else {
        None
    }
}

/// The most faults in an answer.
const MOST_FAULTS: usize = 8;

fn list_faults(faults: &[String], known: &[&str]) -> ClientError {
    let faults = faults.get(..MOST_FAULTS).unwrap_or(faults).join(", ");
    let known = match known {
        [] => "This request has no query parameters.".to_owned(),
        known => format!("This request has the query parameters `{}`.", known.join("`, `")),
    };
    ClientError::Problem(Problem::from_detail(400, "Bad Request", &format!("In the query {faults}. {known}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(query: &str, known: &[&str]) -> String {
        format!("{:?}", check(query, known).unwrap_err())
    }

    #[test]
    fn known_parameters_pass_once_and_with_a_value() {
        for query in ["", "&", "limit=1&", "cursor=a=b&limit=", "%6Cimit=1"] {
            assert_eq!(check(query, &["cursor", "limit"]), Ok(()), "{query}");
        }
        for (query, fault) in [
            ("serialNumber=K-1&limit=1", "`serialNumber` is unknown. This"),
            ("limit=1&%6Cimit=1", "`limit` is given twice"),
            ("limit", "`limit` has no value in UTF-8"),
            ("limit=%FF", "`limit` has no value in UTF-8"),
            ("Limit=1&=", "`Limit` is unknown, `` is unknown"),
            ("%0A=1", "is unknown"),
        ] {
            let detail = detail(query, &["cursor", "limit"]);
            assert!(detail.contains(fault) && detail.contains("`cursor`, `limit`"), "{query}: {detail}");
        }
        assert!(detail("x", &[]).contains("`x` is unknown. This request has no query parameters."));
        assert!(detail(&"x&".repeat(9999), &[]).len() < 1000);
    }
}
