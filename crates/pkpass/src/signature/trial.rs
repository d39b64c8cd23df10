//! The first signature of a private key. It shows that the whole key belongs to the certificate, not only its two public
//! numbers.

use super::{Candidate, SignatureCheck};
use crate::{
    defect::{Defect, DefectCode},
    signature::{Hash, SignedMessage},
};

impl Candidate {
    /// The check of a signature that the private key made over `message`.
    #[must_use]
    pub fn trial(&self, message: &[u8], signature: Vec<u8>) -> Option<SignatureCheck> {
        let public_key = self.certificate.public_key()?;
        let message_to_issuer = "The private key does not sign for the certificate: it is damaged, or another one. `openssl \
                                 rsa -check -in key.pem` tells whether it is whole.";
        Some(SignatureCheck {
            proof: SignedMessage { public_key, hash: Hash::Sha256, message: message.to_vec(), signature },
            otherwise: Defect::in_file(DefectCode::PrivateKeyMismatch, "privateKey", message_to_issuer),
        })
    }
}
