//! The file `signature` and the certificates behind it. The service makes it for its own passes, and checks it in uploaded
//! ones.
//!
//! The platform does the RSA ([`Rsa`]).
//!
//! | Module | Knows |
//! |---|---|
//! | `identity` | the certificate and key that an issuer uploads in PEM |
//! | `request` | making a request for a certificate |
//! | `recognize` | what a file is that is no certificate |
//! | `pkcs12` | the same as a `.p12` file with a password |
//! | `sent` | whether certificate, key and intermediate belong together |
//! | `signer` | making a signature |
//! | `examine` | checking one |
//! | `envelope` | the one form of a signature that passes have |
//! | `attributes` | the signed attributes |
//! | `chain` | the certificates in a signature, up to a trusted one |
//! | `rules` | the rules for a pass certificate and its issuer |
//! | `trust` | the certificates that are trusted without proof |
//! | `certificate` | one X.509 certificate |
//! | `purpose` | what it is for |
//! | `private_key` | RSA keys in their DER forms |
//! | `name` | names in certificates, for people |
//! | `asn1`, `oid` | the structures and numbers of all these |
//! | `indefinite` | lengths as Apple's tools write them |
//! | `proof` | the port to the platform's RSA |
//!
//! Sources: RFC 5652 for the signature, RFC 5280 for certificates, RFC 7292 for PKCS #12, X.690 for DER; Apple,
//! "Building a Pass", for Wallet's demands.

mod asn1;
mod attributes;
mod certificate;
mod chain;
mod envelope;
mod examine;
mod identity;
mod indefinite;
mod name;
mod oid;
mod pkcs12;
mod private_key;
mod proof;
mod purpose;
mod recognize;
mod request;
mod rules;
mod sent;
mod signer;
mod trust;

pub use self::{
    certificate::Certificate,
    examine::{Signed, examine},
    identity::{Upload, check_alone},
    pkcs12::Pkcs12,
    proof::{GeneratedKey, Hash, Rsa, SignedMessage},
    recognize::{Found, Kind, recognize},
    request::{NewRequest, make_request, public_key_of_request},
    rules::check_nfc,
    sent::Candidate,
    signer::Signer,
    trust::Trust,
};
