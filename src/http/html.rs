//! Pages for people. Templates in `static/` make them, and escape all texts.

use super::{Body, Reply};
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

/// The style of all pages.
pub(crate) const STYLE: &str = include_str!("../../static/page.css");

/// A page. `style` is the text of its only `<style>` element, and `document` contains it.
///
/// The page may load images of this service and nothing else, and run nothing. Its style is allowed by its digest (CSP level 3,
/// section 8.4), since the colors of a page differ. Its address may be a secret, so no other site gets it in `Referer`.
pub(crate) fn page(status: u16, style: &str, document: String) -> Reply {
    let digest = Base64::encode_string(&Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; img-src 'self' data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    Reply::empty(status)
        .with("content-type", "text/html; charset=utf-8")
        .with("content-security-policy", policy)
        .with("referrer-policy", "no-referrer")
        .with("cache-control", "private, no-store")
        .with("x-robots-tag", "noindex")
        .with_body(Body::Text(document))
}
