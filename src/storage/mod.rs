//! The database's statements, and the ports to D1 and R2.
//!
//! All stored data is reached through [`Database`] and [`Objects`]. The platform's adapters are [`d1`](self) and [`r2`](self).
//! Tests run the same statements on SQLite, and keep files in memory.
//!
//! The SQL is in `sql/`, one file per endpoint. `build.rs` proves it.

pub mod d1;
mod database;
mod objects;
mod packed;
pub mod r2;
mod rows;
pub mod schema {
    //! The schema that `migrations/` make. `build.rs` writes this.
    include!(concat!(env!("OUT_DIR"), "/schema.rs"));
}
pub mod sql {
    //! A type for each statement in `src/storage/sql`. `build.rs` writes them.
    include!(concat!(env!("OUT_DIR"), "/statements.rs"));
}
mod statement;

pub use database::{Batch, Database, DatabaseError, Fault, Usage};
pub use objects::{Objects, ObjectsError, Part, Streams};
pub use packed::Packed;
pub use rows::{Answers, Column, Columns, Presence, Row, Rows, Text, Unreadable};
pub use statement::{Query, Statement, Value};
