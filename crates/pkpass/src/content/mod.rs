//! `pass.json`: what Wallet refuses, and what it takes but its holder will not like.
//!
//! | Module | Knows |
//! |---|---|
//! | `identity` | the keys without which there is no pass |
//! | `style` | the kinds of pass, and how many fields their faces show |
//! | `shape` | walking a document along a table of its keys |
//! | `keys` | that table |
//! | `value` | one value: its form, and how a message shows it and its place |
//! | `rules` | what depends on more than one key |
//! | `types` | changes of the JSON type of a key |
//! | `scheme` | what event tickets and boarding passes of the semantic style need |
//!
//! Keys that the table does not have are not checked, because iOS gains new ones each year. `null` is the key's absence.
//!
//! Sources: Apple, the reference of the `Pass` object; apple/pass-builder 63efd0f; messages of Wallet in the log of a phone.

mod identity;
mod keys;
mod rules;
mod scheme;
mod shape;
mod style;
pub(crate) mod types;
mod value;

use self::keys::Kind;
use super::{
    Expected,
    defect::{Defect, DefectCode, echo},
    layout::{PASS_JSON, pass_json_defect},
    link_page,
    report::Notes,
    warning::{Warning, WarningCode},
    web_service,
};
use crate::json::{self, Fault, present};
use serde_json::{Map, Value};

/// The parts of `pass.json` that the service uses.
#[derive(Default)]
pub(super) struct Content {
    /// `authenticationToken`, if the pass has one.
    pub(super) authentication_token: Option<String>,
    /// `teamIdentifier`, if it is a string.
    pub(super) team: Option<String>,
    /// `passTypeIdentifier`, if it is a string.
    pub(super) pass_type: Option<String>,
    /// Whether the pass has an `nfc` dictionary, so that its certificate must be one for NFC.
    pub(super) needs_nfc: bool,
    /// Whether the pass wants to be a poster event ticket, so that it needs an image for the poster.
    pub(super) needs_poster: bool,
}

/// Notes all that is wrong with `pass.json`. `None` when it cannot be read.
pub(super) fn check(bytes: &[u8], expected: Option<&Expected<'_>>, notes: &mut Notes) -> Option<Content> {
    Some(examine(&read(bytes, notes)?, expected, notes))
}

/// Reads `pass.json` as phones do, and notes keys that occur twice.
pub(super) fn read(bytes: &[u8], notes: &mut Notes) -> Option<Map<String, Value>> {
    let pass = match json::read_object(bytes) {
        Ok(pass) => pass,
        Err(fault) => {
            notes.push(to_defect(&fault));
            return None;
        }
    };
    pass.slips.warn(PASS_JSON, notes);
    let repeated = pass.repeated.into_iter().map(|key| Fault::RepeatedKey { key, within: None });
    for fault in repeated.chain(pass.repeated_within) {
        notes.push(to_defect(&fault));
    }
    Some(pass.members)
}

/// Notes all that is wrong with the members of `pass.json`.
pub(super) fn examine(members: &Map<String, Value>, expected: Option<&Expected<'_>>, notes: &mut Notes) -> Content {
    let [pass_type, team] = identity::check(members, expected, notes).map(|text| text.map(str::to_owned));
    style::check(members, notes);
    let authentication_token = web_service::check(members, notes);
    shape::check_members(members, Kind::Pass, None, notes);
    rules::pass(members, notes);
    link_page::check(members, notes);
    let needs_poster = scheme::check(members, notes);
    let needs_nfc = present(members, "nfc").is_some_and(Value::is_object);
    Content { authentication_token, team, pass_type, needs_nfc, needs_poster }
}

/// The defect that says why `pass.json` cannot be read.
fn to_defect(fault: &Fault) -> Defect {
    let code = match fault {
        Fault::RepeatedKey { .. } => DefectCode::PassDuplicateKey,
        Fault::Unreadable(_) => DefectCode::PassJson,
    };
    pass_json_defect(code, format!("pass.json {fault}."))
}

fn warn(notes: &mut Notes, code: WarningCode, message: String) {
    notes.warn(Warning::in_file(code, PASS_JSON, message));
}
