//! Links: addresses at which a person gets a pass, or several at once.
//!
//! A link says which passes it opens and until when, and bears a mark that only this service can make. So it needs no row,
//! and nobody can make one or change one. Whoever has it gets the passes: it is as secret as they are.

mod bundle;
mod create;
mod open;
mod token;

pub use bundle::{MEDIA_TYPE, pack};
pub use create::{BODY_LIMIT, Create};
pub use open::{Found, NOTHING, Open};
pub use token::Link;

/// The most passes of one link (Apple, "Distributing and updating a pass": a bundle has at most 10).
pub const MOST_PASSES: usize = 10;
