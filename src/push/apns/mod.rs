//! Apple Push Notification service. Each device gets one request per pass type, without content. Then the phone asks the web
//! service what changed.
//!
//! Sources: Apple, "Sending notification requests to APNs", "Establishing a token-based connection to APNs", "Handling
//! notification responses from APNs", "Updating a pass".

mod key;
mod provider_token;
mod request;
mod verdict;

pub use key::Key;
pub use provider_token::ProviderToken;
pub use request::{PRODUCTION, is_device_token, request};
pub use verdict::verdict;
