//! PKCS #12 files (RFC 7292) as Keychain Access, browsers and OpenSSL write them, and as nobody should.
//!
//! Only ciphers, HMAC and PBKDF2 come from crates. openssl opens what is made here (`pkpass/tests/signature/pkcs12`).

use aes::Aes256;
use cbc::{
    Encryptor,
    cipher::{BlockCipherEncrypt, BlockModeEncrypt, KeyInit, KeyIvInit, block_padding::Pkcs7},
};
use des::TdesEde3;
use hmac::{Hmac, Mac as _};
use pbkdf2::pbkdf2_hmac;
use rc2::Rc2;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use x509_cert::der::oid::ObjectIdentifier;

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const SHA1: &str = "1.3.14.3.2.26";
const HMAC_SHA256: &str = "1.2.840.113549.2.9";

const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";

const SALT: &[u8] = b"8 bytes.";

/// How something is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all.
    None,
    /// PBE-SHA1-RC2-40: the certificates of Keychain Access.
    Rc2With40Bits,
    /// PBE-SHA1-3DES: its keys.
    TripleDes,
    /// PBES2 with AES-256 and HMAC-SHA-256: OpenSSL 3.
    Aes,
    /// An algorithm of this number that needs no parameters.
    Unknown(&'static str),
}

/// The message authentication code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    None,
    Sha1,
    /// RFC 9579, with SHA-256.
    Pbmac1,
    /// A digest of this number.
    Unknown(&'static str),
}

/// How lengths are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lengths {
    /// DER
    Definite,
    /// Indefinite lengths everywhere, and long strings in pieces of so many bytes.
    Indefinite(usize),
}

/// A file to be written. The default is what Keychain Access exports.
#[derive(Debug, Clone)]
pub struct Pkcs12<'a> {
    /// In DER.
    pub certificates: Vec<Vec<u8>>,
    /// PKCS #8 in DER.
    pub keys: Vec<Vec<u8>>,
    /// Keys that are encrypted already (`EncryptedPrivateKeyInfo`).
    pub shrouded_keys: Vec<Vec<u8>>,
    pub password: &'a str,
    pub certificate_encryption: Encryption,
    pub key_encryption: Encryption,
    pub authentication: Authentication,
    pub iterations: u32,
    /// How many iterations the file says it has, if that is not the truth.
    pub claimed_iterations: Option<u32>,
    pub lengths: Lengths,
    /// An empty password is no bytes, and not a zero.
    pub nothing_for_empty: bool,
}

impl Default for Pkcs12<'_> {
    fn default() -> Self {
        Self {
            certificates: Vec::new(),
            keys: Vec::new(),
            shrouded_keys: Vec::new(),
            password: "",
            certificate_encryption: Encryption::Rc2With40Bits,
            key_encryption: Encryption::TripleDes,
            authentication: Authentication::Sha1,
            iterations: 2048,
            claimed_iterations: None,
            lengths: Lengths::Indefinite(1000),
            nothing_for_empty: false,
        }
    }
}

impl Pkcs12<'_> {
    /// Writes the file.
    pub fn write(&self) -> Vec<u8> {
        let shrouded = self.shrouded_keys.iter().map(|key| self.bag(SHROUDED_KEY_BAG, key.clone()));
        let key_bags: Vec<_> = self.keys.iter().map(|key| self.key_bag(key)).chain(shrouded).collect();
        let certificate_bags: Vec<_> = self.certificates.iter().map(|it| self.certificate_bag(it)).collect();
        let certificates = self.sequence(&certificate_bags);
        let certificates = match self.certificate_encryption {
            Encryption::None => self.data(&certificates),
            encryption => self.encrypted_data(encryption, &certificates),
        };
        let safe = self.sequence(&[certificates, self.data(&self.sequence(&key_bags))]);
        let mut parts = vec![vec![2, 1, 3], self.data(&safe)];
        parts.extend(self.mac(&safe));
        self.sequence(&parts)
    }

    fn key_bag(&self, key: &[u8]) -> Vec<u8> {
        let (kind, value) = match self.key_encryption {
            Encryption::None => ("1.2.840.113549.1.12.10.1.1", key.to_vec()),
            encryption => {
                let (algorithm, data) = self.encrypt(encryption, key);
                (SHROUDED_KEY_BAG, self.sequence(&[algorithm, self.octets(&data)]))
            }
        };
        self.bag(kind, value)
    }

    fn certificate_bag(&self, certificate: &[u8]) -> Vec<u8> {
        let value = self.constructed(0xA0, &[self.octets(certificate)]);
        self.bag("1.2.840.113549.1.12.10.1.3", self.sequence(&[oid("1.2.840.113549.1.9.22.1"), value]))
    }

    /// A bag with `friendlyName` and `localKeyID`.
    fn bag(&self, kind: &str, value: Vec<u8>) -> Vec<u8> {
        let name: Vec<u8> = "Pass Type ID: x".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let attributes = [("1.2.840.113549.1.9.20", element(0x1E, &name)), ("1.2.840.113549.1.9.21", element(4, &[1; 20]))];
        let attributes = attributes.map(|(kind, value)| self.sequence(&[oid(kind), self.constructed(0x31, &[value])]));
        self.sequence(&[oid(kind), self.constructed(0xA0, &[value]), self.constructed(0x31, &attributes)])
    }

    fn data(&self, content: &[u8]) -> Vec<u8> {
        self.sequence(&[oid(DATA), self.constructed(0xA0, &[self.octets(content)])])
    }

    fn encrypted_data(&self, encryption: Encryption, content: &[u8]) -> Vec<u8> {
        let (algorithm, data) = self.encrypt(encryption, content);
        let content = match self.pieces(&data) {
            Some(pieces) => self.constructed(0xA0, &pieces),
            None => element(0x80, &data),
        };
        let content = self.sequence(&[oid(DATA), algorithm, content]);
        let encrypted = self.sequence(&[vec![2, 1, 0], content]);
        self.sequence(&[oid(ENCRYPTED_DATA), self.constructed(0xA0, &[encrypted])])
    }

    /// The algorithm, and what it makes of these bytes.
    fn encrypt(&self, encryption: Encryption, plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
        match encryption {
            Encryption::None => unreachable!("the callers know"),
            Encryption::Rc2With40Bits => self.encrypt_with::<Rc2>("1.2.840.113549.1.12.1.6", 5, plain),
            Encryption::TripleDes => self.encrypt_with::<TdesEde3>("1.2.840.113549.1.12.1.3", 24, plain),
            Encryption::Aes => {
                let (derivation, key) = self.pbkdf2(None);
                let vector = [9; 16];
                let cipher = self.sequence(&[oid("2.16.840.1.101.3.4.1.42"), element(4, &vector)]);
                let parameters = self.sequence(&[derivation, cipher]);
                let algorithm = self.sequence(&[oid("1.2.840.113549.1.5.13"), parameters]);
                (algorithm, encrypt::<Aes256>(&key, &vector, plain))
            }
            Encryption::Unknown(number) => (self.sequence(&[oid(number)]), plain.to_vec()),
        }
    }

    fn encrypt_with<C: BlockCipherEncrypt + KeyInit>(&self, number: &str, length: usize, plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let [key, vector] = [(1, length), (2, 8)].map(|(purpose, length)| self.derive(purpose, length));
        let parameters = self.sequence(&[element(4, SALT), self.iterations()]);
        (self.sequence(&[oid(number), parameters]), encrypt::<C>(&key, &vector, plain))
    }

    /// PBKDF2 with HMAC-SHA-256: the algorithm, which names the length of the key where it must, and the key.
    fn pbkdf2(&self, length: Option<u32>) -> (Vec<u8>, [u8; 32]) {
        let mut key = [0; 32];
        pbkdf2_hmac::<Sha256>(self.password.as_bytes(), SALT, self.iterations, &mut key);
        let function = self.sequence(&[oid(HMAC_SHA256), vec![5, 0]]);
        let mut parameters = vec![element(4, SALT), self.iterations()];
        parameters.extend(length.map(integer));
        let parameters = self.sequence(&[parameters, vec![function]].concat());
        (self.sequence(&[oid("1.2.840.113549.1.5.12"), parameters]), key)
    }

    /// RFC 7292, appendix B, with SHA-1.
    fn derive(&self, purpose: u8, length: usize) -> Vec<u8> {
        let zero = (!self.nothing_for_empty || !self.password.is_empty()).then_some(0);
        let password: Vec<u8> = self.password.encode_utf16().chain(zero).flat_map(u16::to_be_bytes).collect();
        let repeated = |bytes: &[u8]| bytes.repeat(64).get(..bytes.len().div_ceil(64) * 64).unwrap_or_default().to_vec();
        let mut input = [repeated(SALT), repeated(&password)].concat();
        let mut key = Vec::new();
        while key.len() < length {
            let mut digest = Sha1::digest([&[purpose; 64], input.as_slice()].concat());
            for _ in 1..self.iterations {
                digest = Sha1::digest(digest);
            }
            key.extend_from_slice(&digest);
            for block in input.chunks_mut(64) {
                let mut carry = 1;
                for (at, digit) in block.iter_mut().enumerate().rev() {
                    let sum = u16::from(*digit) + u16::from(digest[at % 20]) + carry;
                    (*digit, carry) = (sum.to_le_bytes()[0], sum / 256);
                }
            }
        }
        key.truncate(length);
        key
    }

    fn mac(&self, safe: &[u8]) -> Option<Vec<u8>> {
        let (algorithm, mac) = match self.authentication {
            Authentication::None => return None,
            Authentication::Sha1 => {
                let mac = Hmac::<Sha1>::new_from_slice(&self.derive(3, 20)).expect("any key will do").chain_update(safe);
                (self.sequence(&[oid(SHA1), vec![5, 0]]), mac.finalize().into_bytes().to_vec())
            }
            Authentication::Pbmac1 => {
                let (derivation, key) = self.pbkdf2(Some(32));
                let mac = Hmac::<Sha256>::new_from_slice(&key).expect("any key will do").chain_update(safe);
                let parameters = self.sequence(&[derivation, self.sequence(&[oid(HMAC_SHA256), vec![5, 0]])]);
                let algorithm = self.sequence(&[oid("1.2.840.113549.1.5.14"), parameters]);
                (algorithm, mac.finalize().into_bytes().to_vec())
            }
            Authentication::Unknown(number) => (self.sequence(&[oid(number), vec![5, 0]]), vec![0; 32]),
        };
        let digest = self.sequence(&[algorithm, element(4, &mac)]);
        let mut parts = vec![digest, element(4, SALT)];
        // One is what it is when it is left out.
        let is_one = self.claimed_iterations.unwrap_or(self.iterations) == 1;
        parts.extend((!is_one).then(|| self.iterations()));
        Some(self.sequence(&parts))
    }

    fn iterations(&self) -> Vec<u8> {
        integer(self.claimed_iterations.unwrap_or(self.iterations))
    }

    fn sequence(&self, parts: &[Vec<u8>]) -> Vec<u8> {
        self.constructed(0x30, parts)
    }

    fn constructed(&self, tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
        match self.lengths {
            Lengths::Definite => element(tag, &parts.concat()),
            Lengths::Indefinite(_) => [vec![tag, 0x80], parts.concat(), vec![0, 0]].concat(),
        }
    }

    fn octets(&self, bytes: &[u8]) -> Vec<u8> {
        self.pieces(bytes).map_or_else(|| element(4, bytes), |pieces| self.constructed(0x24, &pieces))
    }

    /// The pieces of a string that is written in some.
    fn pieces(&self, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        match self.lengths {
            Lengths::Indefinite(length) if bytes.len() > length => {
                Some(bytes.chunks(length).map(|piece| element(4, piece)).collect())
            }
            _ => None,
        }
    }
}

fn encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], vector: &[u8], plain: &[u8]) -> Vec<u8> {
    Encryptor::<C>::new_from_slices(key, vector).expect("lengths that fit").encrypt_padded_vec::<Pkcs7>(plain)
}

/// An element of DER, of less than 64 KiB.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let header = match (u8::try_from(content.len()), u16::try_from(content.len())) {
        (Ok(short @ ..0x80), _) => vec![tag, short],
        (Ok(longer), _) => vec![tag, 0x81, longer],
        (_, Ok(long)) => [&[tag, 0x82][..], &long.to_be_bytes()].concat(),
        _ => panic!("{} bytes are too long", content.len()),
    };
    [&header, content].concat()
}

fn integer(number: u32) -> Vec<u8> {
    let bytes = u64::from(number).to_be_bytes();
    // One zero more than needed would not be DER, and one less a negative number.
    let start = (0..7).find(|at| bytes[*at] != 0 || bytes[*at + 1] >= 0x80).unwrap_or(7);
    element(2, &bytes[start..])
}

fn oid(numbers: &str) -> Vec<u8> {
    element(6, ObjectIdentifier::new(numbers).expect("numbers with dots").as_bytes())
}
