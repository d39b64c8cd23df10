//! Whether a private key is more than the two numbers that it shares with its certificate shows when it signs.

use super::{Candidate, SignatureCheck};
use crate::{
    defect::{Defect, DefectCode},
    signature::{Hash, SignedMessage},
};

impl Candidate {
    /// What is to be verified of a signature that the private key made over `message`.
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
