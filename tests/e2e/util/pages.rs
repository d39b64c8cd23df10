//! Lists that come in pages.

use super::used;
use edgepass_support::http::Answer;
use serde_json::Value;

/// The entries of all pages. Checks that each page but the last is full, and costs one call of the database.
#[track_caller]
pub(crate) fn all_pages(limit: u32, entries: &str, page: impl Fn(Option<&str>) -> Answer) -> Vec<Value> {
    let (mut listed, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let answer = page(cursor.as_deref()).expect(200);
        used(&answer, 1, 0);
        let body = answer.json();
        let page = body[entries].as_array().unwrap_or_else(|| panic!("no {entries}: {answer:#}"));
        let full = page.len() == limit as usize;
        let last = page.len() <= limit as usize && body["cursor"].is_null();
        assert!(full || last, "limit {limit}: {answer:#}");
        listed.extend(page.iter().cloned());
        match body["cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return listed,
        }
    }
}
