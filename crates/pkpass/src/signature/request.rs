//! Requests for certificates: PKCS #10 (RFC 2986), which Apple's site takes.

use std::fmt;

use der::{AnyRef, Decode as _, Encode as _, Tag};

use super::{
    Rsa,
    asn1::{self, constructed, element},
    oid,
    proof::GeneratedKey,
};

/// The version, which is 0.
const VERSION: &[u8] = b"\0";

/// A request and its private key.
#[derive(Clone)]
pub struct NewRequest {
    /// The request in DER.
    pub der: Vec<u8>,
    /// The private key, PKCS #8 in DER. A secret.
    pub pkcs8: Vec<u8>,
}

/// Leaves the key out, so that no log can hold it.
impl fmt::Debug for NewRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NewRequest").finish_non_exhaustive()
    }
}

/// Makes a key and a request for its certificate. The request asks for one name, as Apple writes the names of its certificates
/// itself. `Ok(None)` only for a name that is too long for DER.
///
/// # Errors
///
/// The platform makes no key, or does not sign with it.
pub async fn make_request<R: Rsa>(common_name: &str, rsa: &R) -> Result<Option<NewRequest>, R::Error> {
    let GeneratedKey { pkcs8, public_key } = rsa.generate().await?;
    let Ok(info) = info(common_name, &public_key) else { return Ok(None) };
    let signature = rsa.sign(&rsa.import(&pkcs8).await?, &info).await?;
    Ok(request(&info, &signature).map(|der| NewRequest { der, pkcs8 }).ok())
}

/// `CertificationRequestInfo`: version 0, the name, the key, and no attributes (RFC 2986, section 4.1).
fn info(common_name: &str, public_key: &[u8]) -> der::Result<Vec<u8>> {
    let name = element(Tag::Utf8String, &[common_name.as_bytes()])?;
    let part = element(Tag::Sequence, &[&oid::COMMON_NAME.to_der()?, &name])?;
    let subject = element(Tag::Sequence, &[&element(Tag::Set, &[&part])?])?;
    element(Tag::Sequence, &[&element(Tag::Integer, &[VERSION])?, &subject, public_key, &element(constructed(0), &[])?])
}

/// `CertificationRequest` (RFC 2986, section 4.2).
fn request(info: &[u8], signature: &[u8]) -> der::Result<Vec<u8>> {
    // The first byte of a BIT STRING counts the bits that are not used.
    let signature = element(Tag::BitString, &[b"\0", signature])?;
    element(Tag::Sequence, &[info, &oid::algorithm(oid::SHA256_WITH_RSA)?, &signature])
}

/// The public key (`SubjectPublicKeyInfo` in DER) of a request in DER. `None` for anything else.
#[must_use]
pub fn public_key_of_request(der: &[u8]) -> Option<Vec<u8>> {
    // Around what is signed, a request is like a certificate.
    let info = asn1::Certificate::from_der(der).ok()?.signed.decode_as::<Vec<AnyRef<'_>>>().ok()?;
    let [version, _subject, public_key, _attributes] = info.as_slice() else { return None };
    if *version == AnyRef::new(Tag::Integer, VERSION).ok()? { public_key.to_der().ok() } else { None }
}
