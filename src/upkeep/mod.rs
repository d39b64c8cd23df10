//! What the service does by itself, from the cron trigger: it sweeps what nobody needs any more. And what it tells of its
//! health.

mod health;
mod sweep;
mod told;
mod unreachable;

pub use health::Health;
pub use sweep::{Swept, sweep, sweep_pages};
pub use told::forget_devices;
pub use unreachable::remove_unreachable;
