//! What Wallet asks for.

mod cost;
mod limits;
mod list_updatable_passes;
mod log;
mod refusal;
mod register;
mod send_updated_pass;
mod tags;
mod unregister;
