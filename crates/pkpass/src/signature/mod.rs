//! The file `signature` and the certificates behind it: made for passes that the service signs itself, checked in those that
//! are uploaded.
//!
//! RSA itself is the platform's. What is asked of it goes out as a [`SignatureCheck`]: a proof to verify, and what the issuer
//! reads when it fails.
//!
//! | Module | Knows |
//! |---|---|
//! | `identity` | the certificate and key that an issuer uploads |
//! | `signer` | making a signature |
//! | `examine` | checking one |
//! | `envelope` | the form of a signature: what passes have, and nothing else |
//! | `message` | the CMS structure that it is in |
//! | `attributes` | what a signature says of the manifest |
//! | `chain` | the certificates in a signature, up to a trusted one |
//! | `rules` | the rules for a pass certificate and its issuer |
//! | `trust` | the certificates that are believed without proof |
//! | `certificate`, `fields` | one X.509 certificate |
//! | `key`, `private_key` | RSA keys in their DER forms |
//! | `algorithm`, `oid` | the algorithms and their numbers |
//! | `text` | names in certificates, for people |
//! | `trial` | whether an uploaded key really signs |
//! | `proof` | what the platform verifies |
//! | `value`, `time` | values in DER, in which all of these are; [`crate::der`] reads the elements |
//! | `write` | the same, the other way |
//! | `indefinite` | lengths as Apple's tools write them |
//!
//! Nothing is decoded into a model of ASN.1: a reader walks over the bytes, knows what has to come next, and keeps the parts it
//! needs. What has one encoding in DER is accepted in no other, so that bytes can be compared and verified as they are. (Crates
//! that map ASN.1 to types made the Worker a fifth larger.)
//!
//! Sources: RFC 5652 for the signature, RFC 5280 for certificates, X.690 for DER; Apple, "Building a Pass", for what Wallet
//! demands of them.

mod algorithm;
mod attributes;
mod certificate;
mod chain;
mod envelope;
mod examine;
mod fields;
mod identity;
mod indefinite;
mod key;
mod message;
mod oid;
mod private_key;
mod proof;
mod rules;
mod signer;
mod text;
mod time;
mod trial;
mod trust;
mod value;
mod write;

pub use self::{
    certificate::Certificate,
    examine::{Findings, Signed, examine},
    identity::{Candidate, Upload},
    proof::{Hash, SignedMessage},
    signer::Signer,
    trust::Trust,
};
use super::defect::Defect;

/// Something that looks right and that the platform has to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureCheck {
    /// What to verify.
    pub proof: SignedMessage,
    /// What is wrong when it does not hold.
    pub otherwise: Defect,
}
