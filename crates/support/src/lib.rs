//! Tools for the tests and examples of edgepass.
//!
//! - [`pass`]: makes signed `.pkpass` files and broken ones, and reads them with code of its own. [`crypto`] is RSA, which the
//!   platform does for the service.
//! - [`doctor`]: why a pass does not update, seen from outside.
//! - [`phone`]: a simulated Wallet over HTTP, which complains in Wallet's words.
//! - [`issuer`]: a client of the issuer API.
//! - [`http`]: sends requests byte for byte, however wrong.
//! - [`apns`]: a simulation of Apple's push service, with scripts and strict checks.
//! - [`storage`]: the service's storage ports on SQLite and in memory.
//! - [`server`]: the Worker in `wrangler dev`, which ends with the test process.
//!
//! Only [`storage`] shares code with the service. A test cannot find a mistake that it shares.

pub mod apns;
pub mod arguments;
pub mod chance;
pub mod doctor;
pub mod http;
pub mod interrupt;
pub mod issuer;
pub mod phone;
pub mod server;
pub mod storage;

pub use pass_factory as pass;
pub use pass_factory::{clock, crypto, random};
