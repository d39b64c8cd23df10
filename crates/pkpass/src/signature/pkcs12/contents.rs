//! What is in a file (RFC 7292, sections 4 and 5.2).

use der::{AnyRef, Choice, Decode as _, DecodeValue, Encode as _, Tag, Tagged as _, asn1::OctetStringRef};

use super::{
    asn1::{self, Bag, CertificateBag, ContentInfo, EncryptedData, EncryptedKey, make_definite},
    encryption::decrypt,
    fault::Fault,
    password::Password,
    work::Work,
};
use crate::signature::oid;

/// How deep bags may be in bags. Nobody writes such bags.
const MAX_DEPTH: usize = 4;

/// What was found.
#[derive(Default)]
pub(super) struct Contents {
    /// Private keys, PKCS #8 in DER. Secrets.
    pub(super) keys: Vec<Vec<u8>>,
    /// X.509 certificates in DER.
    pub(super) certificates: Vec<Vec<u8>>,
    /// Whether the password decrypted something.
    pub(super) decrypted: bool,
}

/// Opens all parts of a file, its `AuthenticatedSafe`, with a password.
pub(super) fn read_safe(safe: &[u8], password: &Password<'_>, work: &mut Work) -> Result<Contents, Fault> {
    Reader { password, work, contents: Contents::default() }.read_safe(safe)
}

struct Reader<'a> {
    password: &'a Password<'a>,
    work: &'a mut Work,
    contents: Contents,
}

impl Reader<'_> {
    fn read_safe(mut self, safe: &[u8]) -> Result<Contents, Fault> {
        let safe = make_definite(safe).ok_or(Fault::Damaged)?;
        for part in Vec::<ContentInfo<'_>>::from_der(&safe).map_err(|_| Fault::Damaged)? {
            if part.kind.is(oid::DATA) {
                let bags: &OctetStringRef = read(part.content)?;
                self.read_bags(bags.as_bytes(), MAX_DEPTH)?;
            } else if part.kind.is(asn1::ENCRYPTED_DATA) {
                let EncryptedData { content, .. } = read(part.content)?;
                let data = content.bytes().ok_or(Fault::Damaged)?;
                let bags = decrypt(content.algorithm, &data, self.password, self.work)?;
                // A wrong password can leave something that looks like padding.
                self.read_bags(&bags, MAX_DEPTH)
                    .map_err(|fault| if fault == Fault::Damaged { Fault::Locked } else { fault })?;
                self.contents.decrypted = true;
            } else if part.kind.is(asn1::ENVELOPED_DATA) {
                return Err(Fault::PublicKey);
            } else {
                return Err(Fault::Damaged);
            }
        }
        Ok(self.contents)
    }

    fn read_bags(&mut self, bags: &[u8], depth: usize) -> Result<(), Fault> {
        let depth = depth.checked_sub(1).ok_or(Fault::Damaged)?;
        let bags = make_definite(bags).ok_or(Fault::Damaged)?;
        let bags = Vec::<Bag<'_>>::from_der(&bags).map_err(|_| Fault::Damaged)?;
        bags.iter().try_for_each(|bag| self.read_bag(bag, depth))
    }

    fn read_bag(&mut self, bag: &Bag<'_>, depth: usize) -> Result<(), Fault> {
        if bag.kind.is(asn1::KEY_BAG) {
            self.contents.keys.push(encode(bag.value)?);
        } else if bag.kind.is(asn1::SHROUDED_KEY_BAG) {
            let EncryptedKey { algorithm, data } = read(bag.value)?;
            let key = decrypt(algorithm, data.as_bytes(), self.password, self.work)?;
            if !AnyRef::from_der(&key).is_ok_and(|any| any.tag() == Tag::Sequence) {
                return Err(Fault::Locked);
            }
            self.contents.keys.push(key);
            self.contents.decrypted = true;
        } else if bag.kind.is(asn1::CERTIFICATE_BAG) {
            let CertificateBag { kind, value } = read(bag.value)?;
            if kind.is(asn1::X509_CERTIFICATE) {
                let certificate: &OctetStringRef = read(value)?;
                self.contents.certificates.push(certificate.as_bytes().to_vec());
            }
        } else if bag.kind.is(asn1::SAFE_CONTENTS_BAG) {
            self.read_bags(&encode(bag.value)?, depth)?;
        }
        // Revocation lists and other secrets sign no pass.
        Ok(())
    }
}

/// Reads an element.
pub(super) fn read<'a, T>(element: AnyRef<'a>) -> Result<T, Fault>
where
    T: Choice<'a> + DecodeValue<'a, Error = der::Error>,
{
    element.decode_as().map_err(|_| Fault::Damaged)
}

fn encode(element: AnyRef<'_>) -> Result<Vec<u8>, Fault> {
    element.to_der().map_err(|_| Fault::Damaged)
}
