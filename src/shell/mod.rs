//! All that touches the platform, but for the ports in `store`: requests and responses of the Workers runtime, settings,
//! and what the operator sees.

pub(crate) mod binding;
mod incoming;
mod observe;
mod outgoing;
mod settings;

pub(crate) use incoming::Visit;
pub(crate) use observe::{Call, log_cron, now_ms};
pub(crate) use outgoing::{Failure, Outcome, response};
pub(crate) use settings::Settings;
