//! Properties of the core: they hold for every input, not only for those somebody thought of.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so and ends"
)]

mod conditions;
mod credentials;
mod dates;
mod layers;
mod log_lines;
mod paths;
mod push;
mod retries;
mod storage;
mod tags;
