//! All that touches the platform, but for the ports in `store`: requests and responses of the Workers runtime, settings,
//! and what the operator sees.

mod arrival;
pub(crate) mod binding;
mod incoming;
mod limit;
mod observe;
mod outgoing;
pub(crate) mod queue;
mod room;
mod settings;
mod transport;
mod unique;
mod workshop;

pub(crate) use arrival::Arrival;
pub(crate) use incoming::Visit;
pub(crate) use limit::Limit;
pub(crate) use observe::{Call, log_resealed, log_resumed, log_swept, milliseconds, now_ms};
use observe::{log_pushed, log_queue};
pub(crate) use outgoing::{Outcome, response};
pub(crate) use settings::Settings;
pub(crate) use transport::Fetch;
use unique::random_uuid;
pub(crate) use workshop::Workshop;
