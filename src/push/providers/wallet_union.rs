//! Wallet of walletunion.com: "Wallet for Android API". One service for phones with Google's services and for Huawei's
//! without them; a member of the body tells which.
//!
//! The address is the one that other servers of passes use; the maker gives it out with the key.

use super::{
    ProviderSettings, Service,
    account::{self, Account, Words},
};
use crate::push::{Answer, Request, Verdict};
use pkpass::json;
use serde::Serialize;
use serde_json::{Map, Value};

const WORDS: Words = Words {
    absent: "Push to Wallet (WalletUnionPass, WalletUnionHMSPass) is not set up. It takes the secret WALLET_UNION_KEY.",
    wrong_key: "The secret WALLET_UNION_KEY has characters that no API key has.",
    wrong_url: "The variable WALLET_UNION_URL is no address. Leave it out, or set what the maker gave out with the key, \
                without /send.",
};

pub(super) fn read(settings: &ProviderSettings) -> Service<Account> {
    let (key, url) = (settings.wallet_union_key.as_deref(), settings.wallet_union_url.as_deref());
    Account::read(key, url, "https://push.walletunion.com", &WORDS)
}

/// Whose push service the phone has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    /// Firebase Cloud Messaging.
    Google,
    /// Huawei Mobile Services.
    Huawei,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    pass_type_identifier: &'a str,
    push_tokens: [&'a str; 1],
    hms: bool,
}

pub(super) fn request(account: &Account, system: System, pass_type: &str, push_token: &str) -> Request {
    let hms = system == System::Huawei;
    let body = Body { pass_type_identifier: pass_type, push_tokens: [push_token], hms };
    account.post("/send", ("authorization", account.key.clone()), &body)
}

/// It answers 200 also when it failed; the body says so. With one token in the request, a list that is not empty is
/// about that one. `expired_push_tokens` are dead; `unknown_push_tokens` also occur when Google's service failed, so they
/// may be unknown for a while only.
pub(super) fn verdict(answer: &Answer, now_ms: i64) -> Verdict {
    let later = |reason: &'static str| Verdict::Later { reason: reason.into(), retry_after: answer.retry_after(now_ms) };
    match answer.status {
        200 => match Said::of(&answer.body) {
            Said::Expired => Verdict::Dead { reason: "ExpiredPushToken".into(), before_ms: None },
            Said::Unknown => later("UnknownPushToken"),
            Said::Failed => later("Failed"),
            Said::Nothing => Verdict::Delivered,
        },
        // More tokens than it takes: there is one in a request.
        413 => Verdict::misconfigured("TooManyPushTokens", answer.retry_after(now_ms)),
        _ => account::verdict(answer, now_ms),
    }
}

/// What a body says.
enum Said {
    Expired,
    Unknown,
    /// `status` is `FCM_FAILED`, or another one that is not `OK`.
    Failed,
    Nothing,
}

impl Said {
    fn of(body: &str) -> Self {
        let object = match json::parse(body) {
            Some(Value::Object(object)) => object,
            Some(_) => Map::new(),
            None if body.trim().is_empty() => return Self::Nothing,
            None => return Self::Failed,
        };
        let tokens = |key| object.get(key).and_then(Value::as_array).map(Vec::as_slice);
        let names_one = |key| matches!(tokens(key), Some([Value::String(_)]));
        match object.get("status").and_then(Value::as_str) {
            Some("ERROR") if names_one("expired_push_tokens") => Self::Expired,
            _ if names_one("unknown_push_tokens") => Self::Unknown,
            None | Some("OK") => Self::Nothing,
            Some(_) => Self::Failed,
        }
    }
}
