//! Wallet Passes: walletpasses.io, "Developer". The page does not give the answer for a dead push token, so no answer
//! deletes one.

use super::{
    Problem, Settings,
    account::{Account, Words},
};
use crate::push::Request;
use serde::Serialize;

const WORDS: Words = Words {
    no_key: "Push to Wallet Passes (AndroidPass) is not set up. It takes the secret WALLET_PASSES_KEY.",
    wrong_key: "The secret WALLET_PASSES_KEY has characters that no API key has.",
    wrong_url: "The variable WALLET_PASSES_URL is no address. Leave it out, but for tests.",
};

pub(super) fn parse(settings: Settings<'_>) -> Result<Account, Problem> {
    Account::parse(settings, ["WALLET_PASSES_KEY", "WALLET_PASSES_URL"], "https://walletpasses.appspot.com", &WORDS)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    pass_type_identifier: &'a str,
    push_tokens: [&'a str; 1],
}

pub(super) fn request(account: &Account, pass_type: &str, push_token: &str) -> Request {
    let body = Body { pass_type_identifier: pass_type, push_tokens: [push_token] };
    account.post("/api/v1/push", ("authorization", account.key.clone()), &body)
}
