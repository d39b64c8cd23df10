//! What Wallet asks for.

mod latest;
mod log;
mod register;
mod tags;
mod unregister;
mod updatable;
