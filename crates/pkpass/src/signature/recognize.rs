//! Names what people send instead of a certificate, by its content and not by the name of the file.

use std::borrow::Cow;

use super::Certificate;
use crate::{
    defect::echo,
    pem::{self, Block, CERTIFICATE},
};

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A certificate in DER, as in Apple's `.cer` files, or one or several in PEM. At least one.
    Certificates(Vec<Certificate>),
    /// Something else.
    Other(Kind),
}

/// The kinds of file that are no certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, or only white space.
    Empty,
    /// A certificate that is damaged or cut off.
    BrokenCertificate,
    /// PEM that was copied in part, with what is missing.
    CutPem(&'static str),
    /// A request for a certificate (PKCS #10).
    Request,
    /// An RSA key, or one of another algorithm.
    PrivateKey,
    /// A private key with a password.
    EncryptedKey,
    /// A private key on an elliptic curve: `.p8`.
    CurveKey,
    /// A public key.
    PublicKey,
    /// PKCS #12: `.p12`, `.pfx`.
    Pkcs12,
    /// A provisioning profile: `.mobileprovision`, `.provisionprofile`.
    Profile,
    /// Another CMS or PKCS #7 message: `.p7b`, `.p7s`, the file `signature` of a pass.
    Message,
    /// PEM with another label.
    Pem(String),
    /// A ZIP archive: `.pkpass`, or a download that was packed.
    Zip,
    /// HTML, or XML.
    Page,
    /// JSON.
    Json,
    /// Something else.
    Unknown,
}

impl Kind {
    /// What it is, as a noun.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Empty => "an empty file",
            Self::BrokenCertificate => "a damaged certificate",
            Self::CutPem(_) => "a part of a file in PEM",
            Self::Request => "a certificate signing request",
            Self::PrivateKey => "a private key",
            Self::EncryptedKey => "an encrypted private key",
            Self::CurveKey => "a key on an elliptic curve, such as the .p8 files for push notifications (APNs)",
            Self::PublicKey => "a public key",
            Self::Pkcs12 => "a .p12 file",
            Self::Profile => "a provisioning profile",
            Self::Message => "a signed message (CMS)",
            Self::Pem(label) => return Cow::Owned(format!("a \"{}\"", echo(label))),
            Self::Zip => "a ZIP archive, such as a pass (.pkpass)",
            Self::Page => "a web page",
            Self::Json => "JSON",
            Self::Unknown => "something else",
        })
    }

    /// What to say of it where a certificate has to be. It shows nothing of the file, which may be a secret.
    #[must_use]
    pub fn instead_of_certificate(&self) -> String {
        let advice = match self {
            Self::Empty => return "There is nothing in it. Send the certificate that Apple issued (.cer, or PEM).".to_owned(),
            Self::BrokenCertificate => {
                return "The certificate cannot be read: it is damaged or cut off. Download it from Apple again; `openssl x509 \
                        -noout -text` shows whether it is whole."
                    .to_owned();
            }
            Self::CutPem(line) => return (*line).to_owned(),
            Self::Unknown => {
                return "There is no certificate in it, neither in DER, as in Apple's .cer files, nor in PEM (-----BEGIN \
                        CERTIFICATE-----)."
                    .to_owned();
            }
            Self::Request => {
                "It goes to Apple. Upload it at developer.apple.com, and send the certificate that you get for it."
            }
            Self::Pkcs12 => "It has a private key, too. Send it as pkcs12, with its password, as the signing identity.",
            Self::Profile => "It is for apps, and passes have none. Download the Pass Type ID Certificate.",
            Self::Page => "Perhaps it is a login page that was saved as the certificate. Download the certificate again.",
            _ => "Send the certificate that Apple issued (.cer, or PEM).",
        };
        format!("This is {}, and no certificate. {advice}", self.name())
    }
}

/// What a file is.
#[must_use]
pub fn recognize(file: &[u8]) -> Found {
    if let Some(found) = std::str::from_utf8(file).ok().and_then(recognize_text) {
        return found;
    }
    if file.starts_with(b"PK\x03\x04") || file.starts_with(b"PK\x05\x06") {
        return Found::Other(Kind::Zip);
    }
    recognize_der(file)
}

/// `None` when it is no text.
fn recognize_text(text: &str) -> Option<Found> {
    let all: Vec<_> = pem::blocks(text).filter(|block| block.label == CERTIFICATE).collect();
    let read: Option<Vec<_>> = all.iter().map(|block| Certificate::from_der(&block.bytes()?)).collect();
    let begins = text.trim_start_matches('\u{feff}').trim_start();
    let kind = match (read, pem::missing_line(text), pem::blocks(text).next()) {
        (Some(read), ..) if !read.is_empty() => return Some(Found::Certificates(read)),
        (_, Some(line), _) => Kind::CutPem(line),
        (_, _, Some(first)) => kind_of_block(all.first().unwrap_or(&first)),
        _ if begins.is_empty() => Kind::Empty,
        _ if begins.starts_with('<') => Kind::Page,
        _ if begins.starts_with('{') => Kind::Json,
        _ => return None,
    };
    Some(Found::Other(kind))
}

fn kind_of_block(block: &Block<'_>) -> Kind {
    if block.is_encrypted() {
        return Kind::EncryptedKey;
    }
    match block.bytes().map(|der| recognize_der(&der)) {
        Some(Found::Other(kind)) if kind != Kind::Unknown => kind,
        _ if block.label == CERTIFICATE => Kind::BrokenCertificate,
        _ => Kind::Pem(block.label.to_owned()),
    }
}

/// Object identifiers with their tags: `signedData` (RFC 5652, section 5.1), the arc of passwords (PKCS #5) and of PKCS #12,
/// and `id-ecPublicKey` (RFC 5480, section 2.1.1).
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const BY_PASSWORD: [&[u8]; 2] = [b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05", b"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x0c"];
const CURVE: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";

/// The version of a certificate, after its tag.
const CERTIFICATE_VERSION: &[u8] = b"\xa0\x03\x02\x01";

/// Looks at the beginning only: it tells also what a file is that was cut off, and what is not DER to the letter.
fn recognize_der(file: &[u8]) -> Found {
    if let Some(certificate) = Certificate::from_der(file) {
        return Found::Certificates(vec![certificate]);
    }
    let outer = sequence(file).unwrap_or_default();
    let inner = sequence(outer).unwrap_or_default();
    Found::Other(if outer.starts_with(SIGNED_DATA) {
        if contains(file, b"<plist") { Kind::Profile } else { Kind::Message }
    } else if outer.starts_with(b"\x02\x01\x03\x30") {
        // PFX, version 3 (RFC 7292, section 4).
        Kind::Pkcs12
    } else if let Some(algorithm) = outer.strip_prefix(b"\x02\x01\0").and_then(sequence) {
        // PrivateKeyInfo (RFC 5208, section 5).
        if algorithm.starts_with(CURVE) { Kind::CurveKey } else { Kind::PrivateKey }
    } else if outer.starts_with(b"\x02\x01\0\x02") {
        // RSAPrivateKey (RFC 8017, appendix A.1.2).
        Kind::PrivateKey
    } else if outer.starts_with(b"\x02\x01\x01\x04") {
        // ECPrivateKey (RFC 5915, section 3).
        Kind::CurveKey
    } else if BY_PASSWORD.iter().any(|scheme| inner.starts_with(scheme)) {
        Kind::EncryptedKey
    } else if inner.starts_with(b"\x06") {
        Kind::PublicKey
    } else if inner.starts_with(b"\x02\x01\0\x30") {
        // CertificationRequestInfo (RFC 2986, section 4.1).
        Kind::Request
    } else if inner.starts_with(CERTIFICATE_VERSION) {
        Kind::BrokenCertificate
    } else {
        Kind::Unknown
    })
}

/// What is in a `SEQUENCE`, which may be cut off or have an indefinite length.
fn sequence(der: &[u8]) -> Option<&[u8]> {
    let (length, rest) = der.strip_prefix(b"\x30")?.split_first()?;
    let is_long = length & 0x80 != 0;
    rest.get(if is_long { usize::from(length & 0x7F) } else { 0 }..)
}

fn contains(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}
