//! The pages in a real browser: Chromium, with axe as the judge of what everybody can use.

use super::{ANDROID, INSTAGRAM, WINDOWS, bundle, path};
use crate::util::{Card, Visit, look, new_type};
use edgepass_support::{
    pass::PassBuilder,
    server::{PUBLIC_URL, Server},
};

/// A link to a card that looks like one.
fn coffee_card() -> String {
    let card = Card::new(&new_type(), "S-1");
    let file = card.edited(|pass: PassBuilder| {
        pass.file("logo@3x.png", *include_bytes!("logo@3x.png"))
            .field("/logoText", "Example Coffee")
            .field("/organizationName", "Example Coffee")
            .field("/description", "Loyalty card")
            .field("/backgroundColor", "rgb(111, 54, 28)")
            .field("/foregroundColor", "rgb(255, 248, 238)")
            .field("/labelColor", "rgb(238, 206, 178)")
            .field("/userInfo/edgepass/link/help", "https://example.com/help")
    });
    card.publish(&file).expect(201);
    path(&Server::shared().issuer().link(card.pass_type(), card.serial(), None).expect(201))
}

#[test]
fn the_page_is_for_everybody_at_each_width_in_each_language_and_in_the_dark() {
    let path = coffee_card();
    let phone = Visit { agent: ANDROID, width: 390, height: 844, ..Visit::of(&path) };
    let desktop = Visit { agent: WINDOWS, width: 1280, height: 800, ..Visit::of(&path) };
    let visits = [
        Visit { name: Some("link-phone"), download: true, ..phone.clone() },
        Visit { name: Some("link-desktop"), ..desktop.clone() },
        Visit { name: Some("link-phone-dark"), dark: true, language: "de-DE", ..phone.clone() },
        Visit { name: Some("link-desktop-dark"), dark: true, language: "fr-FR", ..desktop.clone() },
        Visit { name: Some("link-instagram"), agent: INSTAGRAM, language: "es-ES", ..phone.clone() },
        Visit { name: Some("link-desktop-japanese"), language: "ja-JP", ..desktop },
        Visit { name: Some("link-narrow"), width: 280, language: "de-DE", ..phone },
    ];
    let found = look(&visits);
    for (visit, found) in visits.iter().zip(&found) {
        found.is_fine(visit, 200);
        assert_eq!(found.lang, &visit.language[..2]);
        let code = (visit.agent != INSTAGRAM).then(|| format!("{PUBLIC_URL}{path}"));
        assert_eq!(found.code, code, "{visit:?}");
        assert_eq!(found.focused.len(), 2, "{found:?}");
    }
    let downloaded = found[0].downloaded.as_ref().expect("a file");
    assert_eq!(downloaded.name, "S-1.pkpass");
    assert!(downloaded.bytes > 1000, "{downloaded:?}");
}

#[test]
fn bundles_and_links_that_open_nothing_have_such_a_page_too() {
    let bundle = bundle(&["1", "2", "3"]);
    let sizes = |path, name, dark| {
        [
            Visit { agent: ANDROID, width: 390, height: 844, dark, ..Visit::of(path) },
            Visit { name: Some(name), agent: WINDOWS, width: 1280, height: 800, dark, ..Visit::of(path) },
        ]
    };
    let visits =
        [sizes(&bundle, "bundle", false), sizes("/links/x", "trouble", false), sizes("/links/x", "trouble-dark", true)];
    let visits = visits.concat();
    for (visit, found) in visits.iter().zip(look(&visits)) {
        found.is_fine(visit, if visit.path == bundle { 200 } else { 404 });
    }
}

#[test]
fn the_page_at_the_address_of_the_service_is_such_a_page_too() {
    let page = |name, width, dark| Visit { name: Some(name), width, height: 800, dark, ..Visit::of("/") };
    let visits = [page("home-phone", 390, false), page("home-desktop", 1280, false), page("home-dark", 1280, true)];
    for (visit, found) in visits.iter().zip(look(&visits)) {
        found.is_fine(visit, 200);
    }
}
