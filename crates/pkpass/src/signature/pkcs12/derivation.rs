//! PBKDF2 as files ask for it (RFC 8018, appendices A.2 and B.1).

use der::{Choice, DecodeValue, asn1::ObjectIdentifier};
use spki::AlgorithmIdentifierRef;

use super::{asn1::Pbkdf2Parameters, fault::Fault, hash::Functions, password::Password, work::Work};
use crate::signature::{Hash, oid::oid};

const PBKDF2: ObjectIdentifier = oid("1.2.840.113549.1.5.12");

/// HMAC with a hash function (RFC 8018, appendix B.1).
const HMACS: [(ObjectIdentifier, Hash); 4] = [
    (oid("1.2.840.113549.2.7"), Hash::Sha1),
    (oid("1.2.840.113549.2.9"), Hash::Sha256),
    (oid("1.2.840.113549.2.10"), Hash::Sha384),
    (oid("1.2.840.113549.2.11"), Hash::Sha512),
];

/// The parameters of an algorithm.
pub(super) fn parameters<'a, T>(algorithm: AlgorithmIdentifierRef<'a>) -> Result<T, Fault>
where
    T: Choice<'a> + DecodeValue<'a, Error = der::Error>,
{
    algorithm.parameters.and_then(|any| any.decode_as().ok()).ok_or(Fault::Damaged)
}

/// The hash function inside an HMAC.
pub(super) fn hash_of_hmac(algorithm: AlgorithmIdentifierRef<'_>) -> Result<Hash, Fault> {
    let known = HMACS.into_iter().find(|(hmac, _)| *hmac == algorithm.oid);
    known.map(|(_, hash)| hash).ok_or_else(|| Fault::unknown(algorithm))
}

/// Derives a key. `length` is what its user needs, in bytes; without one, the file says it.
pub(super) fn pbkdf2(
    algorithm: AlgorithmIdentifierRef<'_>,
    length: Option<usize>,
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Vec<u8>, Fault> {
    if algorithm.oid != PBKDF2 {
        return Err(Fault::unknown(algorithm));
    }
    let Pbkdf2Parameters { salt, iterations, key_length, function } = parameters(algorithm)?;
    let functions = Functions::of(function.map_or(Ok(Hash::Sha1), hash_of_hmac)?);
    let length = match (length, key_length.map(usize::from)) {
        (Some(needed), Some(said)) if needed != said => return Err(Fault::Damaged),
        (needed, said) => needed.or(said).ok_or(Fault::Damaged)?,
    };
    // HMAC hashes twice.
    work.spend(iterations, length.div_ceil(functions.length).saturating_mul(2))?;
    let mut key = vec![0; length];
    (functions.pbkdf2)(password.utf8, salt.as_bytes(), iterations, &mut key);
    Ok(key)
}
