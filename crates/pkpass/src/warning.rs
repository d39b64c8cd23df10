//! What works on a phone but disappoints.

use serde::Serialize;

use crate::json::echo;

/// Something in a pass file that Wallet takes, but that its holder, or its issuer, will not like.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The kind of warning, for programs.
    pub code: WarningCode,
    /// The file of the archive, shortened when its name is very long; `None` for the archive itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What happens and what to do about it, in English, for the issuer.
    pub message: String,
}

impl Warning {
    /// The warning about a `pass.json` that needs a certificate for NFC, where the certificate is not known.
    #[must_use]
    pub fn nfc_certificate() -> Self {
        let message =
            "Passes with nfc or personalization.json can be made only for pass types whose certificate is one for NFC.";
        Self::in_file(WarningCode::NfcCertificate, "pass.json", message)
    }

    /// A warning about a message to the holder of a pass.
    #[must_use]
    pub fn about_message(code: WarningCode, message: &str) -> Self {
        Self::in_archive(code, message)
    }

    /// A warning about the archive as a whole.
    pub(crate) fn in_archive(code: WarningCode, message: impl Into<String>) -> Self {
        Self { code, file: None, message: message.into() }
    }

    /// A warning about one file in the archive.
    pub(crate) fn in_file(code: WarningCode, file: &str, message: impl Into<String>) -> Self {
        Self { code, file: Some(echo(file)), message: message.into() }
    }
}

/// The kinds of warning. They serialize in `snake_case` and are part of the issuer API: add codes, never rename them.
#[derive(Serialize, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// `icon@2x.png` or `icon@3x.png` is missing.
    IconScale,
    /// The manifest lists a file that another system or tool left in the folder.
    Leftover,
    /// Two names are one where upper and lower case, or the forms of an accent, do not count.
    NameCollision,
    /// A name is not ASCII.
    NameEncoding,
    /// A JSON file begins with a byte order mark.
    JsonByteOrderMark,
    /// A JSON file has a comma before `}` or `]`.
    JsonTrailingComma,
    /// A key of `pass.json` has a value of another type than Apple documents.
    KeyType,
    /// A key is missing that Apple's reference calls required, or its value is empty.
    KeyMissing,
    /// A value is none of those that Wallet knows, such as the format of a barcode.
    UnknownValue,
    /// A number is out of range, such as a latitude of 91.
    OutOfRange,
    /// A list has more items than Wallet takes.
    TooManyItems,
    /// A color is neither `rgb(…)` nor `#…`.
    Color,
    /// A date has a form that Wallet may not read.
    DateFormat,
    /// A barcode's message has characters that its `messageEncoding` cannot write.
    BarcodeEncoding,
    /// The message for NFC is longer than what Wallet sends.
    NfcMessage,
    /// A field has both `currencyCode` and `numberStyle`.
    NumberFormat,
    /// Two fields have the same key.
    FieldDuplicateKey,
    /// There are more fields than the face shows.
    TooManyFields,
    /// Older phones do not know the only style of the pass.
    StyleFallback,
    /// Something is missing without which Wallet shows the classic style instead of the preferred one.
    SchemeRequires,
    /// Something is missing that the preferred style shows.
    SchemeRecommends,
    /// An event ends before it starts.
    EventDates,
    /// An image is no PNG.
    ImageFormat,
    /// An image is cut off.
    ImageTruncated,
    /// An image is larger than what Wallet shows of it.
    ImageSize,
    /// The signature contains the manifest that it signs.
    SignatureAttached,
    /// The certificate that issued the pass certificate is not in the signature, but known.
    SignatureIntermediateMissing,
    /// A template is for pass types with an NFC certificate only.
    NfcCertificate,
    /// The lock screen cuts a message off.
    MessageLong,
    /// A message has the text of the one before, so that phones show nothing.
    MessageRepeated,
    /// No phone has registered the pass, so that none shows a message.
    NeverRegistered,
    /// Phones had registered the pass, and none has now.
    NotRegistered,
    /// Other fields with change messages change together with the message.
    MessageBesideChanges,
    /// The version before a message has no field for it, so phones may show nothing.
    MessageFieldNew,
    /// What the issuer says on the page of a link is malformed.
    LinkPage,
    /// There are more warnings than are listed.
    MoreWarnings,
}
