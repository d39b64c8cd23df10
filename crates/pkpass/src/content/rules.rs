//! What depends on more than one key of an object.

use super::{
    Map, Notes, Value, WarningCode, present,
    value::{self, Place, Step},
    warn,
};

/// Most bytes of an NFC message; Wallet cuts the rest off (Apple, `Pass.NFC`).
const MAX_NFC_MESSAGE: usize = 64;

fn text<'a>(members: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    members.get(key)?.as_str()
}

pub(super) fn pass(pass: &Map<String, Value>, notes: &mut Notes) {
    // Apple, `Pass`: a pass with the first key must have the second.
    if present(pass, "appLaunchURL").is_some() && present(pass, "associatedStoreIdentifiers").is_none() {
        let message = "associatedStoreIdentifiers is missing; Wallet needs it to find the app for appLaunchURL.".to_owned();
        warn(notes, WarningCode::KeyMissing, message);
    }
}

/// Wallet parses the value of a field that has a style for dates. On the face it does so for two more keys, even where they are
/// false ([jpasskit 56](https://github.com/drallgood/jpasskit/issues/56)); for other fields that is not known. Apple's validator
/// warns of a number with two styles.
pub(super) fn field(field: &Map<String, Value>, is_on_face: bool, place: &Place<'_>, notes: &mut Notes) {
    let has = |key: &str| present(field, key).is_some();
    let is_date = has("dateStyle") || has("timeStyle");
    let seems_date = is_date || has("isRelative") || has("ignoresTimeZone");
    let value = present(field, "value").filter(|value| !notes.is_open(value));
    if let Some(value) = value.filter(|_| seems_date) {
        value::check_date(value, is_date || is_on_face, &Place { above: Some(place), step: Step::Key("value") }, notes);
    }
    if (has("currencyCode") || has("numberStyle")) && value.is_some_and(Value::is_string) {
        let message =
            format!("{place}.value is a string; it must be a number, as the field has a currencyCode or a numberStyle.");
        warn(notes, WarningCode::KeyType, message);
    }
    if has("currencyCode") && has("numberStyle") {
        let message =
            format!("{place} has both currencyCode and numberStyle. Keep one, as Wallet formats the value only once.");
        warn(notes, WarningCode::NumberFormat, message);
    }
}

pub(super) fn barcode(barcode: &Map<String, Value>, place: &Place<'_>, notes: &mut Notes) {
    let Some(message) = text(barcode, "message") else { return };
    if message.is_empty() {
        warn(notes, WarningCode::KeyMissing, format!("{place}.message is empty, so there is no barcode to show."));
    }
    let encoding = text(barcode, "messageEncoding").unwrap_or_default().to_ascii_lowercase();
    let last = match encoding.as_str() {
        "iso-8859-1" | "iso_8859-1" | "latin1" => '\u{ff}',
        "us-ascii" | "ascii" => '\u{7f}',
        // Who names another one has had a reason.
        _ => return,
    };
    if message.chars().any(|character| character > last) {
        let message =
            format!("{place}.message has characters that its messageEncoding {encoding} cannot write. Use utf-8 there.");
        warn(notes, WarningCode::BarcodeEncoding, message);
    }
}

pub(super) fn nfc(nfc: &Map<String, Value>, place: &Place<'_>, notes: &mut Notes) {
    let message = nfc.get("message").filter(|message| !notes.is_open(message)).and_then(Value::as_str);
    if let Some(message) = message.filter(|message| message.len() > MAX_NFC_MESSAGE) {
        let message = format!("{place}.message has {} bytes; Wallet sends the first {MAX_NFC_MESSAGE}.", message.len());
        warn(notes, WarningCode::NfcMessage, message);
    }
}
