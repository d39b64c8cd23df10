//! What HTTP means here: methods, paths, credentials, conditional requests, replies and problem documents. Nothing of
//! the platform, nothing of passes.

mod client_error;
pub mod conditional;
pub mod credentials;
pub mod date;
pub mod file;
mod media_type;
mod method;
mod network;
mod object;
pub mod path;
pub mod query;
mod reply;

pub use client_error::{ClientError, Problem};
pub use media_type::{accepts, content_type};
pub use method::Method;
pub use network::network;
pub use object::Object;
pub use reply::{Body, Reply};

/// The header fields of a request, looked up by name and not before they are needed.
pub trait Headers {
    /// The value of the field `name` (lowercase), several of them joined by a comma; `None` when it is missing.
    fn get(&self, name: &str) -> Option<String>;
}
