//! `POST`, `GET /issuer/v1/templates/{name}/republish`
//!
//! Makes all passes of a template again after it changed. The request stores a run in the database and sends a message. A
//! consumer makes some passes for each message and sends the next one. The row decides. If a message is lost, the cron trigger
//! sends it again. If one comes twice, it counts once. Making a pass again that is up to date changes nothing.

mod progress;
mod run;
mod start;

pub use progress::ShowProgress;
pub use run::{Next, RepublishMessage, STALE_SECONDS, remake_batch, resume};
pub use start::StartRepublishing;
