//! Messages for the queue of work that goes on after its request was answered.

/// A message on its way to the queue. Losing one loses nothing: what there is to do is in the database, and the cron trigger
/// looks for what was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it says: JSON, so that the queue's dashboard can show it.
    pub text: String,
    /// Seconds that the queue keeps it back.
    pub delay: u32,
}

impl Message {
    /// A message to be delivered at once.
    #[must_use]
    pub fn now(text: String) -> Self {
        Self { text, delay: 0 }
    }
}
