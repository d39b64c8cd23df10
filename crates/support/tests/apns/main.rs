//! The push service itself: what it complains about, and how it misbehaves when told to.

mod behaviour;
mod checks;
mod client;
mod provider_tokens;
mod records;
