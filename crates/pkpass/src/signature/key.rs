//! RSA public keys (RFC 8017, appendix A.1.1).

use super::algorithm::Algorithm;
use crate::der::{Reader, tag};

/// Shortest modulus, in bits. Apple has never issued pass certificates for shorter ones.
pub(super) const MIN_BITS: usize = 2048;

/// Longest modulus, in bits. Apple's own have up to 4096. Verification takes time, and the uploader chooses the key.
pub(super) const MAX_BITS: usize = 8192;

/// Longest public exponent, in bytes. It is 65537 in practice, and platforms import no longer one.
const MAX_EXPONENT_BYTES: usize = 4;

/// The two numbers of a public key, as bytes without leading zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RsaKey {
    pub(super) modulus: Vec<u8>,
    pub(super) exponent: Vec<u8>,
}

impl RsaKey {
    /// Reads the key of a certificate. `None` when it is not RSA, or has a form that platforms do not import.
    ///
    /// ```text
    /// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
    /// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
    /// ```
    pub(super) fn from_info(public_key_info: &[u8]) -> Option<Self> {
        let mut info = Reader::new(public_key_info).content(tag::SEQUENCE)?;
        // RFC 3279, section 2.3.1: the parameters have to be NULL. Platforms import no other form.
        Algorithm::read(&mut info).filter(|algorithm| algorithm.is_rsa_key() && algorithm.has_null())?;
        let mut key = Reader::new(info.bits(tag::BIT_STRING)?.bytes()?);
        let mut numbers = key.content(tag::SEQUENCE)?;
        key.finish()?;
        let (modulus, exponent) = (numbers.unsigned()?, numbers.unsigned()?);
        numbers.finish()?;
        (exponent.len() <= MAX_EXPONENT_BYTES).then(|| Self { modulus: modulus.to_vec(), exponent: exponent.to_vec() })
    }

    /// Length of the modulus in bits: the strength of the key.
    pub(super) fn bits(&self) -> usize {
        let unused = self.modulus.first().map_or(0, |byte| byte.leading_zeros());
        self.modulus.len().saturating_mul(8).saturating_sub(usize::try_from(unused).unwrap_or(0))
    }

    /// Whether signatures of this key are accepted.
    pub(super) fn is_acceptable(&self) -> bool {
        (MIN_BITS..=MAX_BITS).contains(&self.bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modulus_is_as_long_as_its_highest_bit_says() {
        let bits = |modulus: &[u8]| RsaKey { modulus: modulus.to_vec(), exponent: vec![1, 0, 1] }.bits();
        assert_eq!(bits(&[]), 0);
        assert_eq!(bits(&[0x80, 0]), 16);
        assert_eq!(bits(&[0x01, 0]), 9);
    }
}
