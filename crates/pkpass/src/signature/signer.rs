//! Makes the file `signature`: detached CMS `SignedData` (RFC 5652) over `manifest.json`, in the form that Wallet requires
//! (Apple, "Building a Pass"): RSASSA-PKCS1-v1_5 and SHA-256, with the certificate and its intermediate inside.

use std::{fmt, time::Duration};

use der::{
    Encode as _, Tag,
    asn1::{GeneralizedTime, ObjectIdentifier, UtcTime},
};

use super::{
    Certificate, Hash, Rsa,
    asn1::{constructed, element},
    attributes, oid,
};

/// The INTEGER 1: a version where certificates are named by issuer and serial number.
const VERSION: &[u8] = b"\x02\x01\x01";

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
        let (one, other) = (certificate.der(), intermediate.der());
        let certificates = [one.min(other), one.max(other)].concat();
        let id = certificate.issuer_and_serial_number().ok()?;
        (one != other).then_some(Self { certificates, id })
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
        let Ok(message) = element(Tag::Set, &[&attributes]) else { return Ok(None) };
        let signature = rsa.sign(key, &message).await?;
        Ok(self.file(&attributes, &signature).ok())
    }

    /// RFC 5652, sections 3, 5.1 and 5.3.
    fn file(&self, attributes: &[u8], signature: &[u8]) -> der::Result<Vec<u8>> {
        let sequence = |parts: &[&[u8]]| element(Tag::Sequence, parts);
        let sha256 = sequence(&[&oid::SHA256.to_der()?])?;
        let signer = sequence(&[
            VERSION,
            &self.id,
            &sha256,
            &element(constructed(0), &[attributes])?,
            &oid::rsa_algorithm()?,
            &element(Tag::OctetString, &[signature])?,
        ])?;
        let message = sequence(&[
            VERSION,
            &element(Tag::Set, &[&sha256])?,
            &sequence(&[&oid::DATA.to_der()?])?,
            &element(constructed(0), &[&self.certificates])?,
            &element(Tag::Set, &[&signer])?,
        ])?;
        sequence(&[&oid::SIGNED_DATA.to_der()?, &element(constructed(0), &[&message])?])
    }
}

/// The signed attributes, one after the other (RFC 5652, section 11).
fn signed_attributes(manifest: &[u8], now: i64) -> Option<Vec<u8>> {
    let digest = attributes::digest(Hash::Sha256, manifest);
    // UTCTime is for the years to 2049 (section 11.3).
    let now = Duration::from_secs(u64::try_from(now).ok()?);
    let time = UtcTime::from_unix_duration(now).and_then(|time| time.to_der());
    let time = time.or_else(|_| GeneralizedTime::from_unix_duration(now)?.to_der()).ok()?;
    let attribute = |kind: ObjectIdentifier, value: &[u8]| -> der::Result<Vec<u8>> {
        element(Tag::Sequence, &[&kind.to_der()?, &element(Tag::Set, &[value])?])
    };
    // These are sorted too: shorter ones come first.
    let attributes = [
        attribute(oid::CONTENT_TYPE, &oid::DATA.to_der().ok()?).ok()?,
        attribute(oid::SIGNING_TIME, &time).ok()?,
        attribute(oid::MESSAGE_DIGEST, &element(Tag::OctetString, &[&digest]).ok()?).ok()?,
    ];
    Some(attributes.concat())
}
