//! The message authentication code of a file (RFC 7292, section 5.1, and RFC 9579). It tells whether a password is the right
//! one.

use der::asn1::ObjectIdentifier;

use super::{
    asn1::{MacData, Pkcs5Parameters},
    derivation::{hash_of_hmac, parameters, pbkdf2},
    fault::Fault,
    hash::{Functions, Purpose},
    password::Password,
    work::Work,
};
use crate::signature::oid::{Algorithm, oid};

const PBMAC1: ObjectIdentifier = oid("1.2.840.113549.1.5.14");

impl MacData<'_> {
    /// Whether it was made with a password, over this content.
    pub(super) fn proves(&self, content: &[u8], password: &Password<'_>, work: &mut Work) -> Result<bool, Fault> {
        let algorithm = self.mac.algorithm;
        let (key, functions) = if algorithm.oid == PBMAC1 {
            // It has its own salt and iterations (RFC 9579, section 4).
            let Pkcs5Parameters { derivation, scheme } = parameters(algorithm)?;
            let functions = Functions::of(hash_of_hmac(scheme)?);
            (pbkdf2(derivation, None, password, work)?, functions)
        } else {
            let hash = Algorithm::from(algorithm).hash().ok_or_else(|| Fault::unknown(algorithm))?;
            let functions = Functions::of(hash);
            work.spend(self.iterations, 1)?;
            let salt = self.salt.as_bytes();
            ((functions.pkcs12)(Purpose::Mac, &password.utf16, salt, self.iterations, functions.length), functions)
        };
        Ok((functions.verify)(&key, content, self.mac.digest.as_bytes()))
    }
}
