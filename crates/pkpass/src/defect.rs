//! The message that an issuer reads when a check fails.
//!
//! A message says what is wrong, where, and what to do about it. It never holds the authentication token. It echoes names from
//! the file only through [`echo`], so an answer stays small for any upload.

use serde::Serialize;

pub(super) use crate::json::echo;

/// One fault of a pass file, or of a signing identity.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The kind of defect, for programs.
    pub code: DefectCode,
    /// The file of the archive, shortened when its name is very long; `None` for the archive itself. For an identity:
    /// `certificate`, `privateKey`, `intermediate` or `pkcs12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The fault and its remedy in English, for the issuer.
    pub message: String,
}

impl Defect {
    /// A defect of the archive as a whole.
    pub(super) fn in_archive(code: DefectCode, message: impl Into<String>) -> Self {
        Self { code, file: None, message: message.into() }
    }

    /// A defect of one file in the archive.
    pub(super) fn in_file(code: DefectCode, file: &str, message: impl Into<String>) -> Self {
        Self { code, file: Some(echo(file)), message: message.into() }
    }
}

/// The kinds of defect. They serialize in `snake_case` (`entry_too_large`) and are part of the issuer API: add codes, never
/// rename them.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "snake_case")]
pub enum DefectCode {
    /// The bytes are no ZIP archive, or one that was cut off.
    NotAnArchive,
    /// A record of the archive is cut off, missing or contradicts another.
    ArchiveDamaged,
    /// The archive is one part of several.
    ArchiveSplit,
    /// The archive has ZIP64 records that contradict it, or is beyond 4 GiB.
    ArchiveZip64,
    /// The files add up to more than the limit.
    ArchiveTooLarge,
    /// There are more entries than the limit.
    TooManyEntries,
    /// One file is beyond the limit.
    EntryTooLarge,
    /// An entry's name is no plain relative path.
    EntryName,
    /// Two entries have the same name, or a file has a folder's.
    EntryDuplicate,
    /// Two entries share bytes of the archive.
    EntryOverlap,
    /// An entry is encrypted.
    EntryEncrypted,
    /// An entry is compressed with something else than deflate.
    EntryMethod,
    /// An entry is a symbolic link, a device or the like.
    EntrySpecial,
    /// A folder's entry has content, or a file's is marked as a folder.
    EntryFolder,
    /// Two accounts of an entry contradict each other: the directory's, its own header's, the one after its data.
    EntryMismatch,
    /// An entry's compressed data is broken.
    EntryData,
    /// An entry's declared size is not its real one.
    EntrySize,
    /// An entry's CRC-32 is wrong.
    EntryChecksum,
    /// An extra field of an entry is malformed.
    EntryExtra,
    /// The archive has bytes that belong to no entry.
    ArchiveGap,
    /// The pass was packed with the folder around it.
    InsideFolder,
    /// `pass.json`, `manifest.json` or `signature` is missing.
    FileMissing,
    /// The pass has no icon.
    IconMissing,
    /// The icon is an empty file.
    IconEmpty,
    /// `signature` is an empty file.
    SignatureEmpty,
    /// `manifest.json` is no JSON object.
    ManifestJson,
    /// `manifest.json` lists a file twice.
    ManifestDuplicate,
    /// `manifest.json` lists a file that must not be in it: itself, or the signature.
    ManifestSelf,
    /// A value in `manifest.json` is no SHA-1 in lowercase hex.
    ManifestDigest,
    /// A file differs from what `manifest.json` says.
    ManifestMismatch,
    /// A file listed in `manifest.json` is not in the archive.
    ManifestAbsent,
    /// A file in the archive is not listed in `manifest.json`.
    ManifestUnlisted,
    /// `pass.json` is no JSON object.
    PassJson,
    /// A key occurs twice in one object of `pass.json`.
    PassDuplicateKey,
    /// `formatVersion` is not 1.
    FormatVersion,
    /// `passTypeIdentifier` is missing or malformed.
    PassTypeIdentifier,
    /// `serialNumber` is missing or malformed.
    SerialNumber,
    /// `teamIdentifier` is missing.
    TeamIdentifier,
    /// `organizationName` is missing.
    OrganizationName,
    /// `description` is missing.
    Description,
    /// There is not exactly one style key with an object in it.
    Style,
    /// A boarding pass has no `transitType`.
    TransitType,
    /// A date that Wallet parses is none.
    DateFormat,
    /// Two fields of the face have the same key.
    FieldDuplicateKey,
    /// A colour is a word, such as `red`.
    Color,
    /// A location has no latitude or no longitude.
    Location,
    /// One of `webServiceURL` and `authenticationToken` is there without the other.
    ServiceKeys,
    /// `authenticationToken` is malformed.
    AuthenticationToken,
    /// `webServiceURL` is malformed.
    WebServiceUrl,
    /// `passTypeIdentifier` is not the one in the address of the upload.
    PassTypeConflict,
    /// `serialNumber` is not the one in the address of the upload.
    SerialConflict,
    /// There are more defects than are listed.
    MoreDefects,
    /// `signature` is no CMS `SignedData` in DER, or one with parts that a pass has no use for.
    SignatureFormat,
    /// The signature contains what it signs.
    SignatureAttached,
    /// The signature is not RSA with SHA-1 or SHA-2, or contradicts itself about it.
    SignatureAlgorithm,
    /// The signature has attributes that are not signed.
    SignatureUnsigned,
    /// A signed attribute that every signature has is missing, malformed or there twice.
    SignatureAttribute,
    /// The signature is over another `manifest.json`.
    SignatureDigest,
    /// The signature does not say when it was made.
    SignatureTimeMissing,
    /// The signature's time is in the future, or outside the validity of its certificate.
    SignatureTime,
    /// The signature was not made with the key of its certificate.
    SignatureInvalid,
    /// The certificate that signed is not in the signature.
    SignatureCertificateMissing,
    /// The certificate that issued the pass certificate is not in the signature.
    SignatureIntermediateMissing,
    /// A certificate is in the signature that has nothing to do with the others.
    SignatureCertificateExtra,
    /// There is no certificate where one has to be, or one that cannot be read.
    CertificateUnreadable,
    /// The pass certificate is for another pass type, or for none.
    CertificatePassType,
    /// The pass certificate is another team's, or nobody's.
    CertificateTeam,
    /// The pass certificate's key is not of RSA, or too short.
    CertificateKey,
    /// The pass certificate may not sign passes: by its key usage, or by an extension that is critical and unknown.
    CertificateUsage,
    /// The pass is for NFC, and its certificate is not.
    CertificateNfc,
    /// The pass certificate is not valid yet.
    CertificateNotYetValid,
    /// The pass certificate is not valid any more.
    CertificateExpired,
    /// The pass certificate was not issued by the intermediate, or is self-signed.
    CertificateUntrusted,
    /// The pass certificate and the intermediate, or the private key, are in each other's place.
    CertificatesSwapped,
    /// Nobody has the key of the pass certificate: it is no certificate for one of the requests that wait.
    CertificateKeyUnknown,
    /// There is no intermediate where one has to be, or one that cannot be read.
    IntermediateUnreadable,
    /// The intermediate is another one than the pass certificate names as its issuer.
    IntermediateMismatch,
    /// The intermediate is no certificate that may issue others.
    IntermediateAuthority,
    /// The intermediate is not valid yet.
    IntermediateNotYetValid,
    /// The intermediate is not valid any more.
    IntermediateExpired,
    /// The intermediate was not issued by an authority that the service trusts.
    IntermediateUntrusted,
    /// There is no private key where one has to be, or one that cannot be read.
    PrivateKeyUnreadable,
    /// The private key is encrypted with a password.
    PrivateKeyEncrypted,
    /// The private key is not of RSA.
    PrivateKeyAlgorithm,
    /// The private key is not the one of the certificate.
    PrivateKeyMismatch,
    /// The file sent as PKCS #12 is something else.
    Pkcs12Format,
    /// The PKCS #12 file is cut off or damaged.
    Pkcs12Damaged,
    /// The password is not the one of the PKCS #12 file, or of all that is in it.
    Pkcs12Password,
    /// The PKCS #12 file uses an algorithm that is not supported.
    Pkcs12Algorithm,
    /// Opening the PKCS #12 file would take too long: its key derivation has too many iterations.
    Pkcs12Iterations,
    /// The PKCS #12 file is protected with a public key, not with a password.
    Pkcs12PublicKey,
    /// `teamIdentifier` is given, and is not the one of the signing identity.
    TeamConflict,
    /// `webServiceURL` is given, and is not the one that is filled in.
    WebServiceUrlConflict,
    /// `authenticationToken` is given, and is not the one that the pass has.
    AuthenticationTokenConflict,
    /// A placeholder of the template has no value.
    ValueMissing,
    /// A value has a key that the template does not have.
    ValueUnknown,
    /// A value is neither a text nor a number, or no number where one is needed.
    ValueType,
    /// A number has too many digits to be added to another.
    ValueRange,
    /// A change would make something of another type of a key that Wallet knows.
    TypeChanged,
}

impl DefectCode {
    /// Whether the pass contradicts the address it was sent to, rather than being wrong in itself: a conflict (409) and not a
    /// bad request (400).
    #[must_use]
    pub fn is_conflict(self) -> bool {
        matches!(
            self,
            Self::PassTypeConflict
                | Self::SerialConflict
                | Self::TeamConflict
                | Self::WebServiceUrlConflict
                | Self::AuthenticationTokenConflict
        )
    }
}
