//! The npm package that `make package` packs, as its users run it: outside the checkout, and without Rust on PATH.

mod certificates;
mod deploy;
mod first_pass;
mod packed;
