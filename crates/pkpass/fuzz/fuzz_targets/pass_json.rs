//! Any bytes as `pass.json`: of an upload, and of a template.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pkpass::{Parts, archive::Writer, check_content, json, template};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let (defects, warnings) = match check_content(bytes, None) {
        Ok(content) => {
            let (value, _) = json::read_lenient(bytes).expect("what was accepted can be read again");
            let written = value.to_string();
            assert_eq!(json::read(written.as_bytes()).as_ref(), Ok(&value), "what is written is strict");
            // Only the slips of the text are gone.
            let again = check_content(written.as_bytes(), None).expect("what is written is accepted");
            assert!(again.warnings.len() <= content.warnings.len());
            (Vec::new(), content.warnings)
        }
        Err(report) => {
            assert!(!report.defects.is_empty());
            (report.defects, report.warnings)
        }
    };
    assert!(defects.len() <= 500 && warnings.len() <= 500);
    let messages = defects.iter().map(|defect| &defect.message).chain(warnings.iter().map(|warning| &warning.message));
    for message in messages {
        assert!(message.chars().count() < 600 && !message.contains(char::is_control), "{message}");
    }
    if let Ok(strict) = json::read(bytes) {
        assert_eq!(json::read_lenient(bytes), Ok((strict, json::Slips::default())));
    }
    check_template(bytes);
});

fn check_template(bytes: &[u8]) {
    let mut archive = Writer::with_capacity(bytes.len().saturating_add(1024));
    archive.store("pass.json", bytes);
    for icon in ["icon.png", "icon@2x.png", "icon@3x.png"] {
        archive.store(icon, b"x");
    }
    if let Ok(prepared) = template::prepare(&archive.finish()) {
        let parts = Parts::from_file(&prepared.file).expect("a prepared template can be taken apart");
        let unsigned = parts.with(&parts.content);
        let read = json::read(unsigned.pass_json());
        assert_eq!(read, Ok(Value::Object(parts.content.clone())), "what is stored is strict JSON, and the same");
    }
}
