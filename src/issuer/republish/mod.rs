//! `POST`, `GET /issuer/v1/templates/{name}/republish`
//!
//! Makes all passes of a template again, after it changed. The request only notes the run in the database and sends a
//! message; a consumer makes some passes for each message and sends the next one. What decides is the row: a message
//! that is lost is sent again by the cron trigger, one that comes twice counts once, and making a pass again that is
//! made already changes nothing.

mod progress;
mod run;
mod start;

pub use progress::Progress;
pub use run::{Message, Next, STALE_SECONDS, batch, resume};
pub use start::Start;
