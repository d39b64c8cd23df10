//! What the page shows.

use super::{ANDROID, INSTAGRAM, MAC_CHROME, WINDOWS, bundle, link, page, path};
use crate::util::{Card, Made, codes};
use edgepass_support::server::PUBLIC_URL;
use serde_json::{Value, json};

/// The languages of the page, and a word of each.
const LANGUAGES: [(&str, &str); 5] =
    [("en", "Download pass"), ("de", "Karte laden"), ("fr", "Télécharger"), ("es", "Descargar"), ("ja", "ダウンロード")];

/// The page of a pass whose `pass.json` has these members.
#[track_caller]
fn page_of(members: &Value, languages: &str) -> String {
    let card = Card::unpublished();
    let file = card.edited(|mut pass| {
        for (key, value) in members.as_object().into_iter().flatten() {
            pass = pass.field(&format!("/{key}"), value.clone());
        }
        pass
    });
    card.publish(&file).expect(201);
    page(&link(&card), WINDOWS, languages)
}

fn with_texts(link: &Value) -> Value {
    json!({ "userInfo": { "edgepass": { "link": link } } })
}

#[test]
fn it_has_the_names_of_the_pass_and_its_logo() {
    let card = Card::published();
    let path = link(&card);
    let page = page(&path, WINDOWS, "en");
    for key in ["organizationName", "description"] {
        let name = card.pass.content[key].as_str().unwrap();
        assert!(page.contains(&format!(">{name}</p>")), "{name} is not in {page}");
    }
    let name = path.strip_prefix("/links/").unwrap();
    assert!(page.contains(&format!("src=\"./{name}/logo.png\" alt=\"\"")), "{page}");
}

#[test]
fn it_is_in_the_language_of_the_person() {
    let card = Card::published();
    let path = link(&card);
    for (language, word) in LANGUAGES {
        let page = page(&path, WINDOWS, &format!("it, {language}-XX;q=0.9, en;q=0.8"));
        assert!(page.contains(&format!("<html lang=\"{language}\">")) && page.contains(word), "{page}");
    }
    for other in ["", "it", "*"] {
        assert!(page(&path, WINDOWS, other).contains("<html lang=\"en\">"), "{other}");
    }
}

#[test]
fn it_says_that_a_pass_has_ended_and_only_then() {
    let words = ["no longer valid", "nicht mehr gültig", "plus valable", "ya no es válida", "無効"];
    for ((language, _), words) in LANGUAGES.into_iter().zip(words) {
        assert!(page_of(&json!({ "voided": true }), language).contains(words), "{language}");
    }
    for (members, has_ended) in [
        (json!({ "expirationDate": "2026-01-01T00:00:00Z" }), true),
        (json!({ "expirationDate": "2126-01-01T00:00:00Z", "voided": false }), false),
        (json!({}), false),
    ] {
        assert_eq!(page_of(&members, "en").contains("no longer valid"), has_ended, "{members}");
    }
    let made = Made::ready();
    made.make(&json!({ "voided": true })).expect(201);
    made.sibling("S-2").make(&json!({})).expect(201);
    let passes = [&*made.serial, "S-2"].map(|serial| (&*made.pass_type, serial));
    let both = page(&path(&made.issuer.bundle(&passes).expect(201)), WINDOWS, "en");
    assert!(!both.contains("no longer valid"), "the other pass is valid: {both}");
}

#[test]
fn html_and_style_have_at_most_10_kb_in_each_language() {
    let card = Card::published();
    for path in [link(&card), bundle(&["1", "2"])] {
        for agent in [ANDROID, INSTAGRAM, MAC_CHROME, WINDOWS] {
            for (language, _) in LANGUAGES {
                let bytes = page(&path, agent, language).len();
                assert!(bytes <= 10_000, "{bytes} bytes in {language} for {agent}");
            }
        }
    }
}

#[test]
fn a_template_names_texts_and_help_and_they_may_have_placeholders() {
    let made = Made::loyalty();
    let texts = json!({
        "help": "mailto:help@example.com?subject={{serialNumber}}",
        "texts": {
            "en": { "title": "Your coffee card", "text": "You are a {{level}} member." },
            "de": { "title": "Ihre Kaffeekarte" },
            "it": { "title": "La tua carta" },
        },
    });
    let template = made.template.clone().field("userInfo", with_texts(&texts)["userInfo"].clone());
    assert_eq!(codes(&template.store().expect(200), "warnings"), Vec::<String>::new());
    made.make(&"{}").expect(201);
    let created = made.issuer.link(&made.pass_type, &made.serial, None).expect(201);
    let path = super::path(&created);
    for (languages, said) in [
        (
            "en",
            &["<h1 lang=\"en\">Your coffee card</h1>", "You are a Bronze member.", "mailto:help@example.com?subject=S-1"][..],
        ),
        ("de", &["<h1 lang=\"de\">Ihre Kaffeekarte</h1>", ">Hilfe</a>"]),
        ("it", &["<html lang=\"en\">", "<h1 lang=\"it\">La tua carta</h1>"]),
        ("ja", &["<html lang=\"ja\">", "<h1 lang=\"en\">Your coffee card</h1>"]),
    ] {
        let page = page(&path, WINDOWS, languages);
        for said in said {
            assert!(page.contains(said), "{said} is not in {page}");
        }
    }
}

#[test]
fn no_text_of_a_pass_is_markup() {
    let evil = "\"><script>alert(1)</script>'&";
    let mut members = with_texts(&json!({
        "help": "https://example.com/\"><script>",
        "texts": { "en": { "title": evil, "text": evil } },
    }));
    for key in ["organizationName", "description", "logoText"] {
        members[key] = format!("{evil}{key}").into();
    }
    let page = page_of(&members, "en");
    assert!(!page.contains("<script") && !page.contains("&'"), "{page}");
    // One is in the title of the page, too.
    assert_eq!(page.matches("alert(1)").count(), 6, "{page}");
}

#[test]
fn what_is_malformed_is_left_out_and_a_warning() {
    let long = "x".repeat(501);
    for (link, warnings) in [
        (json!({ "help": "javascript:alert(1)" }), 1),
        (json!({ "help": "http://example.com" }), 1),
        (json!({ "help": "https://" }), 1),
        (json!({ "help": 1 }), 1),
        (json!({ "help": null, "texts": null }), 0),
        (json!({ "texts": { "en": { "title": long } } }), 1),
        (json!({ "texts": { "en": { "title": "", "text": 1 } } }), 2),
        (json!({ "texts": { "": { "title": "x" } } }), 1),
        (json!({ "texts": ["x"] }), 1),
        (json!({ "texts": { "en": "x" } }), 1),
        (json!({ "text": {}, "texts": { "en": { "titel": "x" } } }), 2),
        (json!("x"), 1),
    ] {
        let card = Card::unpublished();
        let members = with_texts(&link);
        let answer = card.publish(&card.edited(|pass| pass.field("/userInfo", members["userInfo"].clone()))).expect(201);
        let found = answer.json()["warnings"].as_array().unwrap().iter().filter(|it| it["code"] == "link_page").count();
        assert_eq!(found, warnings, "{link}: {answer:#}");
        let page = page(&super::link(&card), WINDOWS, "en");
        assert!(page.contains("<h1>Your pass for Apple Wallet</h1>") && !page.contains(">Help</a>"), "{page}");
    }
}

#[test]
fn its_colors_are_those_of_the_pass_where_they_can_be_read() {
    for (foreground, shown) in [("rgb(255, 250, 240)", "#fffaf0"), ("rgb(180, 80, 40)", "#ffffff")] {
        let colors = json!({ "backgroundColor": "rgb(176, 74, 30)", "foregroundColor": foreground, "labelColor": "#fed" });
        let page = page_of(&colors, "en");
        assert!(page.contains(&format!(".pass{{background:#b04a1e;color:{shown}}}.label{{color:#ffeedd}}")), "{page}");
    }
}

#[test]
fn it_contains_no_address_of_its_own_but_relative_ones() {
    let card = Card::published();
    let page = page(&link(&card), WINDOWS, "en");
    assert!(!page.contains("http") && !page.contains(PUBLIC_URL), "{page}");
}
