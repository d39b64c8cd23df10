//! Provider tokens: Apple, "Establishing a token-based connection to APNs".

use super::Key;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::{cell::Cell, rc::Rc};

/// How long a token is used, in seconds. Apple refuses one that is older than an hour, and new ones that come more often
/// than every 20 minutes.
const WINDOW: i64 = 30 * 60;

/// The age up to which the token of the window before is used instead, in seconds.
const LONGEST_KEPT: i64 = 55 * 60;

/// Makes provider tokens: JSON Web Tokens (RFC 7519) that say which team sends.
///
/// There are many isolates, and Apple counts the tokens of all of them. So time is cut into windows of half an hour that
/// are the same everywhere, and as signatures are deterministic, all isolates use one and the same token in a window
/// without asking each other.
pub struct ProviderToken {
    key: Key,
    /// The JSON of the two parts that come before the time of issue.
    header: String,
    issuer: String,
    current: Cell<Option<Minted>>,
}

/// A token that is in use.
#[derive(Clone)]
struct Minted {
    window: i64,
    issued_at: i64,
    /// Whether it is another one than that of the window.
    is_other: bool,
    token: Rc<str>,
}

impl ProviderToken {
    /// Takes the key with its identifier, and the identifier of the team it belongs to.
    ///
    /// # Errors
    /// What to do, for the operator, when one of the identifiers cannot be one.
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

    /// The token of the window that `now_ms` is in.
    #[must_use]
    pub fn at(&self, now_ms: i64) -> Rc<str> {
        let (window, oldest) = (window(now_ms), now_ms.div_euclid(1000).saturating_sub(LONGEST_KEPT));
        match self.current(window) {
            Some(minted) if minted.issued_at > oldest => minted.token,
            kept => self.mint(window, window, kept.is_some()),
        }
    }

    /// Makes another token, since Apple says that the one in use is too old, which only happens when clocks differ. This
    /// is done once in a window: whether it was.
    pub fn renew(&self, now_ms: i64) -> bool {
        let window = window(now_ms);
        if self.current(window).is_some_and(|minted| minted.is_other) {
            return false;
        }
        // By the minute, so that isolates that learn it at the same time still make the same token; but not the one that was
        // refused.
        let minute = now_ms.div_euclid(60_000).saturating_mul(60);
        self.mint(window, minute.max(window.saturating_add(1)), true);
        true
    }

    /// Goes back to the token of the window before, since Apple says that the new one came too soon: the first push of that
    /// window was near its end. This is done once in a window: whether it was.
    pub fn keep(&self, now_ms: i64) -> bool {
        let window = window(now_ms);
        if self.current(window).is_some_and(|minted| minted.is_other) {
            return false;
        }
        self.mint(window, window.saturating_sub(WINDOW), true);
        true
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

/// When the window of a moment begins, in unix seconds.
fn window(now_ms: i64) -> i64 {
    now_ms.div_euclid(WINDOW.saturating_mul(1000)).saturating_mul(WINDOW)
}

fn is_identifier(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
