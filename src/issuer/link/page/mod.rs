//! The pages of a link. `static/links/` has their HTML, and `static/page.css` their style.

mod colors;

use self::colors::Colors;
use super::{
    client::Client,
    texts::{Texts, Trouble},
};
use crate::http::{Reply, html, language::preferred};
use askama::Template;
use pkpass::{cover::Cover, link_page::LinkTexts};

/// The style of all pages, and that of passes.
const STYLE: &str = html::STYLE;
const LINK_STYLE: &str = include_str!("../../../../static/links/link.css");

/// The page of a link that opens passes.
#[derive(Template)]
#[template(path = "links/page.html")]
struct Page<'a> {
    style: &'a str,
    texts: &'a Texts,
    client: Client,
    name: &'a str,
    code: bool,
    logo_text: &'a str,
    description: &'a str,
    organization: &'a str,
    count: String,
    is_bundle: bool,
    several: bool,
    /// That the pass has ended, if it has.
    ended: Option<&'a str>,
    heading: &'a str,
    android: &'a str,
    download: &'a str,
    own: Own<'a>,
    help: Option<&'a str>,
}

/// The issuer's own texts, and their language.
#[derive(Default)]
struct Own<'a> {
    lang: &'a str,
    texts: LinkTexts<'a>,
}

/// The page of a link that opens nothing.
#[derive(Template)]
#[template(path = "links/trouble.html")]
struct TroublePage<'a> {
    style: &'a str,
    lang: &'a str,
    trouble: &'a Trouble,
}

/// What a page shows besides a pass.
pub(super) struct Shown<'a> {
    /// How many passes the link opens.
    pub(super) passes: usize,
    /// Whether they come as a bundle, even if there is one.
    pub(super) is_bundle: bool,
    pub(super) client: Client,
    /// The last segment of the link's address.
    pub(super) name: &'a str,
    /// Whether the link has a QR code.
    pub(super) code: bool,
    pub(super) accept_language: &'a str,
    /// Unix seconds.
    pub(super) now: i64,
}

/// The page of one pass, or of several, of which it shows the first one. Without `cover`, for a pass that cannot be read, it
/// has no names and colors.
pub(super) fn show(cover: Option<&Cover>, shown: &Shown<'_>) -> Reply {
    let Shown { passes, is_bundle, client, name, code, accept_language, now } = *shown;
    let texts = Texts::for_person(accept_language);
    let text = |key| cover.and_then(|cover| cover.text(key)).unwrap_or_default();
    let link_page = cover.map(Cover::link_page).unwrap_or_default();
    let form = |[one, several]: [&'static str; 2]| if is_bundle { several } else { one };
    let style = [STYLE, LINK_STYLE, &cover.map(|cover| Colors::of_pass(cover).rules()).unwrap_or_default()].concat();
    let page = Page {
        style: &style,
        texts,
        client,
        name,
        code,
        logo_text: text("logoText"),
        description: text("description"),
        organization: text("organizationName"),
        count: texts.count.replace("{}", &passes.to_string()),
        is_bundle,
        several: passes > 1,
        ended: cover.filter(|cover| passes == 1 && cover.has_ended(now)).map(|_| texts.ended),
        heading: form(texts.heading),
        android: form(texts.android),
        download: form(texts.download),
        own: Own::choose(&link_page.texts, accept_language),
        help: link_page.help,
    };
    render(200, &style, &page)
}

/// The page that says why a link opens nothing.
pub(super) fn explain(status: u16, trouble: &Trouble, lang: &str) -> Reply {
    render(status, STYLE, &TroublePage { style: STYLE, lang, trouble })
}

fn render(status: u16, style: &str, page: &impl Template) -> Reply {
    // Writing to a `String` cannot fail.
    html::page(status, style, page.render().unwrap_or_default())
}

impl<'a> Own<'a> {
    /// The texts in the language that the person prefers, or else in English, or else the first ones.
    fn choose(texts: &[(&'a str, LinkTexts<'a>)], accept_language: &str) -> Self {
        let languages = || texts.iter().map(|(lang, _)| *lang);
        let lang = preferred(accept_language, &languages()).or_else(|| preferred("en", &languages()));
        let chosen = texts.iter().find(|(it, _)| Some(*it) == lang).or(texts.first());
        chosen.map(|(lang, texts)| Self { lang, texts: *texts }).unwrap_or_default()
    }
}
