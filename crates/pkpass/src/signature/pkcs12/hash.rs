//! What is made from the hash functions: keys and message authentication codes.

use hmac::{EagerHash, Hmac, KeyInit as _, Mac as _};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{
    Digest, Sha256, Sha384, Sha512,
    digest::{Output, block_api::BlockSizeUser},
};

use crate::signature::Hash;

/// Purpose, password, salt, iterations, and the length of the key.
type Derive = fn(Purpose, &[u8], &[u8], u32, usize) -> Vec<u8>;

/// The functions over one hash function.
pub(super) struct Functions {
    /// The length of its digests, in bytes.
    pub(super) length: usize,
    /// PBKDF2 with its HMAC (RFC 8018, section 5.2): password, salt, iterations, and the key to fill.
    pub(super) pbkdf2: fn(&[u8], &[u8], u32, &mut [u8]),
    /// The derivation of PKCS #12.
    pub(super) pkcs12: Derive,
    /// Whether the third argument is the HMAC with a key of a message. It takes as long for each wrong one.
    pub(super) verify: fn(&[u8], &[u8], &[u8]) -> bool,
}

impl Functions {
    pub(super) fn of(hash: Hash) -> Self {
        match hash {
            Hash::Sha1 => Self::with::<Sha1>(),
            Hash::Sha256 => Self::with::<Sha256>(),
            Hash::Sha384 => Self::with::<Sha384>(),
            Hash::Sha512 => Self::with::<Sha512>(),
        }
    }

    fn with<D: Digest + EagerHash + BlockSizeUser>() -> Self {
        Self { length: <D as Digest>::output_size(), pbkdf2: pbkdf2_hmac::<D>, pkcs12: derive::<D>, verify: verify::<D> }
    }
}

/// What a derived key is for (RFC 7292, appendix B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    InitializationVector = 2,
    Mac = 3,
}

/// The derivation of PKCS #12 (RFC 7292, appendix B.2), with the names that it has there.
fn derive<D: Digest + BlockSizeUser>(
    purpose: Purpose,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Vec<u8> {
    let v = D::block_size();
    let fill = |bytes: &[u8]| -> Vec<u8> {
        let length = bytes.len().next_multiple_of(v);
        bytes.iter().copied().cycle().take(length).collect()
    };
    let diversifier = vec![purpose as u8; v];
    let mut i = [fill(salt), fill(password)].concat();
    let mut key = Vec::new();
    loop {
        let mut a: Output<D> = D::new().chain_update(&diversifier).chain_update(&i).finalize();
        for _ in 1..iterations {
            a = D::digest(&a);
        }
        key.extend_from_slice(&a);
        if key.len() >= length {
            key.truncate(length);
            return key;
        }
        let b: Vec<u8> = a.iter().copied().cycle().take(v).collect();
        for block in i.chunks_exact_mut(v) {
            add_one_and(block, &b);
        }
    }
}

/// Adds another number and 1 to a number of the same length, without what does not fit.
fn add_one_and(number: &mut [u8], other: &[u8]) {
    let mut carry = 1;
    for (digit, other) in number.iter_mut().zip(other).rev() {
        let sum = u16::from(*digit).wrapping_add(u16::from(*other)).wrapping_add(carry);
        let [high, low] = sum.to_be_bytes();
        (*digit, carry) = (low, high.into());
    }
}

fn verify<D: EagerHash>(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    Hmac::<D>::new_from_slice(key).is_ok_and(|hmac| hmac.chain_update(message).verify_slice(tag).is_ok())
}
