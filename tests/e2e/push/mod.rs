//! Push: a change of a pass reaches the devices that registered it, through Apple's push service as it is simulated.

mod abuse;
mod answers;
mod api;
mod change;
mod cost;
mod held;
mod interval;
mod job;
mod kept;
mod setup;
pub(crate) mod shop;
mod silence;
mod wallets;
