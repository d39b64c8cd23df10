//! Makes the file `signature`: detached CMS `SignedData` (RFC 5652) over `manifest.json`, in the form that Wallet requires
//! (Apple, "Building a Pass"): RSASSA-PKCS1-v1_5 and SHA-256, with the certificate and its intermediate inside.

use std::{fmt, time::Duration};

use der::{
    AnyRef, Decode as _, Encode as _, Tag,
    asn1::{GeneralizedTime, ObjectIdentifier, OctetStringRef, UtcTime},
};
use spki::AlgorithmIdentifierRef;

use super::{
    Certificate, Hash, Rsa,
    asn1::{Attribute, ContentInfo, EncapsulatedContent, Oid, Set, SignedData, SignerInfo, Time},
    attributes, oid,
};

/// Makes the signatures of one certificate.
#[derive(Clone)]
pub struct Signer {
    /// Both certificates, one after the other.
    certificates: Vec<u8>,
    /// The name of the signer.
    id: Vec<u8>,
}

/// A signer holds no secret, only many bytes.
impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signer").finish_non_exhaustive()
    }
}

impl Signer {
    /// Prepares the signatures of a pass certificate. They will include it and the certificate of its issuer.
    ///
    /// `None` only if the two certificates are the same.
    #[must_use]
    pub fn new(certificate: &Certificate, intermediate: &Certificate) -> Option<Self> {
        // A SET OF is sorted (X.690, section 11.6).
        let mut certificates = [certificate.der(), intermediate.der()];
        certificates.sort_unstable();
        let id = certificate.issuer_and_serial_number().ok()?;
        (certificate != intermediate).then(|| Self { certificates: certificates.concat(), id })
    }

    /// Signs a manifest, and returns the file. `now` is the time of the signature, in unix seconds; `Ok(None)` only for one
    /// outside the years 1970 to 9999.
    ///
    /// # Errors
    ///
    /// The platform does not sign.
    pub async fn sign<R: Rsa>(
        &self,
        manifest: &[u8],
        key: &R::SigningKey,
        now: i64,
        rsa: &R,
    ) -> Result<Option<Vec<u8>>, R::Error> {
        let Some(attributes) = signed_attributes(manifest, now) else { return Ok(None) };
        // They are signed as a SET OF (RFC 5652, section 5.4).
        let Ok(message) = Set(&attributes).to_der() else { return Ok(None) };
        let signature = rsa.sign(key, &message).await?;
        Ok(self.file(&attributes, &signature).ok())
    }

    fn file(&self, attributes: &[u8], signature: &[u8]) -> der::Result<Vec<u8>> {
        let sha256 = AlgorithmIdentifierRef { oid: oid::SHA256, parameters: None }.to_der()?;
        let rsa = AlgorithmIdentifierRef { oid: oid::RSA, parameters: Some(AnyRef::NULL) }.to_der()?;
        let signer = SignerInfo {
            version: 1,
            id: AnyRef::from_der(&self.id)?,
            digest_algorithm: AnyRef::from_der(&sha256)?,
            attributes: Some(Set(attributes)),
            signature_algorithm: AnyRef::from_der(&rsa)?,
            signature: OctetStringRef::new(signature)?,
            unsigned: None,
        };
        let content = SignedData {
            version: 1,
            digest_algorithms: Set(&sha256),
            content: EncapsulatedContent { kind: Oid(oid::DATA.as_bytes()), content: None },
            certificates: Some(Set(&self.certificates)),
            revocations: None,
            signers: Set(&signer.to_der()?),
        };
        ContentInfo { kind: Oid(oid::SIGNED_DATA.as_bytes()), content }.to_der()
    }
}

/// The signed attributes, one after the other.
fn signed_attributes(manifest: &[u8], now: i64) -> Option<Vec<u8>> {
    let digest = attributes::digest(Hash::Sha256, manifest);
    // UTCTime is for the years to 2049 (RFC 5652, section 11.3).
    let now = Duration::from_secs(u64::try_from(now).ok()?);
    let time = UtcTime::from_unix_duration(now).map(Time::Utc);
    let time = time.or_else(|_| GeneralizedTime::from_unix_duration(now).map(Time::General)).ok()?;
    // These are sorted too: shorter ones come first.
    let attributes = [
        (oid::CONTENT_TYPE, oid::DATA.to_der().ok()?),
        (oid::SIGNING_TIME, time.to_der().ok()?),
        (oid::MESSAGE_DIGEST, AnyRef::new(Tag::OctetString, &digest).and_then(|digest| digest.to_der()).ok()?),
    ];
    let encode = |(kind, value): &(ObjectIdentifier, Vec<u8>)| {
        Attribute { kind: Oid(kind.as_bytes()), values: Set(value) }.to_der().ok()
    };
    attributes.iter().map(encode).collect::<Option<Vec<_>>>().map(|all| all.concat())
}
