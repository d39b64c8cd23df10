//! Pass2U Wallet: pass2u.net, "Send Push to Pass2U Android Wallet", version 2.0. The public part of the page does not give the
//! answer for a dead push token, so no answer deletes one.

use super::{
    Problem, Settings,
    account::{Account, Words},
};
use crate::{http::path, push::Request};
use serde::Serialize;

const WORDS: Words = Words {
    no_key: "Push to Pass2U Wallet (Passes) is not set up. It takes the secret PASS2U_KEY.",
    wrong_key: "The secret PASS2U_KEY has characters that no API key has.",
    wrong_url: "The variable PASS2U_URL is no address. Leave it out, but for tests.",
};

pub(super) fn parse(settings: Settings<'_>) -> Result<Account, Problem> {
    Account::parse(settings, ["PASS2U_KEY", "PASS2U_URL"], "https://api.passesalliance.com", &WORDS)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    registration_ids: [&'a str; 1],
}

pub(super) fn request(account: &Account, pass_type: &str, push_token: &str) -> Request {
    let path = format!("/v2/registrations/{}/push", path::encode(pass_type));
    account.post(&path, ("x-api-key", account.key.clone()), &Body { registration_ids: [push_token] })
}
