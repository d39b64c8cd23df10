//! PEM (RFC 7468): DER in base64 between two lines with a label. Around the blocks there may be anything, such as the "Bag
//! Attributes" that `openssl pkcs12` writes.

use std::iter;

use base64ct::{Base64, Encoding as _};

/// The label of a certificate.
pub const CERTIFICATE: &str = "CERTIFICATE";

/// The label of a request for a certificate (RFC 7468, section 7).
pub const CERTIFICATE_REQUEST: &str = "CERTIFICATE REQUEST";

/// The label of a private key in PKCS #8 (RFC 7468, section 10).
pub const PRIVATE_KEY: &str = "PRIVATE KEY";

/// The characters of base64 in a line (RFC 7468, section 2).
const LINE: usize = 64;

/// The text between a `BEGIN` line and its `END` line.
pub struct Block<'a> {
    /// The label in both lines, such as `CERTIFICATE`.
    pub label: &'a str,
    body: &'a str,
}

impl Block<'_> {
    /// Whether it is encrypted with a password: by its label (PKCS #8), or by a header (RFC 1421, section 4.6.1.1), which
    /// OpenSSL writes in the older forms.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        // Base64 has no hyphen, so this can only be the header.
        self.label.starts_with("ENCRYPTED ") || self.body.contains("Proc-Type:")
    }

    /// The decoded bytes. `None` when the text is not base64. Its line ends may be the two characters `\n`, as texts in
    /// environment variables have them.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        // Base64 has no backslash.
        let base64: String = self.body.replace("\\n", "\n").replace("\\r", "").split_whitespace().collect();
        Base64::decode_vec(&base64).ok()
    }
}

/// A block as text.
#[must_use]
pub fn encode(label: &str, der: &[u8]) -> String {
    let base64 = Base64::encode_string(der);
    let lines = base64.as_bytes().chunks(LINE).filter_map(|line| std::str::from_utf8(line).ok());
    let body: Vec<_> = lines.collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", body.join("\n"))
}

/// The blocks of a text in their order, up to the first that does not end.
pub fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let mut rest = text;
    iter::from_fn(move || {
        let (_, begun) = rest.split_once("-----BEGIN ")?;
        let (label, begun) = begun.split_once("-----")?;
        let (body, after) = begun.split_once(&format!("-----END {label}-----"))?;
        rest = after;
        Some(Block { label, body })
    })
}

/// What to say of a text that was copied in part. It shows nothing of the text, which may be a private key.
pub(crate) fn missing_line(text: &str) -> Option<&'static str> {
    if text.matches("-----BEGIN ").count() > blocks(text).count() {
        return Some("A line -----BEGIN …----- has no line -----END …----- with the same words. Send the whole text.");
    }
    // The base64 of all certificates and RSA keys begins so.
    let is_body = text.trim_start().starts_with("MII");
    is_body.then_some("The lines -----BEGIN …----- and -----END …----- are missing. Send the whole text.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_around_a_block_and_white_space_in_it_do_not_matter() {
        let text = "Bag Attributes\r\n    friendlyName: pass\r\nKey Attributes: <No Attributes>\r\n\t-----BEGIN PRIVATE \
                    KEY-----\r\n\t YW\r\n\t Jj\r\n\t-----END PRIVATE KEY-----\r\nsubject=CN = x\n-----BEGIN \
                    CERTIFICATE-----\nZGVm\n-----END CERTIFICATE-----";
        let found: Vec<_> = blocks(text).map(|block| (block.label, block.bytes().unwrap())).collect();
        assert_eq!(found, [("PRIVATE KEY", b"abc".to_vec()), (CERTIFICATE, b"def".to_vec())]);
    }

    #[test]
    fn a_block_that_was_encoded_is_read_again() {
        for length in [1, 47, 48, 49, 1000] {
            let der: Vec<u8> = (0..=255).cycle().take(length).collect();
            let text = encode(PRIVATE_KEY, &der);
            assert!(text.lines().all(|line| line.len() <= LINE), "{text}");
            let found: Vec<_> = blocks(&text).map(|block| (block.label, block.bytes().unwrap())).collect();
            assert_eq!(found, [(PRIVATE_KEY, der)]);
        }
    }

    #[test]
    fn a_block_ends_with_its_own_label() {
        assert_eq!(blocks("-----BEGIN A-----\nYWJj\n-----END B-----").count(), 0);
        assert_eq!(blocks("-----BEGIN A-----\nYWJj").count(), 0);
        assert_eq!(blocks("YWJj").count(), 0);
    }

    #[test]
    fn what_is_not_base64_has_no_bytes() {
        for body in ["YWJ", "YW-j", "Y=Jj", "YWJj\nProc-Type: 4,ENCRYPTED"] {
            let text = format!("-----BEGIN A-----\n{body}\n-----END A-----");
            assert_eq!(blocks(&text).next().unwrap().bytes(), None, "{body}");
        }
    }

    #[test]
    fn encrypted_keys_are_told_apart() {
        let is_encrypted = |text: &str| blocks(text).next().unwrap().is_encrypted();
        assert!(is_encrypted("-----BEGIN ENCRYPTED PRIVATE KEY-----\nYWJj\n-----END ENCRYPTED PRIVATE KEY-----"));
        let headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n";
        assert!(is_encrypted(&format!("-----BEGIN RSA PRIVATE KEY-----\n{headers}\nYWJj\n-----END RSA PRIVATE KEY-----")));
        assert!(!is_encrypted("-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY-----"));
    }
}
