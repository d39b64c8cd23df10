//! What Wallet asks for.

mod cost;
mod latest;
mod limits;
mod log;
mod register;
mod tags;
mod unregister;
mod updatable;
