//! JSON on its way in, and documents that are kept whole.

mod document;
mod fault;
mod merge;
mod patches;
mod reader;
mod value;
mod writer;

pub use document::{Document, Members};
pub use fault::{Fault, shown};
pub use merge::merge;
pub use patches::Patches;
pub use reader::{MAX_LEVELS, MAX_VALUES};
pub use value::{Value, read, read_at_most};
