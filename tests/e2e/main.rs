//! The service end to end: requests over HTTP to the Worker as `wrangler dev` runs it, and nothing else.
//!
//! The modules mirror the routes; each test is named after the rule it shows. All tests share one Worker and run
//! side by side, so each works on a pass type of its own.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that cannot go on says so and ends"
)]

mod concurrency;
mod doctor;
mod healthz;
mod home;
mod issuer;
mod link_examples;
mod links;
mod log_lines;
mod loyalty;
mod memory;
mod operation;
mod package;
mod panics;
mod paths;
mod push;
mod random_requests;
mod readme;
mod rebound;
mod rotation;
mod routes;
mod secrets;
mod settings;
mod sweep;
mod util;
mod web_service;
