//! PassHub in Telegram: passhub.io, "Apple Wallet cards in PassHub Telegram". The page does not give the answer
//! for a dead push token, so no answer deletes one.

use super::{
    Problem, Settings,
    account::{Account, Words},
};
use crate::push::Request;
use serde::Serialize;

const WORDS: Words = Words {
    no_key: "Push to PassHub in Telegram (TelegramPass) is not set up. It takes the secret PASSHUB_KEY.",
    wrong_key: "The secret PASSHUB_KEY has characters that no API key has.",
    wrong_url: "The variable PASSHUB_URL is no address. Leave it out, but for tests.",
};

pub(super) fn parse(settings: Settings<'_>) -> Result<Account, Problem> {
    Account::parse(settings, ["PASSHUB_KEY", "PASSHUB_URL"], "https://api.passhub.io", &WORDS)
}

#[derive(Serialize)]
struct Body<'a> {
    pass_type_id: &'a str,
    push_tokens: [&'a str; 1],
}

pub(super) fn request(account: &Account, pass_type: &str, push_token: &str) -> Request {
    let body = Body { pass_type_id: pass_type, push_tokens: [push_token] };
    account.post("/v1/push", ("authorization", format!("Bearer {}", account.key)), &body)
}
