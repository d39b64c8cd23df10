//! The file `signature` and the certificates behind it. The service makes it for its own passes, and checks it in uploaded
//! ones.
//!
//! The platform does the RSA. A [`SignatureCheck`] tells it which signature to verify, and has the message for the issuer in
//! case that fails.
//!
//! | Module | Knows |
//! |---|---|
//! | `identity` | the certificate and key that an issuer uploads |
//! | `signer` | making a signature |
//! | `examine` | checking one |
//! | `envelope` | the one form of a signature that passes have |
//! | `message` | the CMS structure around it |
//! | `attributes` | the signed attributes |
//! | `chain` | the certificates in a signature, up to a trusted one |
//! | `rules` | the rules for a pass certificate and its issuer |
//! | `trust` | the certificates that are trusted without proof |
//! | `certificate`, `fields` | one X.509 certificate |
//! | `key`, `private_key` | RSA keys in their DER forms |
//! | `algorithm`, `oid` | the algorithms and their numbers |
//! | `text` | names in certificates, for people |
//! | `trial` | the first signature of an uploaded key |
//! | `proof` | the port to the platform's RSA |
//! | `value`, `time` | values in DER; [`crate::der`] reads the elements |
//! | `write` | writing DER |
//! | `indefinite` | lengths as Apple's tools write them |
//!
//! There is no model of ASN.1: a reader walks over the bytes, knows what has to come next, and keeps the parts it needs. It
//! accepts only the DER encoding of a value, so bytes can be compared and verified as they are. (Crates that map ASN.1 to types
//! made the Worker a fifth larger.)
//!
//! Sources: RFC 5652 for the signature, RFC 5280 for certificates, X.690 for DER; Apple, "Building a Pass", for Wallet's
//! demands.

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
    proof::{Hash, Rsa, SignedMessage},
    signer::Signer,
    trust::Trust,
};
use super::defect::Defect;

/// A signature that the platform has to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureCheck {
    /// The signature to verify.
    pub proof: SignedMessage,
    /// The defect if it does not hold.
    pub otherwise: Defect,
}
