//! The queue message of push: a wallet has devices to push to. The database knows which, so a lost or repeated message does no
//! harm.

use super::{LARGEST_PAGE, Policy, name_of, wallet_of};
use crate::{message::Message, storage::sql::issuer::publish::ToldRow, wallet::Wallet};

/// The most messages for one change. So many workers start at the same time.
const MOST_AT_ONCE: i64 = 16;

/// The longest delay of a message, in seconds (Cloudflare Queues, `delaySeconds`). No wait of push is longer.
const LONGEST_DELAY: i64 = 24 * 3600;

/// Take a page of this wallet's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushMessage(pub Wallet);

impl PushMessage {
    /// Parses a message. `None` when it is not a push message.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, wallet): (String, String) = serde_json::from_str(text).ok()?;
        wallet_of(&wallet).filter(|_| kind == "push").map(Self)
    }

    /// The message, to be delivered at `due` (unix milliseconds).
    #[must_use]
    pub fn message(self, due: i64, now_ms: i64) -> Message {
        let delay = due.saturating_sub(now_ms).clamp(0, LONGEST_DELAY.saturating_mul(1000));
        // Rounded up: a worker that starts too early finds nothing.
        let seconds = delay.saturating_add(999).div_euclid(1000);
        let text = serde_json::to_string(&("push", name_of(self.0))).unwrap_or_default();
        Message { text, delay: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }
}

/// The messages for a change of a pass that has `registrations`, of all wallets together. Wallets whose push service is not
/// configured get none.
pub(crate) fn messages(told: &[ToldRow], registrations: i64, policy: &Policy, now_ms: i64) -> Vec<Message> {
    let mut messages = Vec::new();
    for ToldRow { client, due_at, devices } in told {
        let Some(wallet) = wallet_of(client).filter(|wallet| policy.usable.contains(wallet)) else {
            continue;
        };
        let devices = if *devices > LARGEST_PAGE { registrations } else { *devices };
        let pages = devices.saturating_add(policy.page).saturating_sub(1).checked_div(policy.page);
        for _ in 0..pages.unwrap_or(1).clamp(1, MOST_AT_ONCE) {
            messages.push(PushMessage(wallet).message(*due_at, now_ms));
        }
    }
    messages
}
