//! The names of all entries beside each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use super::Entry;
use crate::{
    defect::{Defect, DefectCode},
    report::Notes,
    warning::{Warning, WarningCode},
};

/// Notes names that cannot be unpacked side by side, anywhere or on some systems.
pub(super) fn check(entries: &[Entry], notes: &mut Notes) {
    let mut names = BTreeSet::new();
    let mut forms: BTreeMap<String, &str> = BTreeMap::new();
    for name in entries.iter().map(Entry::name) {
        if !names.insert(name) {
            let message = "Two entries of the archive have this name. Keep one.";
            notes.push(Defect::in_file(DefectCode::EntryDuplicate, name, message));
        } else if let Some(other) = forms.insert(fold(name), name) {
            let message = format!(
                "This name and \"{}\" are the same file where upper and lower case, or the forms of an accent, do not count. Keep \
                 one.",
                crate::json::echo(other)
            );
            notes.warn(Warning::in_file(WarningCode::NameCollision, name, message));
        }
    }
    for name in names.iter().filter(|name| !name.ends_with('/')) {
        let folder = format!("{name}/");
        let mut after = names.range::<str, _>((Bound::Included(folder.as_str()), Bound::Unbounded));
        if after.next().is_some_and(|next| next.starts_with(&folder)) {
            let message = "A file and a folder of the archive have this name. Rename one.";
            notes.push(Defect::in_file(DefectCode::EntryDuplicate, name, message));
        }
    }
}

/// Accents as characters of their own, and the letters with them: what macOS takes apart in names. Tables of all of Unicode
/// would be larger than the rest of this crate.
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
    for character in name.to_lowercase().chars() {
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
        assert_ne!(fold("é"), fold("e"));
        assert_eq!(fold("\u{301}"), "\u{301}");
    }
}
