//! What edgepass is tested with, and what its examples are made of.
//!
//! - [`pass`]: makes really signed `.pkpass` files, and broken ones; reads them back with code of its own.
//! - [`crypto`]: RSA, which the service leaves to its platform.
//! - [`files`]: the files in an archive.
//! - [`phone`]: a simulated Wallet device over HTTP, which complains in Wallet's own words.
//! - [`issuer`]: a client of the issuer API.
//! - [`http`]: requests sent byte for byte as written, however wrong.
//! - [`apns`]: Apple's push service, which does what it is told, and says what is wrong.
//! - [`storage`]: the service's storage ports on SQLite and in memory.
//! - [`server`]: the Worker itself, run by `wrangler dev` and gone with the test process.
//!
//! Nothing in here but [`storage`] shares code with the service: what both sides got wrong, no test would find.

pub mod apns;
pub mod arguments;
pub mod clock;
pub mod crypto;
pub mod files;
pub mod http;
pub mod interrupt;
pub mod issuer;
pub mod pass;
pub mod phone;
pub mod random;
pub mod server;
pub mod storage;
