//! The file `signature`: CMS `SignedData` (RFC 5652) over `manifest.json`, which it does not contain.

use super::Identity;
use crate::clock;
use cms::{
    cert::{CertificateChoices, IssuerAndSerialNumber},
    content_info::{CmsVersion, ContentInfo},
    signed_data::{
        CertificateSet, EncapsulatedContentInfo, SignedAttributes, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
    },
};
use rsa::signature::{SignatureEncoding, Signer};
use sha2::{Digest, Sha256};
use std::time::Duration;
use x509_cert::{
    Certificate,
    attr::Attribute,
    der::{
        Any, DateTime, Decode, Encode, EncodeValue, Tag, Tagged,
        asn1::{ObjectIdentifier, OctetString, SetOfVec},
        oid::db::{rfc5911, rfc5912},
    },
    spki::AlgorithmIdentifierOwned,
    time::Time,
};

/// The optional parts of a signature.
#[derive(Debug, Clone, Copy)]
pub struct Signing {
    /// The time of signing in unix seconds. Wallet refuses a signature without it.
    pub time: Option<u64>,
    pub certificate: bool,
    pub intermediate: bool,
    /// Whether the signed attributes are in the order of DER. Some tools, such as node-forge, sign them as
    /// they come.
    pub sorted: bool,
}

impl Default for Signing {
    fn default() -> Self {
        Self { time: Some(clock::unix_now().as_secs()), certificate: true, intermediate: true, sorted: true }
    }
}

impl Signing {
    pub fn sign(self, content: &[u8], identity: &Identity) -> Vec<u8> {
        let digest_algorithm = AlgorithmIdentifierOwned { oid: rfc5912::ID_SHA_256, parameters: None };
        let attributes = self.attributes(content);
        let signature = identity.key.sign(&attributes.to_der().expect("attributes are encodable")).to_vec();
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: identity.certificate.tbs_certificate().issuer().clone(),
                serial_number: identity.certificate.tbs_certificate().serial_number().clone(),
            }),
            digest_alg: digest_algorithm.clone(),
            signed_attrs: Some(attributes),
            signature_algorithm: AlgorithmIdentifierOwned { oid: rfc5912::RSA_ENCRYPTION, parameters: Some(Any::null()) },
            signature: OctetString::new(signature).expect("256 bytes"),
            unsigned_attrs: None,
        };
        let message = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: set([digest_algorithm]),
            encap_content_info: EncapsulatedContentInfo { econtent_type: rfc5911::ID_DATA, econtent: None },
            certificates: self.certificates(identity),
            crls: None,
            signer_infos: SignerInfos(set([signer])),
        };
        ContentInfo { content_type: rfc5911::ID_SIGNED_DATA, content: any(&message) }
            .to_der()
            .expect("a signature is encodable")
    }

    fn attributes(self, content: &[u8]) -> SignedAttributes {
        let digest = OctetString::new(Sha256::digest(content).to_vec()).expect("32 bytes");
        let mut attributes =
            vec![attribute(rfc5911::ID_CONTENT_TYPE, &rfc5911::ID_DATA), attribute(rfc5911::ID_MESSAGE_DIGEST, &digest)];
        if let Some(seconds) = self.time {
            let time = DateTime::from_unix_duration(Duration::from_secs(seconds)).expect("a year below 10000");
            attributes.push(attribute(rfc5911::ID_SIGNING_TIME, &Time::from(time)));
        }
        if self.sorted { set(attributes) } else { unsorted(&attributes) }
    }

    fn certificates(self, identity: &Identity) -> Option<CertificateSet> {
        let chosen = [(self.certificate, &identity.certificate), (self.intermediate, &identity.intermediate)];
        let chosen: Vec<_> = chosen.into_iter().filter(|(wanted, _)| *wanted).map(|(_, one)| choice(one)).collect();
        (!chosen.is_empty()).then(|| CertificateSet(set(chosen)))
    }
}

fn choice(certificate: &Certificate) -> CertificateChoices {
    CertificateChoices::Certificate(certificate.clone())
}

fn attribute<T: Tagged + EncodeValue>(oid: ObjectIdentifier, value: &T) -> Attribute {
    Attribute { oid, values: set([any(value)]) }
}

fn any<T: Tagged + EncodeValue>(value: &T) -> Any {
    Any::encode_from(value).expect("a value is encodable")
}

fn unsorted(attributes: &[Attribute]) -> SignedAttributes {
    let elements = attributes.iter().flat_map(|one| one.to_der().expect("an attribute is encodable"));
    let set = Any::new(Tag::Set, elements.collect::<Vec<_>>()).and_then(|set| set.to_der());
    SignedAttributes::from_ber(&set.expect("a set is encodable")).expect("BER keeps the order")
}

fn set<T: x509_cert::der::DerOrd>(elements: impl IntoIterator<Item = T>) -> SetOfVec<T> {
    SetOfVec::try_from(elements.into_iter().collect::<Vec<_>>()).expect("distinct elements")
}
