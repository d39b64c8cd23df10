//! What the queue is told: that a client has devices to be told of changes. Which ones, the database knows; so a message
//! that is lost, or comes twice, does no harm.

use super::{LARGEST_PAGE, Policy, client_of, name_of};
use crate::{message::Message, storage::sql::issuer::publish::ToldRow, wallet::Wallet};

/// The most messages that one change sends: as many workers begin with its devices side by side.
const MOST_AT_ONCE: i64 = 16;

/// The longest that a message can be kept back, in seconds (Cloudflare Queues, `delaySeconds`): as long as any wait of push.
const LONGEST_DELAY: i64 = 24 * 3600;

/// Hand out a page of this client's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushMessage(pub Wallet);

impl PushMessage {
    /// Reads a message. `None` when it is another one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (kind, client): (String, String) = serde_json::from_str(text).ok()?;
        client_of(&client).filter(|_| kind == "push").map(Self)
    }

    /// The message, to be delivered at `due` (unix milliseconds).
    #[must_use]
    pub fn message(self, due: i64, now_ms: i64) -> Message {
        let delay = due.saturating_sub(now_ms).clamp(0, LONGEST_DELAY.saturating_mul(1000));
        // Not a moment too early: the worker would find nothing.
        let seconds = delay.saturating_add(999).div_euclid(1000);
        let text = serde_json::to_string(&("push", name_of(self.0))).unwrap_or_default();
        Message { text, delay: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }
}

/// The messages for a change that `registrations` of all clients are to hear of. None for clients whose push service is not
/// configured: they would find nothing to do.
pub(crate) fn messages(told: &[ToldRow], registrations: i64, policy: &Policy, now_ms: i64) -> Vec<Message> {
    let mut messages = Vec::new();
    for ToldRow { client, due_at, devices } in told {
        let Some(client) = client_of(client).filter(|client| policy.usable.contains(client)) else {
            continue;
        };
        let devices = if *devices > LARGEST_PAGE { registrations } else { *devices };
        let pages = devices.saturating_add(policy.page).saturating_sub(1).checked_div(policy.page);
        for _ in 0..pages.unwrap_or(1).clamp(1, MOST_AT_ONCE) {
            messages.push(PushMessage(client).message(*due_at, now_ms));
        }
    }
    messages
}
