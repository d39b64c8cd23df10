//! What is wrong with a file that was to be JSON.

use std::{
    error::Error,
    fmt::{self, Write as _},
};

/// How many characters of a key or value a message echoes.
const MAX_SHOWN: usize = 80;

/// What is wrong with a file, in English, as the end of a sentence that begins with the file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    said: String,
    of_key: bool,
}

impl Fault {
    /// `said` echoes content of the file only through [`shown`].
    pub(super) fn new(said: impl Into<String>) -> Self {
        Self { said: said.into(), of_key: false }
    }

    /// A key that occurs twice in one object.
    pub(super) fn of_key(key: &str) -> Self {
        Self { said: format!("has the key \"{}\" twice in one object", shown(key)), of_key: true }
    }

    /// Whether it is a key that occurs twice.
    #[must_use]
    pub fn is_of_key(&self) -> bool {
        self.of_key
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.said)
    }
}

impl Error for Fault {}

/// A key or value from the file as a message may echo it: short, and without control characters.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text.chars();
    for character in rest.by_ref().take(MAX_SHOWN) {
        if character.is_control() {
            // Writing to a `String` cannot fail.
            let _ = write!(shown, "{}", character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if rest.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_short_and_printable() {
        assert_eq!(shown("a\nb\u{7f}ä"), "a\\nb\\u{7f}ä");
        assert_eq!(shown(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(shown(&"é".repeat(81)), format!("{}…", "é".repeat(80)));
    }
}
