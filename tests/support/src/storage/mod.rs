//! The service's storage ports without the platform: the same statements on SQLite, the files in memory.

mod block_on;
mod memory;
mod sqlite;

pub use block_on::block_on;
pub use memory::Memory;
pub use sqlite::{Snapshot, Sqlite};
