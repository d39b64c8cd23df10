//! Apple's service as the operator set it up: with a key, or with the pass certificate.

use super::{ProviderSettings, Service, account::address};
use crate::push::{
    Answer, Request, Verdict,
    apns::{self, Key, PRODUCTION, ProviderToken},
};

/// How Apple knows who sends.
enum Credentials {
    Token(ProviderToken),
    Certificate,
}

/// Where to send, and as whom.
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

/// Takes what the operator set.
pub(super) fn read(settings: &ProviderSettings) -> Service<Apple> {
    let Some(url) = address(settings.apns_url.as_deref(), PRODUCTION) else {
        return Service::Broken(WRONG_URL);
    };
    if url.contains("://api.sandbox.push.") || url.contains("://api.development.push.") {
        return Service::Broken(SANDBOX);
    }
    let ready = |credentials| Service::Ready(Apple { url, credentials });
    match (&settings.apns_key, &settings.apns_key_id, &settings.apns_team_id) {
        (Some(key), key_id, team_id) => {
            let token = Key::read(key)
                .and_then(|key| ProviderToken::new(key, key_id.as_deref().unwrap_or(""), team_id.as_deref().unwrap_or("")));
            token.map_or_else(Service::Broken, |token| ready(Credentials::Token(token)))
        }
        (None, ..) if settings.certificate => ready(Credentials::Certificate),
        (None, None, None) => Service::Absent(ABSENT),
        (None, ..) => Service::Broken(NO_KEY),
    }
}

impl Apple {
    pub(super) fn needs_certificate(&self) -> bool {
        matches!(self.credentials, Credentials::Certificate)
    }

    pub(super) fn request(&self, pass_type: &str, push_token: &str, now_ms: i64) -> Result<Request, Verdict> {
        let token = match &self.credentials {
            Credentials::Token(token) => Some(token.at(now_ms)),
            Credentials::Certificate => None,
        };
        apns::request(&self.url, token.as_deref(), pass_type, push_token)
    }

    /// Whether another provider token was made.
    pub(super) fn renew(&self, now_ms: i64) -> bool {
        matches!(&self.credentials, Credentials::Token(token) if token.renew(now_ms))
    }

    /// Whether the provider token of before is used again.
    pub(super) fn keep(&self, now_ms: i64) -> bool {
        matches!(&self.credentials, Credentials::Token(token) if token.keep(now_ms))
    }
}

/// Whoever sends with a certificate has no token that could be made anew.
pub(super) fn verdict(needs_certificate: bool, answer: &Answer, now_ms: i64) -> Verdict {
    match apns::verdict(answer, now_ms) {
        Verdict::ExpiredCredentials if needs_certificate => {
            Verdict::misconfigured("ExpiredProviderToken", answer.retry_after(now_ms))
        }
        verdict => verdict,
    }
}
