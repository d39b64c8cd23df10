//! Wallet of walletunion.com: "Wallet for Android API". One service pushes to phones with Google's services and to Huawei's
//! without them. A member of the body tells which.
//!
//! The address is the one that other pass servers use. The maker gives it out with the key.

use super::{
    Problem, Settings,
    account::{self, Account, Words},
};
use crate::push::{Answer, Request, Verdict};
use pkpass::json;
use serde::Serialize;
use serde_json::Value;

const WORDS: Words = Words {
    no_key: "Push to Wallet (WalletUnionPass, WalletUnionHMSPass) is not set up. It takes the secret WALLET_UNION_KEY.",
    wrong_key: "The secret WALLET_UNION_KEY has characters that no API key has.",
    wrong_url: "The variable WALLET_UNION_URL is no address. Leave it out, or set what the maker gave out with the key, \
                without /send.",
};

pub(super) fn parse(settings: Settings<'_>) -> Result<Account, Problem> {
    Account::parse(settings, ["WALLET_UNION_KEY", "WALLET_UNION_URL"], "https://push.walletunion.com", &WORDS)
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

/// The status is 200 even if the push failed. Only the body tells. The request has one token, so each list has at most that
/// one. `expired_push_tokens` are dead. `unknown_push_tokens` also occur while Google's service fails, so they may be valid.
pub(super) fn verdict(answer: &Answer, now_ms: i64) -> Verdict {
    let later = |reason: &'static str| Verdict::Later { reason: reason.into(), retry_after: answer.retry_after(now_ms) };
    match answer.status {
        200 => {
            let Some(object) = json::parse(&answer.body) else {
                return if answer.body.trim().is_empty() { Verdict::Delivered } else { later("Failed") };
            };
            let has_one =
                |key| matches!(object.get(key).and_then(Value::as_array).map(Vec::as_slice), Some([Value::String(_)]));
            let (expired, unknown) = (has_one("expired_push_tokens"), has_one("unknown_push_tokens"));
            match object.get("status").and_then(Value::as_str) {
                Some("ERROR") if expired => Verdict::Dead { reason: "ExpiredPushToken".into(), before_ms: None },
                _ if unknown => later("UnknownPushToken"),
                None | Some("OK") => Verdict::Delivered,
                // `FCM_FAILED`, for example.
                Some(_) => later("Failed"),
            }
        }
        // The request has too many tokens. Ours have one.
        413 => Verdict::misconfigured("TooManyPushTokens", answer.retry_after(now_ms)),
        _ => account::verdict(answer, now_ms),
    }
}
