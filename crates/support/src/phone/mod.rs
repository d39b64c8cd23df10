//! A phone with Wallet on it, as far as a server can tell.
//!
//! ```no_run
//! use edgepass_support::{pass::PassBuilder, phone::Phone};
//!
//! let pass = PassBuilder::new("pass.com.example.coffee", "S-1").pass();
//! let mut phone = Phone::new("http://127.0.0.1:8787");
//! let exchange = phone.register(&pass);
//! assert_eq!(exchange.status(), 201);
//! assert_eq!(exchange.complaints(), [""; 0]);
//! ```

mod complaints;
mod device;
mod exchange;
pub mod script;

pub use self::{device::Phone, exchange::Exchange};
