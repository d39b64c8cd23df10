//! Push in the issuer API: the state of one pass, the state of all wallets, and a test of the push service.

mod of_pass;
mod overview;
mod test;

pub(crate) use of_pass::PassPushState;
pub(crate) use overview::{PushOverview, WalletSetup};
pub(crate) use test::{BODY_LIMIT, PushTest};

use crate::http::date;
use serde::Serializer;

/// Unix milliseconds as an HTTP date. `None` for 0, which means never.
fn format_ms(ms: i64) -> Option<String> {
    (ms > 0).then(|| date::format(ms.div_euclid(1000)))
}

/// Adds to the count of a reason.
fn add(errors: &mut Vec<(String, i64)>, reason: String, number: i64) {
    match errors.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, sum)) => *sum = sum.saturating_add(number),
        None => errors.push((reason, number)),
    }
}

/// Writes counts by reason as a JSON object.
fn as_object<S: Serializer>(errors: &[(String, i64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(errors.iter().map(|(reason, number)| (reason, number)))
}
