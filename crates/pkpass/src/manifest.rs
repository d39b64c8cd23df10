//! `manifest.json`: an object of file name → SHA-1 in lowercase hex, for every file but itself and the signature (Apple,
//! "Building a Pass"). A phone refuses a pass if any of them is wrong.

use std::{collections::BTreeMap, ops::Bound};

use super::{
    defect::{Defect, DefectCode, echo},
    kind::Kind,
    layout::{MANIFEST_JSON, SIGNATURE},
    leftovers::is_leftover,
    report::Notes,
    warning::{Warning, WarningCode},
};
use crate::json::{kind, read_object};
use serde_json::Value;

/// Compares the manifest with the files (`digests`: name → SHA-1, `None` where a file could not be read) and notes each
/// difference on either side.
pub(super) fn check(bytes: &[u8], digests: &BTreeMap<String, Option<String>>, notes: &mut Notes) {
    let manifest = match read_object(bytes) {
        Ok(manifest) => manifest,
        Err(fault) => {
            let message = format!("manifest.json {fault}.");
            return notes.push(Defect::in_file(DefectCode::ManifestJson, MANIFEST_JSON, message));
        }
    };
    manifest.slips.warn(MANIFEST_JSON, notes);
    for name in &manifest.repeated {
        notes.push(about(DefectCode::ManifestDuplicate, name, "is listed twice; list each file once"));
    }
    for (name, value) in &manifest.members {
        if is_exempt(name) {
            notes.push(about(DefectCode::ManifestSelf, name, "must not be listed; remove it"));
        } else {
            check_listed(name, value, digests, notes);
        }
    }
    for name in digests.keys().filter(|name| !is_exempt(name)) {
        if !manifest.members.contains_key(name) {
            notes.push(unlisted(name));
        }
    }
}

/// The manifest cannot hold its own digest, and the signature is made after it.
fn is_exempt(name: &str) -> bool {
    name == MANIFEST_JSON || name == SIGNATURE
}

fn check_listed(name: &str, value: &Value, digests: &BTreeMap<String, Option<String>>, notes: &mut Notes) {
    let listed = match digest_in(value) {
        Ok(listed) => Some(listed),
        Err(reason) => {
            notes.push(about(DefectCode::ManifestDigest, name, &reason));
            None
        }
    };
    if is_leftover(name) && digests.contains_key(name) {
        let message = "This file is a leftover of another system or tool, and no part of a pass. Leave it out, write the \
                       manifest without it, and sign again.";
        notes.warn(Warning::in_file(WarningCode::Leftover, name, message));
    }
    match (listed, digests.get(name)) {
        (_, None) => {
            let reason = if is_folder(name, digests) {
                "is a folder; list the files in it, and no folders"
            } else {
                "is listed but not in the archive; names are compared exactly, upper and lower case too"
            };
            notes.push(about(DefectCode::ManifestAbsent, name, reason));
        }
        (Some(listed), Some(Some(real))) if listed != real => notes.push(mismatch(name, listed, real)),
        // They are equal, or the defect of one of the two is already noted.
        _ => {}
    }
}

/// Whether a name that is no file's is a folder's.
fn is_folder(name: &str, digests: &BTreeMap<String, Option<String>>) -> bool {
    let folder = format!("{}/", name.trim_end_matches('/'));
    let mut after = digests.range::<str, _>((Bound::Included(folder.as_str()), Bound::Unbounded));
    name.ends_with('/') || after.next().is_some_and(|(next, _)| next.starts_with(&folder))
}

/// Reads the SHA-1 in a value of the manifest, or says why there is none.
fn digest_in(value: &Value) -> Result<&str, String> {
    let Value::String(digest) = value else {
        return Err(format!("has {} for a value; it must be the SHA-1 as a string", kind(value)));
    };
    let is_hex = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if digest.len() == 64 && is_hex {
        return Err("has a SHA-256 for a value; the manifest of a pass holds SHA-1".to_owned());
    }
    if digest.len() != 40 || !is_hex {
        return Err(format!("has the value \"{}\"; it must be a SHA-1 in 40 hex digits", echo(digest)));
    }
    if digest.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("has its SHA-1 in upper case; write it in lower case".to_owned());
    }
    Ok(digest)
}

fn about(code: DefectCode, name: &str, reason: &str) -> Defect {
    Defect::in_file(code, MANIFEST_JSON, format!("In manifest.json, \"{}\" {reason}.", echo(name)))
}

fn mismatch(name: &str, listed: &str, real: &str) -> Defect {
    let message = format!(
        "The SHA-1 of this file is {real}, but manifest.json says {listed}. Write the manifest after the last change to a \
         file, then sign again."
    );
    Defect::in_file(DefectCode::ManifestMismatch, name, message)
}

fn unlisted(name: &str) -> Defect {
    let message = if is_leftover(name) {
        format!(
            "This is a leftover of another system or tool, and not listed in manifest.json. Leave it out: pack with `{} -x \
             '*.DS_Store' '__MACOSX/*' '*._*'`.",
            Kind::Pass.command()
        )
    } else {
        "This file is not listed in manifest.json. List it with its SHA-1 and sign again, or leave it out.".to_owned()
    };
    Defect::in_file(DefectCode::ManifestUnlisted, name, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";

    fn codes(manifest: &str, files: &[(&str, Option<&str>)]) -> Vec<DefectCode> {
        let digests = files.iter().map(|(name, digest)| ((*name).to_owned(), digest.map(str::to_owned))).collect();
        let mut notes = Notes::default();
        check(manifest.as_bytes(), &digests, &mut notes);
        notes.into_report().defects.into_iter().map(|defect| defect.code).collect()
    }

    #[test]
    fn only_an_exact_lowercase_sha1_matches() {
        let files = [("a", Some(ABC)), (MANIFEST_JSON, Some("x")), (SIGNATURE, Some("y"))];
        assert_eq!(codes(&format!(r#"{{"a":"{ABC}"}}"#), &files), []);
        let wrong = ABC.replace('9', "8");
        assert_eq!(codes(&format!(r#"{{"a":"{wrong}"}}"#), &files), [DefectCode::ManifestMismatch]);
        let loud = ABC.to_uppercase();
        for value in [&format!("\"{loud}\""), "\"\"", "null", &format!("\"{ABC}0\""), "\"zz\"", "{}"] {
            assert_eq!(codes(&format!(r#"{{"a":{value}}}"#), &files), [DefectCode::ManifestDigest], "{value}");
        }
    }

    #[test]
    fn each_side_is_complete() {
        use DefectCode::{ManifestAbsent, ManifestDigest, ManifestUnlisted};

        let manifest = format!(r#"{{"A":"{ABC}"}}"#);
        assert_eq!(codes(&manifest, &[("a", Some(ABC))]), [ManifestAbsent, ManifestUnlisted]);
        assert_eq!(codes(r#"{"b":1}"#, &[]), [ManifestDigest, ManifestAbsent]);
        // A file that could not be read is there all the same.
        assert_eq!(codes(&manifest, &[("A", None)]), []);
    }
}
