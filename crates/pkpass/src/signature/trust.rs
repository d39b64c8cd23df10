//! The certificates that the service trusts without proof: Apple's root, or the operator's choice.

use super::{Certificate, Rsa};
use crate::pem::{self, CERTIFICATE};

/// Apple Root CA, the root above all pass certificates (www.apple.com/certificateauthority); valid to 2035-02-09.
const APPLE_ROOT: &[u8] = include_bytes!("../apple/AppleRootCA.der");

/// Apple Worldwide Developer Relations Certification Authority G4, which issues pass certificates in 2026; valid to 2030-12-10.
const APPLE_G4: &[u8] = include_bytes!("../apple/AppleWWDRCAG4.der");

/// The trust anchors (RFC 5280, section 6.1.1): Apple's root unless the operator chooses.
///
/// Only an anchor's name and key count. The operator has to watch when it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// `None`: every issuer of a pass certificate is accepted.
    anchors: Option<Vec<Certificate>>,
}

impl Default for Trust {
    fn default() -> Self {
        Self::apple()
    }
}

impl Trust {
    /// Trusts Apple Root CA. A later generation of Apple's intermediate works when it comes along with the certificate.
    #[must_use]
    pub fn apple() -> Self {
        // Without the certificate nothing would be trusted.
        Self { anchors: Some(Certificate::from_der(APPLE_ROOT).into_iter().collect()) }
    }

    /// Trusts every issuer, for tests and other authorities. A self-signed pass certificate is refused all the same.
    #[must_use]
    pub fn any() -> Self {
        Self { anchors: None }
    }

    /// Reads the operator's choice: PEM with a certificate or several, the word `any`, or a blank text for Apple's root.
    ///
    /// # Errors
    ///
    /// The reason, for the operator: the text holds no certificate, or one that cannot be read.
    pub fn from_pem(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => return Ok(Self::apple()),
            "any" => return Ok(Self::any()),
            _ => {}
        }
        if let Some(line) = pem::missing_line(text) {
            return Err(line.to_owned());
        }
        let blocks = pem::blocks(text).filter(|block| block.label == CERTIFICATE);
        let anchors: Option<Vec<_>> = blocks.map(|block| Certificate::from_der(&block.bytes()?)).collect();
        let anchors = anchors.ok_or("one of the certificates cannot be read")?;
        if anchors.is_empty() {
            return Err("it holds no certificate in PEM (-----BEGIN CERTIFICATE-----), and is not the word any".to_owned());
        }
        if let Some(other) = anchors.iter().find(|anchor| anchor.public_key().is_none()) {
            return Err(format!("the key of \"{}\" is not of RSA with 2048 to 8192 bits", other.subject()));
        }
        Ok(Self { anchors: Some(anchors) })
    }

    /// Whether every issuer is accepted.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.anchors.is_none()
    }

    /// The anchors.
    pub(super) fn anchors(&self) -> &[Certificate] {
        self.anchors.as_deref().unwrap_or_default()
    }

    /// Whether a certificate is an anchor, or an anchor issued it.
    pub(super) async fn covers<R: Rsa>(&self, certificate: &Certificate, rsa: &R) -> bool {
        self.is_any() || self.anchors().contains(certificate) || is_issued_by_one(certificate, self.anchors(), rsa).await
    }
}

/// Whether one of these issued a certificate.
pub(super) async fn is_issued_by_one<R: Rsa>(certificate: &Certificate, issuers: &[Certificate], rsa: &R) -> bool {
    for issuer in issuers {
        if certificate.is_issued_by(issuer, rsa).await {
            return true;
        }
    }
    false
}

/// The intermediate that is known without being sent.
pub(super) fn built_in() -> Option<Certificate> {
    Certificate::from_der(APPLE_G4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sha256_hex;

    /// The fingerprints that Apple publishes.
    #[test]
    fn apples_certificates_are_whole() {
        let root = "b0b1730ecbc7ff4505142c49f1295e6eda6bcaed7e2c68c5be91b5a11001f024";
        let g4 = "ea4757885538dd8cb59ff4556f676087d83c85e70902c122e42c0808b5bce14c";
        assert_eq!([APPLE_ROOT, APPLE_G4].map(sha256_hex), [root, g4]);
        let (trust, g4) = (Trust::apple(), built_in().unwrap());
        let [root] = trust.anchors() else { panic!("one anchor") };
        assert!(root.is_authority() && g4.is_authority() && g4.names_as_issuer(root) && root.names_as_issuer(root));
        assert!(root.public_key().is_some() && g4.public_key().is_some());
    }
}
