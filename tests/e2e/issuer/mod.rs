//! What an issuer asks for.

mod credentials;
mod defects;
mod device_log;
mod inspect;
mod list;
mod publish;
mod registrations;
mod withdraw;
