//! What an issuer asks for.

mod credentials;
mod defects;
mod device_log;
mod dry_run;
mod external_id;
mod increments;
mod inspect;
mod links;
mod list;
mod make;
mod nfc;
mod pass_types;
mod patch;
mod publish;
mod readers;
mod refused_changes;
mod refused_identities;
mod refused_templates;
mod registrations;
mod republish;
mod signatures;
mod signing_identity;
mod template;
mod validate;
mod values;
mod withdraw;
