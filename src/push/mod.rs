//! Push: every change reaches every device that registered the pass.
//!
//! A change and its job in the outbox are committed together. After the commit, a message goes to the queue ([`PushMessage`]).
//! Each minute a cron trigger looks for due work that has no message ([`resume()`]). A worker takes a page of devices in one
//! transaction ([`claim()`]), pushes to them ([`deliver()`]), and stores the results in a second transaction
//! ([`record_results()`]).
//!
//! | A crash | leaves | Who continues |
//! |---|---|---|
//! | before the commit of a change | nothing | the issuer, who got no answer |
//! | after it, before the message | a due job | the cron trigger |
//! | after a worker took a page | the page, with a lease | another worker after the lease; a device may get two pushes |
//! | before the results are stored | the same | the same |
//! | after that | failed devices, each with the time of its next push | a delayed message, or the cron trigger |
//!
//! A phone is a push token: one push tells all device identifiers that share the token. Whoever holds a pass chooses what to
//! register, and must not harm others with it. So one phone's failures do not stop a service: a probe has to fail too
//! (`doubt`). A wrong configuration must not delete registrations. So a push token that the service calls bad stays until a
//! push was delivered (`settle`).
//!
//! A *hold* is a row of `push_holds`: a push service, or one pass type at that service, gets no pushes until a given time.
//!
//! Push services differ only in requests and answers, which are pure functions ([`Providers`]).

pub mod apns;
mod attempt;
mod claim;
mod deliver;
mod doubt;
mod exchange;
mod outcomes;
mod policy;
pub mod providers;
mod push_message;
mod record_results;
mod resume;
pub mod schedule;
mod settle;
mod verdict;

pub(crate) use attempt::Attempt;
pub(crate) use claim::{CONFIRMED, CONFIRMED_MS};
pub use claim::{Claim, Page, Target, Worker, claim};
pub(crate) use deliver::probe;
pub use deliver::{Delivered, NoAnswer, Transport, deliver};
pub use exchange::{Answer, Request};
pub use policy::{LARGEST_PAGE, Policy};
pub use providers::Providers;
pub use push_message::PushMessage;
pub(crate) use push_message::messages;
pub use record_results::{PageResults, record_results};
pub(crate) use resume::names;
pub use resume::{Left, resume};
pub use verdict::{Cause, Reason, Scope, Verdict};

use crate::wallet::Wallet;

/// The names of all wallets in the tables of push, as a JSON array.
pub(crate) const ALL_WALLETS: &str = r#"["","AndroidPass","WalletUnionPass","WalletUnionHMSPass","TelegramPass","Passes"]"#;

/// The name of a wallet in the tables of push. Apple Wallet is the empty text.
pub(crate) fn name_of(wallet: Wallet) -> &'static str {
    wallet.column().unwrap_or_default()
}

/// The wallet that has this name in the tables of push.
pub(crate) fn wallet_of(name: &str) -> Option<Wallet> {
    Wallet::from_column(Some(name).filter(|name| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_wallets_are_named() {
        assert_eq!(ALL_WALLETS, names(&Wallet::ALL));
    }
}
