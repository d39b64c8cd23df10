//! Where things are kept: the database's statements, and the ports behind which D1 and R2 stand.
//!
//! Everything the service keeps is reached through [`Database`] and [`Objects`]. The adapters of the platform are
//! [`d1`](self) and [`r2`](self); tests run the same statements on SQLite and keep files in memory.
//!
//! The SQL is in `sql/`, one file per endpoint, and is proved by `build.rs`.

pub mod d1;
mod database;
mod objects;
mod packed;
pub mod r2;
mod rows;
pub mod schema {
    //! What `migrations/` make, as `build.rs` found it.
    include!(concat!(env!("OUT_DIR"), "/schema.rs"));
}
pub mod sql {
    //! The statements of `src/store/sql`, made into types by `build.rs`.
    include!(concat!(env!("OUT_DIR"), "/statements.rs"));
}
mod statement;

pub use database::{Batch, Database, DatabaseError, Fault, Usage};
pub use objects::{ListedObject, Objects, ObjectsError, Part, Streams};
pub use packed::Packed;
pub use rows::{Answers, Column, Columns, Presence, Row, Rows, Text, Unreadable};
pub use statement::{Query, Statement, Value};
