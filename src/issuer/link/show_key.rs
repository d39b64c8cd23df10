//! `GET /issuer/v1/links/key`
//!
//! 200 with the key for tokens of new passes, and the start of their links.

use crate::{crypto::MasterKey, http::Reply};
use serde::Serialize;

#[derive(Serialize)]
struct Body<'a> {
    algorithm: &'static str,
    key: &'a str,
    url: &'a str,
}

/// The answer. No cache may keep it.
pub(crate) fn show_key(public_url: &str, master_key: &MasterKey) -> Reply {
    let (key, url) = (master_key.new_pass_key(), format!("{}/links/new/", public_url.trim_end_matches('/')));
    Reply::json(200, &Body { algorithm: "HS256", key: &key, url: &url }).with("cache-control", "no-store")
}
