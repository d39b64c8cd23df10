//! Push: every change reaches every device that registered the pass.
//!
//! A change is committed together with a row of the outbox, so that whatever happens next, somebody will find it. After the
//! commit a message goes to the queue ([`PushMessage`]); a cron trigger looks each minute for what was left ([`resume()`]). A worker
//! takes a page of devices in one transaction ([`claim()`]), pushes to each of them ([`deliver()`]), and writes down what came of it
//! in another ([`record_results()`]).
//!
//! | If all stops | what is left | who goes on |
//! |---|---|---|
//! | before the commit of a change | nothing | the issuer, who got no answer |
//! | after it, before the message | a job that is due | the cron trigger |
//! | after a worker took a page | the page, with a lease | another worker when the lease is over; a device may be pushed twice |
//! | before the page is concluded | the same | the same |
//! | after that | what failed, with the time of its next attempt | a delayed message, or the cron trigger |
//!
//! A phone is a push token: device identifiers that share one are told by one push. What a holder of a pass registers must harm
//! nobody else. So a service is held only when a push token of nobody fails as well (`doubt`). A wrong configuration must cost no
//! registration. So push tokens that are called bad stay until a push was delivered (`settle`).
//!
//! Push services differ in their requests and answers only, which are pure functions ([`Providers`]).

pub mod apns;
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
mod tried;
mod verdict;

pub(crate) use claim::{CONFIRMED, CONFIRMED_MS};
pub use claim::{Claim, Page, Target, Worker, claim};
pub(crate) use deliver::probe;
pub use deliver::{Delivered, NoAnswer, Transport, deliver};
pub use exchange::{Answer, Request};
pub use policy::{LARGEST_PAGE, Policy};
pub use providers::{ProviderSettings, Providers};
pub use push_message::PushMessage;
pub(crate) use push_message::messages;
pub use record_results::{PageResults, record_results};
pub(crate) use resume::names;
pub use resume::{Left, resume};
pub(crate) use tried::Tried;
pub use verdict::{Cause, Reason, Scope, Verdict};

use crate::wallet::Wallet;

/// The clients that have a push service, as a JSON array of the names that the tables have for them.
pub(crate) const CLIENTS: &str = r#"["","AndroidPass","WalletUnionPass","WalletUnionHMSPass","TelegramPass","Passes"]"#;

/// How the tables of push name a client: Apple Wallet is the empty text.
pub(crate) fn name_of(client: Wallet) -> &'static str {
    client.column().unwrap_or_default()
}

/// The client that those tables name.
pub(crate) fn client_of(name: &str) -> Option<Wallet> {
    Wallet::from_column(Some(name).filter(|name| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_clients_are_told() {
        assert_eq!(CLIENTS, names(&Wallet::ALL));
    }
}
