//! Templates, and images in them.

use super::*;

/// A PNG of this size without pixels: its first chunk and its last.
fn png(width: u32, height: u32) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &size[..], b"\x08\x06\0\0\0????\0\0\0\0IEND\xAE\x42\x60\x82"].concat()
}

/// A template with these files beside a good `pass.json` and icons.
fn template_with(pass_json: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Writer::with_capacity(1024);
    archive.store("pass.json", pass_json.as_bytes());
    for (name, bytes) in files {
        archive.store(name, bytes);
    }
    for (name, scale) in [("icon.png", 1), ("icon@2x.png", 2), ("icon@3x.png", 3_u32)] {
        if !files.iter().any(|(other, _)| *other == name) {
            archive.store(name, &png(scale.saturating_mul(38), scale.saturating_mul(38)));
        }
    }
    archive.finish()
}

fn codes_of_template(file: &[u8]) -> Codes {
    let report = match template::prepare(file) {
        Ok(prepared) => Report { defects: Vec::new(), warnings: prepared.warnings },
        Err(report) => report,
    };
    let (defects, mut warnings) = codes(report);
    warnings.retain(|code| *code != IconScale);
    (defects, warnings)
}

#[test]
fn images() {
    let whole = png(1, 1);
    let (cut, _) = whole.split_at(whole.len().saturating_sub(9));
    let trailing = [&whole[..], b"more"].concat();
    // Xcode puts a chunk of its own before the first.
    let of_xcode = [&png(1, 1)[..8], b"\0\0\0\x04CgBI????????", &png(400, 1)[8..]].concat();
    for (name, bytes, warnings) in [
        ("logo.png", &png(160, 50)[..], &[][..]),
        ("logo.png", &png(161, 50), &[ImageSize][..]),
        ("logo.png", &png(160, 51), &[ImageSize]),
        ("logo@2x.png", &png(320, 100), &[]),
        ("logo@2x.png", &png(321, 100), &[ImageSize]),
        ("de.lproj/logo@3x.png", &png(480, 150), &[]),
        ("de.lproj/logo@3x.png", &png(481, 150), &[ImageSize]),
        ("icon.png", &png(39, 1), &[ImageSize]),
        ("strip@3x.png", &png(1125, 432), &[]),
        ("strip@3x.png", &png(1126, 432), &[ImageSize]),
        ("background.png", &png(345, 506), &[ImageSize]),
        ("artwork.png", &png(358, 448), &[]),
        ("footer.png", &png(286, 16), &[ImageSize]),
        ("thumbnail.png", &png(90, 91), &[ImageSize]),
        ("primaryLogo.png", &png(127, 30), &[ImageSize]),
        ("secondaryLogo.png", &png(135, 13), &[ImageSize]),
        ("logo.png", cut, &[ImageTruncated]),
        ("logo.png", &whole[..20], &[ImageTruncated]),
        ("logo.png", &whole[..8], &[ImageTruncated]),
        ("logo.png", &trailing, &[]),
        ("logo.png", &of_xcode, &[ImageSize]),
        ("logo.png", b"\xFF\xD8\xFF\xE0????", &[ImageFormat]),
        ("logo.png", b"GIF89a", &[ImageFormat]),
        ("logo.png", b"", &[ImageFormat]),
        ("venueMap.png", b"GIF89a", &[]),
        ("logo.pdf", b"%PDF", &[]),
        ("logo@4x.png", b"GIF89a", &[]),
        ("other/logo.png", b"GIF89a", &[]),
    ] {
        let file = template_with(&pass_with(""), &[(name, bytes)]);
        assert_eq!(codes_of_template(&file), (vec![], warnings.to_vec()), "{name} of {} bytes", bytes.len());
    }
}

#[test]
fn what_is_wrong_with_an_image_is_said() {
    for (bytes, told) in [
        (&b""[..], "is empty"),
        (b"\xFF\xD8\xFF", "is a JPEG"),
        (b"\xFF\xD8\xFF\xE0?????", "is a JPEG"),
        (b"G", "is no PNG"),
        (b"GIF89a??", "is no PNG"),
    ] {
        let prepared = template::prepare(&template_with(&pass_with(""), &[("logo.png", bytes)])).unwrap();
        assert!(prepared.warnings.iter().any(|warning| warning.message.contains(told)), "{:?}", prepared.warnings);
    }
}

#[test]
fn posters_have_an_image() {
    let members = r#""generic": null, "eventTicket": {}, "preferredStyleSchemes": ["posterEventTicket"]"#;
    let count = |files: &[(&str, &[u8])]| {
        let (_, warnings) = codes_of_template(&template_with(&pass_with(members), files));
        warnings.into_iter().filter(|code| *code == SchemeRequires).count()
    };
    let without = count(&[("logo.png", &png(1, 1))]);
    for name in ["artwork.png", "artwork@2x.png", "background@3x.png", "en.lproj/background.png"] {
        assert_eq!(count(&[(name, &png(1, 1))]).checked_add(1), Some(without), "{name}");
    }
}

/// What is stored is written anew, without a trace of what phones overlook.
#[test]
fn templates_are_written_anew() {
    let text = pass_with(r#""webServiceURL": null, "authenticationToken": null, "expirationDate": null"#);
    let text = format!("\u{feff}{}", text.replacen('{', "{\"x\":[1,],", 1));
    let prepared = template::prepare(&template_with(&text, &[])).unwrap();
    assert!(prepared.warnings.iter().any(|warning| warning.code == JsonTrailingComma));
    let parts = pkpass::Parts::from_file(&prepared.file).unwrap();
    assert_eq!(parts.content.get("x"), Some(&json!([1])));
    let stored = parts.with(&parts.content);
    assert!(serde_json::from_slice::<Value>(stored.pass_json()).is_ok());
    for (text, code) in [
        (pass_with(r#""expirationDate": "soon""#), DateFormat),
        (pass_with(r#""coupon": {}"#), Style),
        (pass_with("").replacen('{', r#"{"description":"x","#, 1), PassDuplicateKey),
        ("[]".to_owned(), PassJson),
    ] {
        assert_eq!(codes_of_template(&template_with(&text, &[])), (vec![code], vec![]));
    }
}
