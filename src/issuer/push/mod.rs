//! Push in the issuer API: the state of one pass, the state of all wallets, and a test of the push service.

mod of_pass;
mod overview;
mod test;

pub(super) use of_pass::{Counted, Devices};
pub(crate) use of_pass::{MOST_REGISTRATIONS, PassPushState};
pub(crate) use overview::{PushOverview, WalletSetup};
pub(crate) use test::{BODY_LIMIT, PushTest};

use crate::http::date;

/// Unix milliseconds as an HTTP date. `None` for 0, which means never.
fn format_ms(ms: i64) -> Option<String> {
    (ms > 0).then(|| date::format(ms.div_euclid(1000)))
}

/// Adds to a count.
fn add(count: &mut i64, number: i64) {
    *count = count.saturating_add(number);
}
