//! The service's ports without the platform: the same statements on SQLite, the files in memory, a stamp for a signature.

mod block_on;
mod fields;
mod memory;
mod sqlite;
mod stamp;
mod stepwise;

pub use block_on::block_on;
pub use fields::Fields;
pub use memory::Memory;
pub use sqlite::{Snapshot, Sqlite};
pub use stamp::Stamp;
pub use stepwise::Stepwise;
