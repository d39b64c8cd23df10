//! `GET /links/{link}/qr.svg` and `GET /links/{link}/logo.png`

use super::{WINDOWS, bundle, link, page};
use crate::util::{Card, ask, is_problem, is_problem_about, is_refused_early, used};
use edgepass_support::{http::Answer, pass::PassBuilder};

/// Checks that an answer is a picture that nobody keeps.
#[track_caller]
fn is_picture(answer: &Answer, media_type: &str) {
    for (name, value) in [
        ("content-type", media_type),
        ("cache-control", "private, no-store"),
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer:#}");
    }
}

/// A PNG file, as good as any. `number` makes it another one.
fn png(number: u8) -> Vec<u8> {
    let icons = PassBuilder::new("pass.com.example", "1").entries();
    let (_, mut icon) = icons.into_iter().find(|(name, _)| name == "icon.png").expect("each pass has an icon");
    icon.push(number);
    icon
}

/// The logo of a link to a pass with these files.
#[track_caller]
fn logo_of(files: &[(&str, Vec<u8>)]) -> Answer {
    let card = Card::unpublished();
    let file = card.edited(|mut pass| {
        for (name, bytes) in files {
            pass = pass.file(name, bytes.clone());
        }
        pass
    });
    card.publish(&file).expect(201);
    ask("GET", &format!("{}/logo.png", link(&card)))
}

#[test]
fn the_code_needs_no_database_and_comes_with_get_and_head() {
    let path = format!("{}/qr.svg", link(&Card::published()));
    let code = ask("GET", &path).expect(200);
    is_picture(&code, "image/svg+xml");
    used(&code, 0, 0);
    assert!(code.text().starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox"), "{code:#}");
    assert_eq!(ask("HEAD", &path).expect(200).body, b"");
}

#[test]
fn a_link_that_is_too_long_for_a_code_has_none() {
    let serials: Vec<_> = (0..5).map(|number| format!("{number}{}", "x".repeat(200))).collect();
    let path = bundle(&serials.iter().map(String::as_str).collect::<Vec<_>>());
    is_problem_about(&ask("GET", &format!("{path}/qr.svg")), 400, &["too long for a QR code"]);
    assert!(!page(&path, WINDOWS, "en").contains("qr.svg"));
}

#[test]
fn the_logo_comes_in_the_best_resolution_or_else_the_icon() {
    let [one, two, three] = [1, 2, 3].map(png);
    for (files, expected) in [
        (vec![("logo.png", one.clone())], &one),
        (vec![("logo.png", one.clone()), ("logo@2x.png", two.clone())], &two),
        (vec![("logo@2x.png", two.clone()), ("en.lproj/logo@3x.png", three.clone())], &three),
        (vec![("primaryLogo.png", one.clone())], &one),
        (vec![("logo@2x.png", b"no PNG".to_vec()), ("logo.png", one.clone())], &one),
        (vec![("icon@3x.png", three.clone())], &three),
    ] {
        let logo = logo_of(&files).expect(200);
        is_picture(&logo, "image/png");
        used(&logo, 1, 0);
        assert!(logo.body == *expected, "another picture");
    }
}

#[test]
fn wrong_links_and_withdrawn_passes_have_no_pictures() {
    let card = Card::published();
    let path = link(&card);
    for picture in ["qr.svg", "logo.png"] {
        is_refused_early(&ask("GET", &format!("/links/x/{picture}")), 404);
        is_refused_early(&ask("GET", &format!("{}/{picture}", path.replace(".pkpass", "A.pkpass"))), 404);
    }
    card.withdraw();
    is_problem(&ask("GET", &format!("{path}/logo.png")), 404);
}
