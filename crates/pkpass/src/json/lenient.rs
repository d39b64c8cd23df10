//! What Apple's parser overlooks in JSON, and RFC 8259 does not.

use crate::{
    report::Notes,
    warning::{Warning, WarningCode},
};

/// What a file has that is not JSON, and that phones overlook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slips {
    /// The file begins with the byte order mark of UTF-8.
    pub byte_order_mark: bool,
    /// A comma stands before the end of an array or object. Apple's own sample boarding pass has one.
    pub trailing_comma: bool,
}

impl Slips {
    /// Warns of them.
    pub(crate) fn warn(self, file: &str, notes: &mut Notes) {
        if self.byte_order_mark {
            let message =
                format!("{file} begins with a byte order mark. Phones overlook it, other readers do not. Save it without one.");
            notes.warn(Warning::in_file(WarningCode::JsonByteOrderMark, file, message));
        }
        if self.trailing_comma {
            let message = format!("{file} has a comma before }} or ]. Phones overlook it, other readers do not. Remove it.");
            notes.warn(Warning::in_file(WarningCode::JsonTrailingComma, file, message));
        }
    }
}

/// The text with a space for each comma that stands behind a value and before `}` or `]`, so that places in messages stay
/// right. `None` if there is none.
pub(super) fn without_trailing_commas(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut inside = Inside::Text { comma: None, is_behind_value: false };
    let mut found = false;
    for (at, byte) in text.bytes().enumerate() {
        inside = match (inside, byte) {
            (Inside::String, b'\\') => Inside::Escape,
            (Inside::String, b'"') => Inside::Text { comma: None, is_behind_value: true },
            (Inside::String | Inside::Escape, _) | (Inside::Text { .. }, b'"') => Inside::String,
            (text, b' ' | b'\t' | b'\n' | b'\r') => text,
            (Inside::Text { is_behind_value, .. }, b',') => {
                Inside::Text { comma: is_behind_value.then_some(at), is_behind_value: false }
            }
            (Inside::Text { comma, .. }, b'}' | b']') => {
                if let Some(comma) = comma.and_then(|at| bytes.get_mut(at)) {
                    *comma = b' ';
                    found = true;
                }
                Inside::Text { comma: None, is_behind_value: true }
            }
            (Inside::Text { .. }, byte) => Inside::Text { comma: None, is_behind_value: !matches!(byte, b'{' | b'[' | b':') },
        };
    }
    String::from_utf8(bytes).ok().filter(|_| found)
}

#[derive(Clone, Copy)]
enum Inside {
    /// Outside of strings: the comma that was the last sign, and whether a value was.
    Text {
        comma: Option<usize>,
        is_behind_value: bool,
    },
    String,
    Escape,
}
