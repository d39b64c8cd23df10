//! `pass.json`, and the images beside it.

mod dates;
mod documents;
mod images;
mod keys;
mod schemes;

use pkpass::{
    DefectCode::{self, DateFormat, PassDuplicateKey, PassJson, ServiceKeys, Style, TransitType, WebServiceUrl},
    Expected, MAX_JSON_BYTES, Report,
    WarningCode::{
        self, BarcodeEncoding, Color, EventDates, FieldDuplicateKey, IconScale, ImageFormat, ImageSize, ImageTruncated,
        JsonByteOrderMark, JsonTrailingComma, KeyMissing, KeyType, NfcMessage, NumberFormat, OutOfRange, SchemeRecommends,
        SchemeRequires, StyleFallback, TooManyFields, TooManyItems, UnknownValue,
    },
    archive::Writer,
    check_content, template,
};
use serde_json::{Map, Value, json};

/// The codes of a report, in order.
type Codes = (Vec<DefectCode>, Vec<WarningCode>);

fn codes(report: Report) -> Codes {
    let (defects, warnings) = (report.defects.into_iter(), report.warnings.into_iter());
    let mut codes: Codes = (defects.map(|defect| defect.code).collect(), warnings.map(|warning| warning.code).collect());
    codes.0.sort();
    codes.1.sort();
    codes
}

fn codes_of(pass_json: &[u8]) -> Codes {
    codes(match check_content(pass_json, None) {
        Ok(content) => Report { defects: Vec::new(), warnings: content.warnings },
        Err(report) => report,
    })
}

fn good() -> Map<String, Value> {
    let good = json!({
        "formatVersion": 1, "passTypeIdentifier": "pass.com.example", "serialNumber": "1", "teamIdentifier": "A1B2C3D4E5",
        "organizationName": "Example", "description": "Pass", "generic": {}
    });
    good.as_object().unwrap().clone()
}

/// A good pass with these members instead of, or beside, its own.
fn pass_with(members: &str) -> String {
    let mut pass = good();
    pass.extend(serde_json::from_str::<Map<String, Value>>(&format!("{{{members}}}")).unwrap());
    Value::Object(pass).to_string()
}

/// Compares exactly the codes that each input gets.
#[track_caller]
fn assert_rows<'a>(rows: impl IntoIterator<Item = (&'a str, &'a [DefectCode], &'a [WarningCode])>) {
    for (members, defects, warnings) in rows {
        assert_eq!(codes_of(pass_with(members).as_bytes()), (defects.to_vec(), warnings.to_vec()), "{members}");
    }
}

/// As [`assert_rows`], for inputs that get warnings only.
#[track_caller]
fn assert_warned<'a>(rows: impl IntoIterator<Item = (&'a str, &'a [WarningCode])>) {
    assert_rows(rows.into_iter().map(|(members, warnings)| (members, &[][..], warnings)));
}
