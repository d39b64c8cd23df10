//! The file `signature` as libraries write it that have their own CMS (RFC 5652).

use std::time::Duration;

use pass_factory::clock;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use x509_cert::{
    Certificate,
    der::{Decode as _, Encode as _, asn1::UtcTime},
};

use super::{authority, identity, openssl::Workshop};

/// What the libraries do differently.
#[derive(Clone, Copy)]
pub(super) struct Cms {
    /// The hash, as openssl calls it.
    pub(super) hash: &'static str,
    pub(super) digest_algorithm: &'static [u8],
    pub(super) signature_algorithm: &'static [u8],
    /// Whether the authority's certificate is in front of the signer's.
    pub(super) authority_first: bool,
    /// The attributes in their order: the last bytes of their object identifiers (PKCS #9).
    pub(super) attributes: &'static [u8],
    /// Whether the outer lengths are indefinite.
    pub(super) indefinite: bool,
    /// Whether the manifest is in the signature.
    pub(super) attached: bool,
}

/// node-forge signs attributes in the order in which it is given them.
pub(super) const FORGE: Cms = Cms {
    hash: "sha1",
    digest_algorithm: b"\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\0",
    signature_algorithm: RSA,
    authority_first: false,
    attributes: &[CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME],
    indefinite: false,
    attached: false,
};

/// Python's cryptography.
pub(super) const PYCA: Cms = Cms {
    hash: "sha256",
    digest_algorithm: b"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\0",
    authority_first: true,
    attributes: &[CONTENT_TYPE, SIGNING_TIME, MESSAGE_DIGEST, CAPABILITIES],
    ..FORGE
};

/// Java's `BouncyCastle` names the hash without parameters, and again in the algorithm of the signature and in an attribute.
pub(super) const BOUNCY_CASTLE: Cms = Cms {
    digest_algorithm: b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01",
    signature_algorithm: b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\0",
    authority_first: false,
    attributes: &[CONTENT_TYPE, SIGNING_TIME, ALGORITHM_PROTECTION, MESSAGE_DIGEST],
    indefinite: true,
    ..PYCA
};

const CONTENT_TYPE: u8 = 3;
const MESSAGE_DIGEST: u8 = 4;
const SIGNING_TIME: u8 = 5;
const CAPABILITIES: u8 = 15;
const ALGORITHM_PROTECTION: u8 = 52;

const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\0";
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const AES_256: &[u8] = b"\x30\x0d\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2a";

impl Cms {
    /// Signs the workshop's manifest.
    pub(super) fn sign(self, manifest: &[u8], workshop: &Workshop) -> Vec<u8> {
        let attributes = self.attributes(manifest);
        workshop.write("attributes", &element(0x31, &[&attributes]));
        workshop.run(&format!("dgst -{} -sign key.pem -out rsa attributes", self.hash));
        let (signer, issuer) = (identity().certificate_der(), authority().intermediate_der());
        let read = Certificate::from_der(&signer).unwrap();
        let read = read.tbs_certificate();
        let signer_id = element(0x30, &[&read.issuer().to_der().unwrap(), &read.serial_number().to_der().unwrap()]);
        let (attributes, rsa) = (element(0xA0, &[&attributes]), element(4, &[&workshop.read("rsa")]));
        let info = [&[2, 1, 1], signer_id.as_slice(), self.digest_algorithm, &attributes, self.signature_algorithm, &rsa];
        let certificates = if self.authority_first { [&issuer, &signer] } else { [&signer, &issuer] };
        let outer = |tag, parts: &[&[u8]]| if self.indefinite { indefinite(tag, parts) } else { element(tag, parts) };
        let content = if self.attached {
            outer(0x30, &[DATA, &outer(0xA0, &[&element(4, &[manifest])])])
        } else {
            element(0x30, &[DATA])
        };
        let data = outer(
            0x30,
            &[
                &[2, 1, 1],
                &element(0x31, &[self.digest_algorithm]),
                &content,
                &outer(0xA0, &certificates.map(Vec::as_slice)),
                &element(0x31, &[&element(0x30, &info)]),
            ],
        );
        outer(0x30, &[SIGNED_DATA, &outer(0xA0, &[&data])])
    }

    fn attributes(self, manifest: &[u8]) -> Vec<u8> {
        let attribute = |kind: &u8| {
            let value = match *kind {
                CONTENT_TYPE => DATA.to_vec(),
                MESSAGE_DIGEST if self.hash == "sha1" => element(4, &[&Sha1::digest(manifest)]),
                MESSAGE_DIGEST => element(4, &[&Sha256::digest(manifest)]),
                SIGNING_TIME => {
                    UtcTime::from_unix_duration(Duration::from_secs(clock::unix_now().as_secs())).unwrap().to_der().unwrap()
                }
                CAPABILITIES => AES_256.to_vec(),
                // RFC 6211: the hash, and in [1] the algorithm of the signature.
                ALGORITHM_PROTECTION => {
                    element(0x30, &[self.digest_algorithm, &element(0xA1, &[&self.signature_algorithm[2..]])])
                }
                other => panic!("no attribute {other}"),
            };
            let kind = element(6, &[b"\x2a\x86\x48\x86\xf7\x0d\x01\x09", &[*kind]]);
            element(0x30, &[&kind, &element(0x31, &[&value])])
        };
        self.attributes.iter().flat_map(attribute).collect()
    }
}

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let length = match u16::try_from(value.len()).unwrap().to_be_bytes() {
        [0, low] if low < 0x80 => vec![low],
        [0, low] => vec![0x81, low],
        [high, low] => vec![0x82, high, low],
    };
    [&[tag], length.as_slice(), &value].concat()
}

fn indefinite(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    [&[tag, 0x80], parts.concat().as_slice(), &[0, 0]].concat()
}
