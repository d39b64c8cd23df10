//! The certificates that the service trusts without proof: Apple's root, or the operator's choice.

use std::collections::BTreeSet;

use super::Certificate;
use crate::pem::{self, CERTIFICATE};
use crate::signature::SignedMessage;

/// The trust anchors (RFC 5280, section 6.1.1). Without any, the service accepts every issuer of a pass certificate.
///
/// Only an anchor's name and key count. The operator has to watch when it expires.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    anchors: Vec<Certificate>,
}

/// The relation of an intermediate to the anchors.
pub(super) enum AnchorCheck {
    /// It needs no anchor: it is one itself, or there are none.
    NotNeeded,
    /// The platform has to verify that this anchor signed it.
    Asked(SignedMessage),
    /// No anchor is its issuer.
    Missing,
}

impl Trust {
    /// Reads the anchors from PEM with a certificate or several; a blank text is no anchor.
    ///
    /// # Errors
    ///
    /// The reason, for the operator: the text holds no certificate, or one that cannot be read. Such a text never counts as "no
    /// anchors".
    pub fn from_pem(text: &str) -> Result<Self, String> {
        let blocks = pem::blocks(text).filter(|block| block.label == CERTIFICATE);
        let anchors: Option<Vec<_>> = blocks.map(|block| Certificate::from_der(&block.bytes()?)).collect();
        let anchors = anchors.ok_or("one of the certificates cannot be read")?;
        if anchors.is_empty() && !text.trim().is_empty() {
            return Err("it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)".to_owned());
        }
        if let Some(other) = anchors.iter().find(|anchor| anchor.public_key().is_none()) {
            return Err(format!("the key of \"{}\" is not of RSA with 2048 to 8192 bits", other.subject()));
        }
        let mut names = BTreeSet::new();
        if let Some(again) = anchors.iter().find(|anchor| !names.insert(anchor.subject())) {
            return Err(format!("two certificates are of \"{}\", of which only one would be tried", again.subject()));
        }
        Ok(Self { anchors })
    }

    /// Whether there are no anchors.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// Whether a certificate is itself an anchor.
    pub(super) fn contains(&self, certificate: &Certificate) -> bool {
        self.anchors.contains(certificate)
    }

    /// The anchor that a certificate names as its issuer.
    pub(super) fn issuer_of(&self, certificate: &Certificate) -> Option<&Certificate> {
        self.anchors.iter().find(|anchor| certificate.names_as_issuer(anchor))
    }

    /// Finds the anchor that has to have signed an intermediate.
    pub(super) fn check_anchor(&self, intermediate: &Certificate) -> AnchorCheck {
        if self.is_empty() || self.contains(intermediate) {
            return AnchorCheck::NotNeeded;
        }
        let proof = self.issuer_of(intermediate).and_then(|anchor| intermediate.proof_by(anchor));
        proof.map_or(AnchorCheck::Missing, AnchorCheck::Asked)
    }
}
