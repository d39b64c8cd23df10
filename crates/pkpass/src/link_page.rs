//! What an issuer says on the page of a link: the member `userInfo.edgepass.link` of `pass.json`.
//!
//! ```json
//! {"help": "https://example.com/help", "texts": {"en": {"title": "Your card", "text": "Show it at the till."}}}
//! ```
//!
//! Wallet ignores `userInfo`. What is malformed is left out of the page, so it is a warning.

use super::{
    layout::PASS_JSON,
    report::Notes,
    warning::{Warning, WarningCode},
};
use crate::json::{echo, present};
use serde_json::{Map, Value};

/// The most characters of an address or a text.
const MOST_CHARACTERS: usize = 500;

/// What an issuer says on the page of a link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkPage<'a> {
    /// Where the person gets help: an address that begins with `https://`, `mailto:` or `tel:`.
    pub help: Option<&'a str>,
    /// The texts, by language.
    pub texts: Vec<(&'a str, LinkTexts<'a>)>,
}

/// Texts of one language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkTexts<'a> {
    /// The heading of the page.
    pub title: Option<&'a str>,
    /// A paragraph below it.
    pub text: Option<&'a str>,
}

impl<'a> LinkPage<'a> {
    /// Reads what is well formed in the content of a `pass.json`.
    #[must_use]
    pub fn new(content: &'a Map<String, Value>) -> Self {
        let Some(Value::Object(link)) = member(content) else { return Self::default() };
        let help = present(link, "help").and_then(Value::as_str).filter(|help| is_help(help));
        let texts = present(link, "texts").and_then(Value::as_object).into_iter().flatten();
        let texts = texts.filter(|(language, _)| is_language(language)).filter_map(|(language, texts)| {
            let texts = texts.as_object()?;
            let text = |key| present(texts, key).and_then(Value::as_str).filter(|text| is_text(text));
            Some((language.as_str(), LinkTexts { title: text("title"), text: text("text") }))
        });
        Self { help, texts: texts.collect() }
    }
}

/// Warns of what is malformed.
pub(super) fn check(content: &Map<String, Value>, notes: &mut Notes) {
    let Some(link) = member(content) else { return };
    let Some(link) = expect_object(link, "userInfo.edgepass.link", &["help", "texts"], notes) else { return };
    if let Some(help) = present(link, "help").filter(|help| !notes.is_open(help))
        && !help.as_str().is_some_and(is_help)
    {
        warn(notes, "userInfo.edgepass.link.help must be an address that begins with https://, mailto: or tel:.");
    }
    let Some(texts) = present(link, "texts") else { return };
    let Some(texts) = expect_object(texts, "userInfo.edgepass.link.texts", &[], notes) else { return };
    for (language, texts) in texts {
        let place = format!("userInfo.edgepass.link.texts.{}", echo(language));
        if !is_language(language) {
            warn(notes, &format!("{place} is not named after a language, such as en or de."));
        }
        let Some(texts) = expect_object(texts, &place, &["title", "text"], notes) else { continue };
        for (key, text) in texts.iter().filter(|(_, text)| !text.is_null() && !notes.is_open(text)).collect::<Vec<_>>() {
            if !text.as_str().is_some_and(is_text) {
                let message = format!("{place}.{} must be a text of 1 to {MOST_CHARACTERS} characters.", echo(key));
                warn(notes, &message);
            }
        }
    }
}

fn member(content: &Map<String, Value>) -> Option<&Value> {
    let edgepass = present(content, "userInfo")?.as_object()?.get("edgepass")?.as_object()?;
    present(edgepass, "link")
}

/// The members of an object. Warns of keys other than `known`, if there are any, as they may be misspelt.
fn expect_object<'a>(value: &'a Value, place: &str, known: &[&str], notes: &mut Notes) -> Option<&'a Map<String, Value>> {
    let Value::Object(members) = value else {
        warn(notes, &format!("{place} must be an object."));
        return None;
    };
    for key in members.keys().filter(|key| !known.is_empty() && !known.contains(&key.as_str())) {
        warn(notes, &format!("{place}.{} is unknown. There are: {}.", echo(key), known.join(", ")));
    }
    Some(members)
}

fn warn(notes: &mut Notes, message: &str) {
    let message = format!("{message} The page of a link leaves it out.");
    notes.warn(Warning::in_file(WarningCode::LinkPage, PASS_JSON, message));
}

/// No other scheme: the address of a `javascript:` link would be a script of the page.
fn is_help(address: &str) -> bool {
    let rest = ["https://", "mailto:", "tel:"].into_iter().find_map(|scheme| address.strip_prefix(scheme));
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    rest.is_some_and(|rest| !rest.is_empty()) && address.chars().all(is_plain) && is_text(address)
}

/// Letters and digits in parts, such as `en` or `zh-Hans` (RFC 5646).
fn is_language(language: &str) -> bool {
    language.len() <= 35
        && language
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MOST_CHARACTERS
}
