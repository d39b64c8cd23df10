//! Object identifiers in DER. They name everything in a certificate or signature.

/// The content "just bytes" (RFC 5652, section 4).
pub(super) const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
/// The content `SignedData` (RFC 5652, section 5.1).
pub(super) const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// Signed attribute: the type of what was signed (RFC 5652, section 11.1).
pub(super) const CONTENT_TYPE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";
/// Signed attribute: the digest of what was signed (RFC 5652, section 11.2).
pub(super) const MESSAGE_DIGEST: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";
/// Signed attribute: when it was signed (RFC 5652, section 11.3).
pub(super) const SIGNING_TIME: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05";

/// RSA keys, and RSASSA-PKCS1-v1_5 with a digest named elsewhere (RFC 3370, section 3.2).
pub(super) const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
/// RSASSA-PKCS1-v1_5 with SHA-1 (RFC 3279, section 2.2.1).
pub(super) const SHA1_WITH_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05";
/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 4055, section 5).
pub(super) const SHA256_WITH_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
/// RSASSA-PKCS1-v1_5 with SHA-384 (RFC 4055, section 5).
pub(super) const SHA384_WITH_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c";
/// RSASSA-PKCS1-v1_5 with SHA-512 (RFC 4055, section 5).
pub(super) const SHA512_WITH_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d";

/// SHA-1 (RFC 3370, section 2.1).
pub(super) const SHA1: &[u8] = b"\x2b\x0e\x03\x02\x1a";
/// SHA-256 (RFC 5754, section 2.2).
pub(super) const SHA256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
/// SHA-384 (RFC 5754, section 2.3).
pub(super) const SHA384: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x02";
/// SHA-512 (RFC 5754, section 2.4).
pub(super) const SHA512: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x03";

/// Part of a name: `CN` (RFC 4519).
pub(super) const COMMON_NAME: &[u8] = b"\x55\x04\x03";
/// Part of a name: `C` (RFC 4519).
pub(super) const COUNTRY: &[u8] = b"\x55\x04\x06";
/// Part of a name: `O` (RFC 4519).
pub(super) const ORGANIZATION: &[u8] = b"\x55\x04\x0a";
/// Part of a name: `OU` (RFC 4519), which holds the team in Apple's certificates.
pub(super) const UNIT: &[u8] = b"\x55\x04\x0b";
/// Part of a name: `UID` (RFC 4519), which holds the pass type in Apple's certificates.
pub(super) const USER_ID: &[u8] = b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01";

/// Extension: a name for the certificate's key (RFC 5280, section 4.2.1.2).
pub(super) const SUBJECT_KEY_IDENTIFIER: &[u8] = b"\x55\x1d\x0e";
/// Extension: the uses of the key (RFC 5280, section 4.2.1.3).
pub(super) const KEY_USAGE: &[u8] = b"\x55\x1d\x0f";
/// Extension: whether the holder may issue certificates (RFC 5280, section 4.2.1.9).
pub(super) const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";
/// Extension: the pass type, in Apple's certificates.
pub(super) const PASS_TYPE: &[u8] = b"\x2a\x86\x48\x86\xf7\x63\x64\x06\x01\x10";

#[cfg(test)]
mod tests {
    use der::oid::ObjectIdentifier;

    use super::*;

    #[test]
    fn bytes_are_those_of_the_numbers() {
        for (bytes, numbers) in [
            (DATA, "1.2.840.113549.1.7.1"),
            (SIGNED_DATA, "1.2.840.113549.1.7.2"),
            (CONTENT_TYPE, "1.2.840.113549.1.9.3"),
            (MESSAGE_DIGEST, "1.2.840.113549.1.9.4"),
            (SIGNING_TIME, "1.2.840.113549.1.9.5"),
            (RSA, "1.2.840.113549.1.1.1"),
            (SHA1_WITH_RSA, "1.2.840.113549.1.1.5"),
            (SHA256_WITH_RSA, "1.2.840.113549.1.1.11"),
            (SHA384_WITH_RSA, "1.2.840.113549.1.1.12"),
            (SHA512_WITH_RSA, "1.2.840.113549.1.1.13"),
            (SHA1, "1.3.14.3.2.26"),
            (SHA256, "2.16.840.1.101.3.4.2.1"),
            (SHA384, "2.16.840.1.101.3.4.2.2"),
            (SHA512, "2.16.840.1.101.3.4.2.3"),
            (COMMON_NAME, "2.5.4.3"),
            (COUNTRY, "2.5.4.6"),
            (ORGANIZATION, "2.5.4.10"),
            (UNIT, "2.5.4.11"),
            (USER_ID, "0.9.2342.19200300.100.1.1"),
            (SUBJECT_KEY_IDENTIFIER, "2.5.29.14"),
            (KEY_USAGE, "2.5.29.15"),
            (BASIC_CONSTRAINTS, "2.5.29.19"),
            (PASS_TYPE, "1.2.840.113635.100.6.1.16"),
        ] {
            assert_eq!(ObjectIdentifier::from_bytes(bytes).unwrap().to_string(), numbers);
        }
    }
}
