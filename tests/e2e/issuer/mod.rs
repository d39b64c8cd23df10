//! What an issuer asks for.

mod credentials;
mod defects;
mod device_log;
mod inspect;
mod links;
mod list;
mod make;
mod pass_types;
mod patch;
mod publish;
mod readers;
mod registrations;
pub(crate) mod republish;
mod signatures;
mod signing_identity;
mod template;
mod withdraw;
