//! The kinds of pass.

use super::{Map, Notes, Value, WarningCode, json, keys::FIELD_LISTS, pass_json_defect, present, warn};
use crate::defect::DefectCode;
use std::collections::BTreeMap;

/// A kind of pass.
struct Style {
    key: &'static str,
    /// Whether phones before iOS 27 do not know it, so that a classic style may be there for them.
    is_poster: bool,
    face: Face,
}

/// Lists of fields that share an area of the face, and how many fields it shows (Apple, "Creating a generic pass" and its likes).
type Face = &'static [(&'static [&'static str], usize)];

/// The face of store cards and coupons has one row of small fields.
const CARD: Face = &[(&["headerFields"], 3), (&["primaryFields"], 1), (&["secondaryFields", "auxiliaryFields"], 4)];

const GENERIC: Face = &[(&["headerFields"], 3), (&["primaryFields"], 1), (&["secondaryFields"], 4), (&["auxiliaryFields"], 4)];

/// Auxiliary fields may be in two rows.
const EVENT: Face = &[(&["headerFields"], 3), (&["primaryFields"], 1), (&["secondaryFields"], 4), (&["auxiliaryFields"], 8)];

const BOARDING: Face = &[(&["headerFields"], 3), (&["primaryFields"], 2), (&["secondaryFields"], 4), (&["auxiliaryFields"], 5)];

const POSTER: Face =
    &[(&["headerFields"], 1), (&["primaryFields"], 4), (&["footerFields"], 2), (&["secondaryFields", "auxiliaryFields"], 0)];

/// Every style that an issuer can use. A new one is one more line.
const STYLES: [Style; 6] = [
    Style { key: "boardingPass", is_poster: false, face: BOARDING },
    Style { key: "coupon", is_poster: false, face: CARD },
    Style { key: "eventTicket", is_poster: false, face: EVENT },
    Style { key: "generic", is_poster: false, face: GENERIC },
    Style { key: "storeCard", is_poster: false, face: CARD },
    Style { key: "posterGeneric", is_poster: true, face: POSTER },
];

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
    for (keys, most) in style.face {
        let count = keys.iter().fold(0_usize, |sum, key| sum.saturating_add(list(key).len()));
        if count > *most {
            let message = format!(
                "{} has {count} fields in {}; its face shows {most}. Move the others to backFields.",
                style.key,
                keys.join(" and ")
            );
            warn(notes, WarningCode::TooManyFields, message);
        }
    }
    let mut seen = BTreeMap::new();
    for fields in FIELD_LISTS {
        for key in list(fields).iter().filter_map(|field| field.get("key")?.as_str()) {
            if seen.insert(key, fields).is_some() {
                let message = format!("{} has two fields with the key \"{}\". Give each its own.", style.key, json::echo(key));
                warn(notes, WarningCode::FieldDuplicateKey, message);
            }
        }
    }
}
