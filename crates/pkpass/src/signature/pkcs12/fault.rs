//! Why a PKCS #12 file cannot be opened, for the issuer. No message holds anything of the file but numbers of algorithms.

use spki::AlgorithmIdentifierRef;

use crate::defect::{Defect, DefectCode};

/// The name of the file in the upload. Defects name it as their file.
pub(super) const FILE: &str = "pkcs12";

/// Most rounds of a hash function for one file. In WebAssembly they take about a second.
pub(super) const MAX_ROUNDS: u64 = 2_000_000;

/// The reason why a file cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is something else, as the text says.
    Format(&'static str),
    /// It began like such a file.
    Damaged,
    /// The password is not the file's.
    Password,
    /// Something in the file does not open with the password: it is another one, or random bytes came out.
    Locked,
    /// The file is for a public key.
    PublicKey,
    /// The object identifier of an algorithm that is not known here, in digits.
    Algorithm(String),
    /// Opening takes too long, with this number of iterations.
    Iterations(u32),
}

impl Fault {
    /// The algorithm is not known here.
    pub(super) fn unknown(algorithm: AlgorithmIdentifierRef<'_>) -> Self {
        Self::Algorithm(algorithm.oid.to_string())
    }

    pub(super) fn to_defect(&self) -> Defect {
        let (code, message) = match self {
            Self::Format(found) => {
                let message = format!("{found} Send a .p12 or .pfx file with certificate and private key.");
                (DefectCode::Pkcs12Format, message)
            }
            Self::Damaged => {
                let message = "The PKCS #12 file is cut off or damaged. Send the whole file, or export it again.";
                (DefectCode::Pkcs12Damaged, message.to_owned())
            }
            Self::Password => {
                let message = "The password is not the one of the PKCS #12 file. Send the one that the file was exported with; \
                               an empty one is \"\".";
                (DefectCode::Pkcs12Password, message.to_owned())
            }
            Self::Locked => {
                let message = "The password opens the PKCS #12 file, but not everything in it. Export it again with one \
                               password for all.";
                (DefectCode::Pkcs12Password, message.to_owned())
            }
            Self::PublicKey => {
                let message = "The PKCS #12 file is protected with a public key. Export it again, with a password.";
                (DefectCode::Pkcs12PublicKey, message.to_owned())
            }
            Self::Algorithm(identifier) => {
                let message = format!(
                    "The PKCS #12 file uses the algorithm {identifier}, which is not supported. Export it again with AES and \
                     SHA-256, as OpenSSL 3 does, or with 3DES."
                );
                (DefectCode::Pkcs12Algorithm, message)
            }
            Self::Iterations(iterations) => {
                let message = format!(
                    "The PKCS #12 file asks for {iterations} iterations. All its parts together may ask for {MAX_ROUNDS} \
                     rounds of hashing. Export it again with fewer: OpenSSL's own number is 2048."
                );
                (DefectCode::Pkcs12Iterations, message)
            }
        };
        Defect::in_file(code, FILE, message)
    }
}
