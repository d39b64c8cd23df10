//! Encryption with a password: PBES2 (RFC 8018, section 6.2), and what PKCS #12 has of its own (RFC 7292, appendix C).

use aes::{Aes128, Aes192, Aes256};
use cbc::{
    Decryptor,
    cipher::{
        Block, BlockCipherDecrypt, BlockModeDecrypt as _, KeyInit, KeyIvInit as _,
        block_padding::{Padding as _, Pkcs7},
    },
};
use der::asn1::{ObjectIdentifier, OctetStringRef};
use des::TdesEde3;
use rc2::Rc2;
use spki::AlgorithmIdentifierRef;

use super::{
    asn1::{Pkcs5Parameters, Pkcs12Parameters},
    derivation::{parameters, pbkdf2},
    fault::Fault,
    hash::{Functions, Purpose},
    password::Password,
    work::Work,
};
use crate::signature::{Hash, oid::oid};

const PBES2: ObjectIdentifier = oid("1.2.840.113549.1.5.13");

/// Decrypts with a key, an initialization vector, in CBC mode with the padding of PKCS #7. `None` if no padding comes out.
type Decrypt = fn(&[u8], &[u8], &[u8]) -> Option<Vec<u8>>;

/// The ciphers of PBES2, with the lengths of their keys in bytes (RFC 8018, appendix B.2.2; RFC 3565, section 4.1).
const CIPHERS: [(ObjectIdentifier, usize, Decrypt); 4] = [
    (oid("2.16.840.1.101.3.4.1.2"), 16, decrypt_with::<Aes128>),
    (oid("2.16.840.1.101.3.4.1.22"), 24, decrypt_with::<Aes192>),
    (oid("2.16.840.1.101.3.4.1.42"), 32, decrypt_with::<Aes256>),
    (oid("1.2.840.113549.3.7"), 24, decrypt_with::<TdesEde3>),
];

/// The algorithms of PKCS #12, all with SHA-1. Keychain Access writes the last one around certificates, and the first one
/// around keys.
const PKCS12: [(ObjectIdentifier, usize, Decrypt); 4] = [
    (oid("1.2.840.113549.1.12.1.3"), 24, decrypt_with::<TdesEde3>),
    (oid("1.2.840.113549.1.12.1.4"), 16, decrypt_with_two_keys),
    (oid("1.2.840.113549.1.12.1.5"), 16, decrypt_with::<Rc2>),
    (oid("1.2.840.113549.1.12.1.6"), 5, decrypt_with::<Rc2>),
];

/// The block size of DES and RC2, in bytes.
const SHORT_BLOCK: usize = 8;

/// Decrypts `data`. What comes out of a wrong password is an error, or random bytes.
pub(super) fn decrypt(
    algorithm: AlgorithmIdentifierRef<'_>,
    data: &[u8],
    password: &Password<'_>,
    work: &mut Work,
) -> Result<Vec<u8>, Fault> {
    if algorithm.oid == PBES2 {
        let Pkcs5Parameters { derivation, scheme } = parameters(algorithm)?;
        let (length, decrypt) = find(&CIPHERS, scheme)?;
        let vector: &OctetStringRef = parameters(scheme)?;
        let key = pbkdf2(derivation, Some(length), password, work)?;
        return decrypt(&key, vector.as_bytes(), data).ok_or(Fault::Locked);
    }
    let (length, decrypt) = find(&PKCS12, algorithm)?;
    let Pkcs12Parameters { salt, iterations } = parameters(algorithm)?;
    let functions = Functions::of(Hash::Sha1);
    let [key, vector] = [(Purpose::Key, length), (Purpose::InitializationVector, SHORT_BLOCK)].map(|(purpose, length)| {
        work.spend(iterations, length.div_ceil(functions.length))?;
        Ok((functions.pkcs12)(purpose, &password.utf16, salt.as_bytes(), iterations, length))
    });
    decrypt(&key?, &vector?, data).ok_or(Fault::Locked)
}

fn find(
    table: &[(ObjectIdentifier, usize, Decrypt)],
    algorithm: AlgorithmIdentifierRef<'_>,
) -> Result<(usize, Decrypt), Fault> {
    let known = table.iter().find(|(identifier, ..)| *identifier == algorithm.oid);
    known.map(|(_, length, decrypt)| (*length, *decrypt)).ok_or_else(|| Fault::unknown(algorithm))
}

/// One block after the other: the code that does several at once is larger, and the files are small.
fn decrypt_with<C: BlockCipherDecrypt + KeyInit>(key: &[u8], vector: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut mode = Decryptor::<C>::new_from_slices(key, vector).ok()?;
    let mut plain = data.to_vec();
    let (blocks, []) = Block::<C>::slice_as_chunks_mut(&mut plain) else { return None };
    for block in blocks.iter_mut() {
        mode.decrypt_block(block);
    }
    Pkcs7::unpad_blocks(blocks).ok().map(<[u8]>::to_vec)
}

/// 3DES with two keys: the third is the first.
fn decrypt_with_two_keys(key: &[u8], vector: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    decrypt_with::<TdesEde3>(&[key, key.get(..SHORT_BLOCK)?].concat(), vector, data)
}
