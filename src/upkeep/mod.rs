//! What the service does by itself, from the cron trigger: it sweeps what nobody needs any more, and seals keys anew. And what
//! it tells of its health.

mod health;
mod hourly;
mod keys;
mod migrations;
mod reseal;
mod sweep;
mod told;
mod unreachable;
mod walk;

pub use health::{Health, Setup};
pub use hourly::sweep_all;
pub use reseal::reseal;
pub use sweep::{Swept, sweep, sweep_pages};
pub use told::forget_devices;
pub use unreachable::remove_unreachable;
