//! Apple's service, with a key or with the pass certificate.

use super::{
    Problem::{self, Absent, Broken},
    Settings,
    account::parse_address,
};
use crate::push::{
    Answer, Request, Verdict,
    apns::{self, Key, PRODUCTION, ProviderToken},
};

enum Credentials {
    Token(ProviderToken),
    Certificate,
}

/// The address and our credentials.
pub(super) struct Apple {
    url: String,
    credentials: Credentials,
}

const ABSENT: &str = "Push to Apple Wallet is not set up. It takes the secret APNS_KEY (the .p8 file) and the variables \
                      APNS_KEY_ID and APNS_TEAM_ID.";
const NO_KEY: &str = "The secret APNS_KEY is missing: npx wrangler secret put APNS_KEY < AuthKey_XXXXXXXXXX.p8";
const WRONG_URL: &str = "The variable APNS_URL is no address, or has a user in it. Leave it out, but for tests.";
const SANDBOX: &str = "The variable APNS_URL names Apple's development server, which calls every push token of a real \
                       phone a bad one; their registrations would be deleted. Leave it out.";

impl Apple {
    pub(super) fn parse(settings: Settings<'_>, certificate: bool) -> Result<Self, Problem> {
        let url = parse_address(settings("APNS_URL").as_deref(), PRODUCTION).ok_or(Broken(WRONG_URL))?;
        if url.contains("://api.sandbox.push.") || url.contains("://api.development.push.") {
            return Err(Broken(SANDBOX));
        }
        let credentials = match (settings("APNS_KEY"), settings("APNS_KEY_ID"), settings("APNS_TEAM_ID")) {
            (Some(key), key_id, team_id) => {
                let (key_id, team_id) = (key_id.unwrap_or_default(), team_id.unwrap_or_default());
                let token = Key::parse(&key).and_then(|key| ProviderToken::new(key, &key_id, &team_id));
                Credentials::Token(token.map_err(Broken)?)
            }
            (None, ..) if certificate => Credentials::Certificate,
            (None, None, None) => return Err(Absent(ABSENT)),
            (None, ..) => return Err(Broken(NO_KEY)),
        };
        Ok(Self { url, credentials })
    }

    pub(super) fn needs_certificate(&self) -> bool {
        matches!(self.credentials, Credentials::Certificate)
    }

    pub(super) fn request(&self, pass_type: &str, push_token: &str, now_ms: i64) -> Result<Request, Verdict> {
        let token = self.token().map(|token| token.at(now_ms));
        apns::request(&self.url, token.as_deref(), pass_type, push_token)
    }

    /// `None` with a certificate.
    pub(super) fn token(&self) -> Option<&ProviderToken> {
        if let Credentials::Token(token) = &self.credentials { Some(token) } else { None }
    }
}

/// With a certificate, there is no provider token to renew.
pub(super) fn verdict(needs_certificate: bool, answer: &Answer, now_ms: i64) -> Verdict {
    match apns::verdict(answer, now_ms) {
        Verdict::ExpiredCredentials if needs_certificate => {
            Verdict::misconfigured("ExpiredProviderToken", answer.retry_after(now_ms))
        }
        verdict => verdict,
    }
}
