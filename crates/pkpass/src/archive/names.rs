//! The names of all entries beside each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{Entry, name::MAX_BYTES};
use crate::{
    defect::{Defect, DefectCode, echo},
    report::Notes,
    warning::{Warning, WarningCode},
};

/// Notes names that cannot be unpacked side by side.
pub(super) fn check(entries: &[Entry], notes: &mut Notes) {
    let mut names = BTreeSet::new();
    for name in entries.iter().map(Entry::name) {
        if !names.insert(name) {
            let message = "Two entries of the archive have this name. Keep one.";
            notes.push(Defect::in_file(DefectCode::EntryDuplicate, name, message));
        }
    }
    let mut in_files = BTreeSet::new();
    // A longer name has a defect of its own, and too many parts to look at each.
    for name in names.iter().filter(|name| name.len() <= MAX_BYTES) {
        in_files.extend(name.match_indices('/').filter_map(|(at, _)| name.get(..at)).filter(|folder| names.contains(folder)));
    }
    for name in in_files {
        let message = "A file and a folder of the archive have this name. Rename one.";
        notes.push(Defect::in_file(DefectCode::EntryDuplicate, name, message));
    }
}

/// Notes names that not every system takes, or not side by side.
///
/// Phones may take the bytes of a name as they are. But libarchive has to convert one that is marked as UTF-8, which fails in a
/// process without a locale; and other readers take one that is not marked for code page 437.
pub(super) fn check_portability(entries: &[Entry], notes: &mut Notes) {
    let mut forms: BTreeMap<String, &str> = BTreeMap::new();
    for name in entries.iter().map(Entry::name).filter(|name| name.len() <= MAX_BYTES) {
        if !name.is_ascii() {
            let message = "This name is not ASCII, and readers of archives differ on other letters: some take them for \
                           others, some refuse them. Use ASCII in the names of files; Wallet looks for no others.";
            notes.warn(Warning::in_file(WarningCode::NameEncoding, name, message));
        }
        if let Some(other) = forms.insert(fold(name), name).filter(|other| *other != name) {
            let message = format!(
                "This name and \"{}\" are the same file where upper and lower case, or the forms of an accent, do not count. \
                 Keep one.",
                echo(other)
            );
            notes.warn(Warning::in_file(WarningCode::NameCollision, name, message));
        }
    }
}

/// Accents as characters of their own, and the letters with them: what macOS takes apart in names. Tables of all of Unicode
/// take 76 KB of a Worker, compressed: 63 for forms, 13 for cases.
const ACCENTS: [(char, &str, &str); 13] = [
    ('\u{300}', "aeiounwy", "àèìòùǹẁỳ"),
    ('\u{301}', "aeiouyclnrszwgkmp", "áéíóúýćĺńŕśźẃǵḱḿṕ"),
    ('\u{302}', "aeioucghjswyz", "âêîôûĉĝĥĵŝŵŷẑ"),
    ('\u{303}', "anoiuevy", "ãñõĩũẽṽỹ"),
    ('\u{304}', "aeiouy", "āēīōūȳ"),
    ('\u{306}', "aegiou", "ăĕğĭŏŭ"),
    ('\u{307}', "cegzabdfhmnoprstwxy", "ċėġżȧḃḋḟḣṁṅȯṗṙṡṫẇẋẏ"),
    ('\u{308}', "aeiouywxth", "äëïöüÿẅẍẗḧ"),
    ('\u{30A}', "auwy", "åůẘẙ"),
    ('\u{30B}', "ou", "őű"),
    ('\u{30C}', "cdeghjklnrstzaiou", "čďěǧȟǰǩľňřšťžǎǐǒǔ"),
    ('\u{327}', "cgklnrstedh", "çģķļņŗşţȩḑḩ"),
    ('\u{328}', "aeiou", "ąęįǫų"),
];

/// What two names have in common that differ in case, or in the form of accents.
fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.chars().map(lowercase) {
        match folded.chars().next_back().and_then(|letter| with_accent(letter, character)) {
            Some(letter) => {
                folded.pop();
                folded.push(letter);
            }
            None => folded.push(character),
        }
    }
    folded
}

/// The small letter of a capital one, in ASCII and of the accented letters of western Europe.
fn lowercase(letter: char) -> char {
    match letter {
        '×' => letter,
        'À'..='Þ' => char::from_u32(u32::from(letter).saturating_add(32)).unwrap_or(letter),
        _ => letter.to_ascii_lowercase(),
    }
}

fn with_accent(letter: char, accent: char) -> Option<char> {
    let (_, letters, accented) = ACCENTS.iter().find(|(known, _, _)| *known == accent)?;
    letters.chars().zip(accented.chars()).find(|(plain, _)| *plain == letter).map(|(_, accented)| accented)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_accent_goes_onto_its_letters() {
        for (accent, letters, accented) in ACCENTS {
            assert_eq!(letters.chars().count(), accented.chars().count(), "{accented}");
            for (letter, whole) in letters.chars().zip(accented.chars()) {
                assert_eq!(fold(&format!("x{letter}{accent}y")), fold(&format!("X{whole}Y")));
            }
        }
        for letter in ('\0'..'\u{100}').filter(|letter| letter.is_uppercase()) {
            assert_eq!(fold(&letter.to_string()), letter.to_lowercase().to_string());
        }
        assert_eq!(fold("×÷"), "×÷");
        assert_ne!(fold("é"), fold("e"));
        assert_eq!(fold("\u{301}"), "\u{301}");
    }
}
