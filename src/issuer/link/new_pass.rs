//! The token of a link that an issuer makes itself, for a pass that is to be made when the link is first opened.
//!
//! It is a JSON Web Token (RFC 7519) in the compact form, signed with HS256 (RFC 7515, RFC 7518 section 3.2) under the key that
//! [`show_key`](super::show_key()) tells. Its claims are the members of the body that makes a pass, the pass, and times. So
//! nothing is stored before, and only who has the key can make or change a token.

use super::NotOpened;
use crate::{
    crypto::MasterKey,
    http::{ClientError, path},
    issuer::{Address, body, make::MakePassRequest},
};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};

/// The longest token, in characters. Browsers and mail programs take addresses of this length.
const LONGEST: usize = 8 * 1024;

/// A pass to be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewPass {
    /// Which pass.
    pub(crate) address: Address,
    /// What it is made from.
    pub(crate) request: MakePassRequest,
}

impl NewPass {
    /// Reads a token. `now` is unix seconds.
    ///
    /// # Errors
    /// [`ClientError`] with the reason, for the operator only: who opens a link must not learn it.
    pub(crate) fn parse(token: &str, master_key: &MasterKey, now: i64) -> Result<Self, ClientError> {
        // Some clients need the ending, which other links have too.
        let token = token.strip_suffix(".pkpass").unwrap_or(token);
        let [header, claims] = verify(token, master_key).ok_or(ClientError::NotFound(MARK))?;
        if !body::object(&header).is_ok_and(is_header) {
            return Err(ClientError::NotFound(HEADER));
        }
        Self::from_claims(body::object(&claims).map_err(|_| ClientError::NotFound(CLAIMS))?, now)
    }

    fn from_claims(mut claims: Map<String, Value>, now: i64) -> Result<Self, ClientError> {
        let expires_at = take_seconds(&mut claims, "exp")?;
        let begins_at = take_seconds(&mut claims, "nbf")?;
        // Libraries add the time when the token was made.
        take_seconds(&mut claims, "iat")?;
        if expires_at.is_some_and(|at| at <= now) {
            return Err(ClientError::NotFound(EXPIRED));
        }
        if begins_at.is_some_and(|at| now < at) {
            return Err(ClientError::NotFound(EARLY));
        }
        let address = Address {
            pass_type: take_identifier(&mut claims, "passTypeIdentifier")?,
            serial: take_identifier(&mut claims, "serialNumber")?,
        };
        let request = MakePassRequest::from_members(claims).map_err(|_| ClientError::NotFound(CLAIMS))?;
        Ok(Self { address, request })
    }
}

/// The bytes of header and claims. `None` when this key, or the previous one, did not sign them.
fn verify(token: &str, master_key: &MasterKey) -> Option<[Vec<u8>; 2]> {
    let (signed, mark) = Some(token).filter(|token| token.len() <= LONGEST)?.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let decode = |part| Base64UrlUnpadded::decode_vec(part).ok();
    if !master_key.is_new_pass_mark(signed.as_bytes(), &decode(mark)?) {
        return None;
    }
    Some([decode(header)?, decode(claims)?])
}

/// `{"alg":"HS256"}`, also with `"typ":"JWT"`. Another member may be one that must be understood (RFC 7515, section 4.1.11).
fn is_header(mut members: Map<String, Value>) -> bool {
    let is = |member: Option<Value>, text: &str| member.is_some_and(|it| it.as_str().is_some_and(|it| it == text));
    let algorithm = is(members.remove("alg"), "HS256");
    let kind = !members.contains_key("typ") || is(members.remove("typ"), "JWT");
    algorithm && kind && members.is_empty()
}

fn take_identifier(claims: &mut Map<String, Value>, name: &str) -> Result<String, ClientError> {
    match claims.remove(name) {
        Some(Value::String(text)) if path::is_identifier(&text) => Ok(text),
        _ => Err(ClientError::NotFound(CLAIMS)),
    }
}

/// A `NumericDate`: seconds, which may have a fraction (RFC 7519, section 2). The fraction does not count.
fn take_seconds(claims: &mut Map<String, Value>, name: &str) -> Result<Option<i64>, ClientError> {
    let Some(value) = claims.remove(name) else { return Ok(None) };
    let number = value.as_number().map(ToString::to_string).unwrap_or_default();
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let seconds = whole.parse().ok().filter(|_| fraction.bytes().all(|byte| byte.is_ascii_digit()));
    seconds.map(Some).ok_or(ClientError::NotFound(CLAIMS))
}

impl NotOpened {
    /// Why the pass of a token cannot be made, for who opens the link. A token that has to be another one opens nothing. Where
    /// the operator has to act, the link opens later.
    pub(crate) fn hide(reason: &ClientError) -> Self {
        match reason {
            ClientError::NotFound(EXPIRED) => Self::Expired,
            ClientError::Conflict(detail) | ClientError::NotConfigured(detail) => ClientError::NotConfigured(detail).into(),
            ClientError::Unavailable => ClientError::Unavailable.into(),
            _ => Self::Unknown,
        }
    }
}

const MARK: &str =
    "The token is not a JWT of at most 8192 characters that HS256 and the key of GET /issuer/v1/links/key signed.";
const HEADER: &str = "The header of the token must be {\"alg\": \"HS256\", \"typ\": \"JWT\"}, and nothing besides.";
const EXPIRED: &str = "The token has expired.";
const EARLY: &str = "The nbf of the token is still to come.";
const CLAIMS: &str = "The claims of the token must be passTypeIdentifier, serialNumber and template, optionally values, pass, \
    externalId, uniqueExternalId, exp, nbf and iat, each as in the documentation, and nothing besides.";

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;
    use serde_json::json;
    use sha2::Sha256;

    const NOW: i64 = 1_800_000_000;
    const HS256: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;

    fn key() -> MasterKey {
        MasterKey::from_secret(&"k".repeat(40)).unwrap()
    }

    fn sign(header: &[u8], claims: &[u8]) -> String {
        let signed = [header, claims].map(Base64UrlUnpadded::encode_string).join(".");
        let mut mac = Hmac::<Sha256>::new_from_slice(key().new_pass_key().as_bytes()).unwrap();
        mac.update(signed.as_bytes());
        format!("{signed}.{}", Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes()))
    }

    fn claims() -> Value {
        json!({ "passTypeIdentifier": "pass.p", "serialNumber": "S 1/ü", "template": "t", "values": { "points": 5 } })
    }

    fn parse(token: &str) -> Result<NewPass, ClientError> {
        NewPass::parse(token, &key(), NOW)
    }

    /// Reads the token with other claims beside the usual ones.
    fn parse_with(more: &[(&str, Value)]) -> Result<NewPass, ClientError> {
        let mut claims = claims();
        for (name, value) in more {
            claims[*name] = value.clone();
        }
        parse(&sign(HS256, claims.to_string().as_bytes()))
    }

    #[test]
    fn the_claims_are_a_pass_and_the_body_that_makes_it() {
        let NewPass { address, request } = parse_with(&[]).unwrap();
        assert_eq!((address.pass_type.as_str(), address.serial.as_str()), ("pass.p", "S 1/ü"));
        let body = json!({ "template": "t", "values": { "points": 5 } }).to_string();
        assert_eq!(request, MakePassRequest::parse(body.as_bytes()).unwrap());
        let with_ending = sign(HS256, claims().to_string().as_bytes()) + ".pkpass";
        assert_eq!(parse(&with_ending).unwrap(), NewPass { address, request });
    }

    #[test]
    fn a_token_holds_from_nbf_until_before_exp() {
        let exp = |at: Value| parse_with(&[("exp", at)]);
        let nbf = |at: Value| parse_with(&[("nbf", at), ("iat", json!(1.5))]);
        assert!(exp(json!(NOW + 1)).is_ok() && nbf(json!(NOW)).is_ok());
        assert_eq!(exp(json!(NOW)), Err(ClientError::NotFound(EXPIRED)));
        assert_eq!(nbf(json!(NOW + 1)), Err(ClientError::NotFound(EARLY)));
        let fraction: Value = serde_json::from_str("1800000001.25").unwrap();
        assert!(exp(fraction).is_ok());
    }

    #[test]
    fn other_headers_and_claims_are_refused() {
        for header in [
            "{}",
            "[]",
            "",
            r#"{"alg":"none"}"#,
            r#"{"alg":"hs256"}"#,
            r#"{"alg":"HS512","typ":"JWT"}"#,
            r#"{"typ":"JWT"}"#,
            r#"{"alg":"HS256","typ":"JWE"}"#,
            r#"{"alg":"HS256","typ":null}"#,
            r#"{"alg":"HS256","crit":["exp"]}"#,
            r#"{"alg":"HS256","kid":"1"}"#,
            r#"{"alg":"HS256","alg":"HS256"}"#,
            r#"{"alg":["HS256"]}"#,
        ] {
            let token = sign(header.as_bytes(), claims().to_string().as_bytes());
            assert_eq!(parse(&token), Err(ClientError::NotFound(HEADER)), "{header}");
        }
        assert!(parse(&sign(br#"{"alg":"HS256"}"#, claims().to_string().as_bytes())).is_ok());
        for (name, value) in [
            ("sub", json!("x")),
            ("expiresIn", json!(1)),
            ("passTypeIdentifier", json!("")),
            ("serialNumber", json!(1)),
            ("serialNumber", json!("a\nb")),
            ("serialNumber", json!("x".repeat(256))),
            ("template", json!(null)),
            ("template", json!("")),
            ("values", json!([])),
            ("pass", json!(1)),
            ("externalId", json!("")),
            ("uniqueExternalId", json!(true)),
            ("exp", json!("1800000001")),
            ("exp", json!(null)),
            ("exp", json!(1e300)),
            ("nbf", json!([])),
            ("iat", json!("x")),
        ] {
            assert_eq!(parse_with(&[(name, value.clone())]), Err(ClientError::NotFound(CLAIMS)), "{name}: {value}");
        }
        for claims in ["", "[]", "{", r#"{"template":"t"}"#, r#"{"template":"t","template":"t"}"#] {
            assert_eq!(parse(&sign(HS256, claims.as_bytes())), Err(ClientError::NotFound(CLAIMS)), "{claims}");
        }
        assert_eq!(parse_with(&[("values", json!("x".repeat(LONGEST)))]), Err(ClientError::NotFound(MARK)));
    }

    #[test]
    fn no_character_of_a_token_can_be_another_and_none_can_be_missing() {
        let token = sign(HS256, claims().to_string().as_bytes());
        let characters = ('0'..='9').chain('A'..='Z').chain('a'..='z').chain("-_.=+/% ".chars());
        let others: Vec<String> = characters.map(String::from).chain([String::new()]).collect();
        for at in 0..token.len() {
            for other in &others {
                let mut changed = token.clone();
                changed.replace_range(at..=at, other);
                assert!(changed == token || parse(&changed) == Err(ClientError::NotFound(MARK)), "{changed}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused(text: String, parts in proptest::collection::vec("[A-Za-z0-9_.-]{0,40}", 0..5)) {
            prop_assert!(parse(&text).is_err());
            prop_assert!(parse(&parts.join(".")).is_err());
        }

        #[test]
        fn signed_bytes_without_meaning_are_refused(header: Vec<u8>, claims: Vec<u8>, name: String, value: f64) {
            prop_assert!(parse(&sign(&header, &claims)).is_err());
            prop_assert!(parse(&sign(HS256, &claims)).is_err());
            for name in [name.as_str(), "template", "serialNumber"] {
                prop_assert!(parse_with(&[(name, json!(value))]).is_err());
            }
            // It is read as a time or refused.
            let _ = parse_with(&[("exp", json!(value)), ("nbf", json!(value))]);
        }
    }
}
