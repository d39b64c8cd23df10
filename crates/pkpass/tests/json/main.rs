//! Properties of JSON documents and patches: they hold for every input, not only for those somebody thought of.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so and ends")]

mod documents;
mod fields;
mod given;
mod patches;
