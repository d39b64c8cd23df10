//! Waiting for JavaScript's promises.
//!
//! A request of a phone waits once or twice: for its body, and for the database. By way of `wasm_bindgen_futures` each wait
//! is two closures, a place in a queue of futures and a dozen calls between Rust and JavaScript, which is more than all the
//! rest of the request. Here a request is polled where it arrives; when it comes to a promise, that is given back to
//! JavaScript, which calls again with what became of it.
//!
//! What a request waits for otherwise, a timer or several promises at a time, goes by way of `wasm_bindgen_futures`, and so
//! does everything outside of requests.

mod task;
mod turn;

pub(crate) use task::run;
pub(crate) use turn::settled;
