//! Provider tokens: Apple, "Establishing a token-based connection to APNs".

use super::Key;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::{cell::Cell, rc::Rc};

/// How long a token is used, in seconds. Apple refuses a token older than an hour, and more than one new token in 20 minutes.
const WINDOW: i64 = 30 * 60;

/// The age up to which the token of the previous window may be used instead, in seconds.
const LONGEST_KEPT: i64 = 55 * 60;

/// Makes provider tokens: JSON Web Tokens (RFC 7519) that name the team that sends.
///
/// There are many isolates, and Apple counts the tokens of all of them. So time is divided into windows of half an hour.
/// Signatures are deterministic, so all isolates make the same token in a window.
pub struct ProviderToken {
    key: Key,
    /// The JSON header.
    header: String,
    /// The JSON claims up to the time of issue.
    issuer: String,
    current: Cell<Option<Minted>>,
}

/// The token in use.
#[derive(Clone)]
struct Minted {
    window: i64,
    issued_at: i64,
    /// Whether it replaced the regular token of the window.
    is_other: bool,
    token: Rc<str>,
}

impl ProviderToken {
    /// Takes the key with its identifier, and the identifier of the team.
    ///
    /// # Errors
    /// The message for the operator, when an identifier has the wrong form.
    pub fn new(key: Key, key_id: &str, team_id: &str) -> Result<Self, &'static str> {
        let (key_id, team_id) = (key_id.trim(), team_id.trim());
        if !is_identifier(key_id) {
            return Err(
                "APNS_KEY_ID must be the key's identifier: 10 characters of A-Z and 0-9, as in the name of the .p8 file.",
            );
        }
        if !is_identifier(team_id) {
            return Err("APNS_TEAM_ID must be the identifier of the team: 10 characters of A-Z and 0-9, as in Apple's \
                 membership details.");
        }
        let header = format!(r#"{{"alg":"ES256","kid":"{key_id}"}}"#);
        let issuer = format!(r#"{{"iss":"{team_id}","iat":"#);
        Ok(Self { key, header, issuer, current: Cell::new(None) })
    }

    /// The token at this time.
    #[must_use]
    pub fn at(&self, now_ms: i64) -> Rc<str> {
        let (window, oldest) = (window(now_ms), now_ms.div_euclid(1000).saturating_sub(LONGEST_KEPT));
        match self.current(window) {
            Some(minted) if minted.issued_at > oldest => minted.token,
            kept => self.mint(window, window, kept.is_some()),
        }
    }

    /// Makes another token, since Apple calls the current one too old: the clocks differ. Does so once in a window, and returns
    /// whether it did.
    pub fn renew(&self, now_ms: i64) -> bool {
        // By the minute, so that isolates that renew at the same time make the same token. But never the one that was refused.
        let (window, minute) = (window(now_ms), now_ms.div_euclid(60_000).saturating_mul(60));
        self.replace(window, minute.max(window.saturating_add(1)))
    }

    /// Returns to the token of the previous window, since Apple says that the new one came too soon: the first push of the
    /// previous window was near its end. Does so once in a window, and returns whether it did.
    pub fn keep(&self, now_ms: i64) -> bool {
        let window = window(now_ms);
        self.replace(window, window.saturating_sub(WINDOW))
    }

    fn replace(&self, window: i64, issued_at: i64) -> bool {
        let is_regular = self.current(window).is_none_or(|minted| !minted.is_other);
        if is_regular {
            self.mint(window, issued_at, true);
        }
        is_regular
    }

    fn current(&self, window: i64) -> Option<Minted> {
        let current = self.current.take();
        self.current.set(current.clone());
        current.filter(|minted| minted.window == window)
    }

    fn mint(&self, window: i64, issued_at: i64, is_other: bool) -> Rc<str> {
        let claims = format!("{}{issued_at}}}", self.issuer);
        let signed = [self.header.as_str(), &claims].map(|part| encode(part.as_bytes())).join(".");
        let token: Rc<str> = [signed.as_str(), &encode(&self.key.sign(signed.as_bytes()))].join(".").into();
        self.current.set(Some(Minted { window, issued_at, is_other, token: Rc::clone(&token) }));
        token
    }
}

/// The start of the window at this time, in unix seconds.
fn window(now_ms: i64) -> i64 {
    now_ms.div_euclid(WINDOW.saturating_mul(1000)).saturating_mul(WINDOW)
}

fn is_identifier(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
