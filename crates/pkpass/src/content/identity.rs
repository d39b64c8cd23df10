//! The keys without which Wallet refuses a pass, and the two by which this service knows it.

use super::{Expected, Map, Notes, Value, echo};
use crate::{
    defect::{Defect, DefectCode},
    json::{self, present},
    layout::pass_json_defect,
};

/// Longest `serialNumber`, in bytes of UTF-8: it has to fit into an address, percent-encoded twice.
const MAX_SERIAL_BYTES: usize = 255;

/// Longest `passTypeIdentifier`, in bytes.
const MAX_PASS_TYPE_BYTES: usize = 128;

/// Notes the defects of these keys, and returns `passTypeIdentifier` and `teamIdentifier`.
pub(super) fn check<'a>(
    members: &'a Map<String, Value>,
    expected: Option<&Expected<'_>>,
    notes: &mut Notes,
) -> [Option<&'a str>; 2] {
    check_format_version(members, notes);
    let pass_type = check_pass_type(members, expected.map(|expected| expected.pass_type), notes);
    check_serial(members, expected.map(|expected| expected.serial), notes);
    let team = require_text(members, "teamIdentifier", DefectCode::TeamIdentifier, notes);
    require_text(members, "organizationName", DefectCode::OrganizationName, notes);
    require_text(members, "description", DefectCode::Description, notes);
    [pass_type, team]
}

/// Notes a defect unless the key has a string that is not empty.
fn require_text<'a>(members: &'a Map<String, Value>, key: &str, code: DefectCode, notes: &mut Notes) -> Option<&'a str> {
    let reason = match present(members, key) {
        Some(Value::String(text)) if !text.is_empty() => return Some(text),
        Some(Value::String(_)) => "is empty",
        Some(other) => {
            let message = format!("{key} is {}; it must be a string.", json::kind(other));
            notes.push(pass_json_defect(code, message));
            return None;
        }
        None => "is missing",
    };
    notes.push(pass_json_defect(code, format!("{key} {reason}; Wallet needs it.")));
    None
}

fn check_format_version(members: &Map<String, Value>, notes: &mut Notes) {
    let reason = match present(members, "formatVersion") {
        Some(Value::Number(number)) if is_one(number.as_str()) => return,
        Some(Value::Number(_)) => "is another number".to_owned(),
        Some(other) => format!("is {}", json::kind(other)),
        None => "is missing".to_owned(),
    };
    let message = format!("formatVersion {reason}; it must be the number 1.");
    notes.push(pass_json_defect(DefectCode::FormatVersion, message));
}

/// Whether the digits of a number say 1, as in `1` and `1.0`.
fn is_one(digits: &str) -> bool {
    digits.strip_prefix('1').is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('.').is_some_and(|zeros| zeros.trim_start_matches('0').is_empty())
    })
}

fn check_pass_type<'a>(members: &'a Map<String, Value>, expected: Option<&str>, notes: &mut Notes) -> Option<&'a str> {
    let pass_type = require_text(members, "passTypeIdentifier", DefectCode::PassTypeIdentifier, notes)?;
    if let Some(rule) = fault_of_pass_type(pass_type) {
        let message = format!("passTypeIdentifier is \"{}\"; it must {rule}.", echo(pass_type));
        notes.push(pass_json_defect(DefectCode::PassTypeIdentifier, message));
    }
    if let Some(expected) = expected.filter(|expected| *expected != pass_type) {
        notes.push(conflict(DefectCode::PassTypeConflict, "passTypeIdentifier", pass_type, expected));
    }
    Some(pass_type)
}

/// The rule that a pass type breaks. Apple gives out reverse domain names. They travel in paths and in the `apns-topic` header,
/// so the service accepts no other characters.
fn fault_of_pass_type(pass_type: &str) -> Option<&'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    if pass_type.strip_prefix("pass.").is_none_or(str::is_empty) {
        Some("begin with \"pass.\", as in pass.com.example.coupon")
    } else if !pass_type.bytes().all(is_plain) {
        Some("consist of ASCII letters, digits, dots and hyphens")
    } else if pass_type.len() > MAX_PASS_TYPE_BYTES {
        Some("have at most 128 bytes")
    } else {
        None
    }
}

fn check_serial(members: &Map<String, Value>, expected: Option<&str>, notes: &mut Notes) {
    let Some(serial) = require_text(members, "serialNumber", DefectCode::SerialNumber, notes) else {
        return;
    };
    if let Some(rule) = fault_of_serial(serial) {
        let message = format!("serialNumber is \"{}\"; it must {rule}.", echo(serial));
        notes.push(pass_json_defect(DefectCode::SerialNumber, message));
    }
    if let Some(expected) = expected.filter(|expected| *expected != serial) {
        notes.push(conflict(DefectCode::SerialConflict, "serialNumber", serial, expected));
    }
}

/// The rule that a serial number breaks. Wallet takes any text. The service refuses serial numbers that no client could ask
/// for: clients and proxies drop control characters, and remove `.` and `..` between slashes from a path (RFC 3986, section
/// 5.2.4). They keep all other parts, empty ones too.
fn fault_of_serial(serial: &str) -> Option<&'static str> {
    if serial.len() > MAX_SERIAL_BYTES {
        Some("have at most 255 bytes in UTF-8")
    } else if serial.chars().any(char::is_control) {
        Some("not contain control characters")
    } else if serial.split('/').any(|part| matches!(part, "." | "..")) {
        Some("have no part \".\" or \"..\" between slashes, which clients remove from an address")
    } else {
        None
    }
}

fn conflict(code: DefectCode, key: &str, found: &str, expected: &str) -> Defect {
    let (found, expected) = (echo(found), echo(expected));
    let message =
        format!("{key} is \"{found}\", but the address of the upload says \"{expected}\". Send the pass to its own address.");
    pass_json_defect(code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pass_types_are_reverse_domain_names_after_pass() {
        for good in ["pass.com.example.a-1", "pass.x", &format!("pass.{}", "a".repeat(123))] {
            assert_eq!(fault_of_pass_type(good), None, "{good}");
        }
        let long = format!("pass.{}", "a".repeat(124));
        for bad in ["pass.", "Pass.com", "com.example", "pass.a/b", "pass.a b", "pass.ä", "pass.a_b", &long] {
            assert!(fault_of_pass_type(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn serials_are_free_text_that_fits_a_path() {
        for good in ["1", "A B+C/ü", "...", "a//b", "/a/", "a/.b/..c/d.", " ", &"ü".repeat(127)] {
            assert_eq!(fault_of_serial(good), None, "{good}");
        }
        for bad in [".", "..", "a/./b", "../a", "a/..", "a\nb", "\u{7f}", "\u{85}", &"ü".repeat(128)] {
            assert!(fault_of_serial(bad).is_some(), "{bad}");
        }
    }
}
