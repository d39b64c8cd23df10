//! What an issuer learns of push: how far it came with a pass, how it does altogether, and whether the push service takes
//! our pushes at all.

mod of_pass;
mod overview;
mod test;

pub use of_pass::PassPushState;
pub use overview::{PushOverview, Setup};
pub use test::{BODY_LIMIT, PushTest};

use crate::http::date;
use serde::Serializer;

/// Unix milliseconds as an HTTP date; none of 0, which stands for "never".
fn moment(ms: i64) -> Option<String> {
    (ms > 0).then(|| date::format(ms.div_euclid(1000)))
}

/// Adds to the number of a reason.
fn add(errors: &mut Vec<(String, i64)>, reason: String, number: i64) {
    match errors.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, sum)) => *sum = sum.saturating_add(number),
        None => errors.push((reason, number)),
    }
}

/// Numbers by reason as a JSON object.
fn as_object<S: Serializer>(errors: &[(String, i64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(errors.iter().map(|(reason, number)| (reason, number)))
}
