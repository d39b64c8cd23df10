//! Regular work of the cron triggers: deletes what is not needed, and seals private keys anew. Also the health
//! check, and the page that says what is set up.

mod departed;
mod health;
mod home;
mod hourly;
mod increments;
mod keys;
mod migrations;
mod reseal;
mod sweep;
mod unreachable;
mod walk;

pub use departed::{forget_devices, forget_lists};
pub use health::{Health, Setup};
pub use home::{Home, Part};
pub use hourly::sweep_all;
pub use increments::forget_increments;
pub use reseal::reseal;
pub use sweep::{Swept, sweep, sweep_pages};
pub use unreachable::remove_unreachable;

const SECONDS_A_DAY: i64 = 86_400;
