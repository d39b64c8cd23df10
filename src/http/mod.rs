//! HTTP: paths, credentials, conditional requests, replies and problems. This folder knows neither the platform nor passes.

mod client_error;
pub mod conditional;
pub mod credentials;
pub mod date;
pub mod file;
pub(crate) mod html;
pub(crate) mod language;
mod media_type;
mod network;
pub mod path;
pub(crate) mod query;
mod reply;

pub use client_error::{ClientError, Problem};
pub(crate) use media_type::{accepts, content_type};
pub(crate) use network::network;
pub use reply::{Body, Reply};

/// The header fields of a request. A field is read from the platform only when it is looked up.
pub trait Headers {
    /// The value of the field `name` (lowercase). Several values are joined by a comma. `None` when it is missing.
    fn get(&self, name: &str) -> Option<String>;
}
