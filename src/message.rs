//! Messages for the queue: work that goes on after the request was answered.

/// A message for the queue. A lost message loses no work: the database has the work, and the cron trigger finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// JSON, so that the queue's dashboard can show it.
    pub text: String,
    /// Seconds that the queue waits before it delivers the message.
    pub delay: u32,
}

impl Message {
    /// A message to be delivered at once.
    #[must_use]
    pub fn now(text: String) -> Self {
        Self { text, delay: 0 }
    }
}
