//! The texts of pages, in each language. A language that lacks a text does not compile.
//!
//! To add a language: copy `en.rs`, translate it, and add it to [`ALL`].

mod de;
mod en;
mod es;
mod fr;
mod ja;

use crate::http::language::preferred;

/// The texts of a language.
#[derive(Debug)]
pub(crate) struct Texts {
    /// Its tag (RFC 5646), for `lang`.
    pub(crate) lang: &'static str,
    /// The heading above one pass, and above several.
    pub(crate) heading: [&'static str; 2],
    /// How many passes there are, with `{}` for the number.
    pub(crate) count: &'static str,
    /// That the pass is voided or expired.
    pub(crate) ended: &'static str,
    /// What to do with the code: on a computer, and on a phone that is not an iPhone.
    pub(crate) scan: &'static str,
    pub(crate) scan_from_android: &'static str,
    /// What a Mac does with the file.
    pub(crate) mac: &'static str,
    /// What Android does with the file of one pass, and of several.
    pub(crate) android: [&'static str; 2],
    /// What to do in an app on an iPhone.
    pub(crate) in_app: &'static str,
    /// The button for one pass, and for several.
    pub(crate) download: [&'static str; 2],
    /// What the picture of the code is, for those who do not see it.
    pub(crate) code: &'static str,
    /// The link to the issuer's help.
    pub(crate) help: &'static str,
    /// Why a link opens nothing.
    pub(crate) expired: Trouble,
    pub(crate) withdrawn: Trouble,
    pub(crate) unknown: Trouble,
    pub(crate) failed: Trouble,
}

/// A heading, and what to do.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

/// All languages. The first one is for those who read none of them.
pub(crate) const ALL: [&Texts; 5] = [&en::TEXTS, &de::TEXTS, &fr::TEXTS, &es::TEXTS, &ja::TEXTS];

impl Texts {
    /// The texts for the header field `Accept-Language`.
    pub(crate) fn for_person(accept_language: &str) -> &'static Self {
        let lang = preferred(accept_language, &ALL.iter().map(|texts| texts.lang));
        ALL.into_iter().find(|texts| Some(texts.lang) == lang).unwrap_or(&en::TEXTS)
    }
}
