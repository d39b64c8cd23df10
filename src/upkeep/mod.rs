//! What the service does by itself, from the cron trigger: it sweeps what nobody needs any more.

mod sweep;

pub use sweep::{Swept, sweep, sweep_pages};
