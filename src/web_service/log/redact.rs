//! Redacts a line before it is stored. Anyone may send lines, with secret identifiers, names and control characters in them. A
//! known identifier is replaced by its kind. A word that only looks like an identifier is replaced by an ellipsis.

use super::Line;
use crate::wallet::Wallet;

/// The longest sample, in characters.
const LONGEST: usize = 240;

/// A word of this length or more with a digit in it counts as an identifier. Shorter ones are HTTP status codes and counts.
const IDENTIFIER: usize = 6;

/// For each kind of identifier, the character that stands for it during the work, and its word in the sample. A line has no
/// control characters, so no replacement changes the result of another one. None makes the line longer, so the work is linear.
const DEVICE: (char, &str) = ('\u{1}', "{device}");
const SERIAL: (char, &str) = ('\u{2}', "{serial}");
const PASS_TYPE: (char, &str) = ('\u{3}', "{pass type}");

/// Redacts the line's message and bounds its length.
pub(super) fn sample(line: &Line) -> String {
    let mut text = line.message.clone();
    for (value, (mark, _)) in [(&line.device, DEVICE), (&line.serial, SERIAL), (&line.pass_type, PASS_TYPE)] {
        if let Some(value) = value {
            text = text.replace(value.as_str(), mark.encode_utf8(&mut [0; 4]));
        }
    }
    let text = redact_serial_numbers(&text);
    let mut after_scheme = false;
    let words = text.split_whitespace().map(|given| {
        let secret = std::mem::replace(&mut after_scheme, is_scheme(given));
        if secret { "…" } else { redact_word(given) }
    });
    let words: Vec<&str> = words.collect();
    let mut sample = String::new();
    for c in words.join(" ").chars().take(LONGEST) {
        match word_of(c) {
            Some(word) => sample.push_str(word),
            None => sample.push(c),
        }
    }
    sample.chars().take(LONGEST).collect()
}

/// The word of the sample that the character stands for.
fn word_of(c: char) -> Option<&'static str> {
    [DEVICE, SERIAL, PASS_TYPE].into_iter().find(|(mark, _)| *mark == c).map(|(_, word)| word)
}

/// Redacts all serial numbers. The last one may go on until the end of the line.
fn redact_serial_numbers(text: &str) -> String {
    const BEFORE: &str = "serial number ";
    let mut parts = text.split(BEFORE);
    let mut redacted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let quoted = part.strip_prefix('\'');
        let end = match quoted {
            Some(inside) => inside.find('\'').and_then(|end| end.checked_add(2)),
            None => part.find([',', ';']),
        };
        redacted += BEFORE;
        redacted.push(SERIAL.0);
        redacted += end.and_then(|end| part.get(end..)).unwrap_or_default();
    }
    redacted
}

/// Whether the word is a scheme, which credentials follow: `ApplePass`, that of another wallet, or `Bearer`.
fn is_scheme(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let mut schemes = Wallet::ALL.iter().map(|wallet| wallet.scheme()).chain(["Bearer"]);
    schemes.any(|scheme| scheme.eq_ignore_ascii_case(word))
}

/// A word of this length or more belongs to no language.
const LONG: usize = 24;

/// Redacts quoted text, addresses, and words that look like an identifier or like the rest of one.
fn redact_word(word: &str) -> &str {
    let quoted = word.starts_with('\'') && !word.contains("if-modified-since") && !word.contains("last-modified");
    let address = word.contains("://") || word.contains('@');
    let long = word.chars().count() >= IDENTIFIER || word.chars().any(|c| word_of(c).is_some());
    let identifier = long && word.bytes().any(|byte| byte.is_ascii_digit());
    let value = word.contains('=') || word.len() >= LONG;
    if quoted || address || identifier || value || !word.is_ascii() { "…" } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_a_line_lets_a_serial_number_through() {
        for (text, expected) in [
            (
                "Requested serial number S-1, received serial number S-2",
                "Requested serial number {serial}, received serial number {serial}",
            ),
            (
                "Update requested for unregistered serial number JANE DOE",
                "Update requested for unregistered serial number {serial}",
            ),
            (
                "Server requested update to serial number 'Jane Doe', but the pass was unchanged",
                "Server requested update to serial number {serial}, but the pass was unchanged",
            ),
        ] {
            assert_eq!(sample(&Line::parse(text)), expected);
        }
    }

    #[test]
    fn no_form_of_a_line_lets_credentials_through() {
        for (text, expected) in [
            ("sent ApplePass only-for-this-machine today", "sent ApplePass … today"),
            ("(applepass: abcdefghijklmnop)", "(applepass: …"),
            ("token=only-for-this-machine was refused", "… was refused"),
            ("abcdefghijklmnopqrstuvwxyz was refused", "… was refused"),
        ] {
            assert_eq!(sample(&Line::parse(text)), expected);
        }
    }

    #[test]
    fn identifiers_do_not_survive() {
        let line = Line::parse(
            "[2016-08-28 11:57:01 -0400] Register task (for device 8f2dAA, pass type pass.com.example.coffee, serial number Jane Doe; with web service url https://example.com/secret) encountered error: Unexpected response code 500\u{7} jane@example.com 0123456789abcdef",
        );
        assert_eq!(
            sample(&line),
            "Register task (for device {device}, pass type {pass type}, serial number {serial}; with web service url … encountered error: Unexpected response code 500 … …"
        );
    }
}
