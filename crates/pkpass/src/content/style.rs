//! The kinds of pass.

use super::{Map, Notes, Value, WarningCode, json, pass_json_defect, present, warn};
use crate::{defect::DefectCode, fields::LISTS};
use std::collections::BTreeMap;

/// A kind of pass.
struct Style {
    key: &'static str,
    /// Whether phones before iOS 27 do not know it, so that a classic style may be there for them.
    is_poster: bool,
    /// How many header, primary, secondary, auxiliary and footer fields the face shows (Apple, "Creating a generic pass" and
    /// its likes).
    face: [u8; 5],
    /// Whether secondary and auxiliary fields share one row.
    shares_row: bool,
}

/// Every style that an issuer can use. A new one is one more line. The auxiliary fields of an event ticket may be in two rows.
#[rustfmt::skip]
const STYLES: [Style; 6] = [
    Style { key: "boardingPass", is_poster: false, face: [3, 2, 4, 5, ALL], shares_row: false },
    Style { key: "coupon", is_poster: false, face: [3, 1, 4, 4, ALL], shares_row: true },
    Style { key: "eventTicket", is_poster: false, face: [3, 1, 4, 8, ALL], shares_row: false },
    Style { key: "generic", is_poster: false, face: [3, 1, 4, 4, ALL], shares_row: false },
    Style { key: "storeCard", is_poster: false, face: [3, 1, 4, 4, ALL], shares_row: true },
    Style { key: "posterGeneric", is_poster: true, face: [1, 4, 0, 0, 2], shares_row: false },
];

/// No limit.
const ALL: u8 = u8::MAX;

/// Checks that there is one style: a classic one, a poster, or a poster with a classic one for older phones.
pub(super) fn check(members: &Map<String, Value>, notes: &mut Notes) {
    let styles = STYLES.iter().filter_map(|style| Some((style, present(members, style.key)?)));
    let [mut classic, mut posters] = [Vec::new(), Vec::new()];
    for (style, value) in styles {
        match value {
            Value::Object(fields) => check_fields(style, fields, notes),
            other => refuse(notes, format!("{} is {}; it must be an object.", style.key, json::kind(other))),
        }
        if style.is_poster { &mut posters } else { &mut classic }.push(style.key);
    }
    for several in [&classic, &posters].into_iter().filter(|found| found.len() > 1) {
        refuse(notes, format!("A pass has one style, but this one has {}. Keep one.", several.join(" and ")));
    }
    match (classic.as_slice(), posters.as_slice()) {
        ([], []) => {
            let known: Vec<_> = STYLES.iter().map(|style| style.key).collect();
            refuse(notes, format!("The style is missing: one of {} must be there.", known.join(", ")));
        }
        ([], [poster, ..]) => {
            let message =
                format!("Phones before iOS 27 refuse a pass with no other style than {poster}. Add generic for them.");
            warn(notes, WarningCode::StyleFallback, message);
        }
        _ => {}
    }
}

fn refuse(notes: &mut Notes, message: String) {
    notes.push(pass_json_defect(DefectCode::Style, message));
}

fn check_fields(style: &Style, fields: &Map<String, Value>, notes: &mut Notes) {
    // Wallet's log: "Pass dictionary must contain key 'transitType'".
    if style.key == "boardingPass" && present(fields, "transitType").is_none() {
        let message = "boardingPass.transitType is missing; Wallet needs it. Use PKTransitTypeGeneric if no other fits.";
        notes.push(pass_json_defect(DefectCode::TransitType, message));
    }
    let list = |key: &str| fields.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (key, most) in LISTS.iter().zip(style.face) {
        let others = if style.shares_row && *key == "auxiliaryFields" { list("secondaryFields").len() } else { 0 };
        let count = list(key).len();
        if count > 0 && count.saturating_add(others) > usize::from(most) && most != ALL {
            let beside = if others > 0 { " beside its secondaryFields" } else { "" };
            let message = format!(
                "{}.{key} has {count} fields{beside}; the face shows {most} in all. Move the others to backFields.",
                style.key
            );
            warn(notes, WarningCode::TooManyFields, message);
        }
    }
    let mut seen = BTreeMap::new();
    for (index, name) in LISTS.into_iter().enumerate() {
        // The first four lists are those of the face. Wallet's log of a pass that it refuses: "more than one field has the key
        // 'key'. Field keys must be unique". That it refuses others is not known.
        let is_on_face = index < 4 && !style.is_poster;
        for key in list(name).iter().filter_map(|field| field.get("key")?.as_str()) {
            let Some(was_on_face) = seen.insert(key, is_on_face) else { continue };
            let message = format!("{} has two fields with the key \"{}\". Give each its own.", style.key, json::echo(key));
            if was_on_face && is_on_face {
                notes.push(pass_json_defect(DefectCode::FieldDuplicateKey, message));
            } else {
                warn(notes, WarningCode::FieldDuplicateKey, message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_has_fields_that_are_merged_by_key() {
        assert_eq!(STYLES.map(|style| style.key), crate::fields::STYLES);
    }
}
