//! Provider tokens, read as APNs reads them ("Establishing a token-based connection to APNs").

use super::credentials::Credentials;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};

/// The claims of a provider token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// `kid`: the key.
    pub key_id: String,
    /// `iss`: the team.
    pub team_id: String,
    /// `iat`: when it was made, in unix seconds.
    pub issued_at: i64,
}

/// How old a provider token may be, in seconds.
const MOST_AGE: i64 = 60 * 60;

impl Claims {
    /// Reads a token, and verifies it with the credentials if there are any. The error is a sentence.
    pub(super) fn parse(jwt: &str, credentials: Option<&Credentials>) -> Result<Self, String> {
        let (signed, signature) = jwt.rsplit_once('.').ok_or("it has no signature")?;
        let (header, claims) = signed.split_once('.').ok_or("it has no header and claims")?;
        let (header, claims) = (object(header, "header")?, object(claims, "claims")?);
        let signature = Base64UrlUnpadded::decode_vec(signature).map_err(|_| "its signature is no Base64url")?;
        let parsed = Self::from_parts(&header, &claims)?;
        if signature.len() != 64 {
            return Err(format!("its signature has {} bytes instead of 64", signature.len()));
        }
        match credentials {
            Some(credentials) => parsed.verify(credentials, signed, &signature).map(|()| parsed),
            None => Ok(parsed),
        }
    }

    fn from_parts(header: &Map<String, Value>, claims: &Map<String, Value>) -> Result<Self, String> {
        if header.get("alg") != Some(&Value::from("ES256")) {
            return Err("its alg is not ES256".to_owned());
        }
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(ToOwned::to_owned);
        let key_id = text(header.get("kid")).ok_or("its kid is no string")?;
        let team_id = text(claims.get("iss")).ok_or("its iss is no string")?;
        let issued_at = claims.get("iat").and_then(Value::as_i64).ok_or("its iat is no whole number")?;
        match claims.keys().find(|name| !matches!(name.as_str(), "iss" | "iat")) {
            Some(name) => Err(format!("it claims {name}, besides iss and iat")),
            None => Ok(Self { key_id, team_id, issued_at }),
        }
    }

    fn verify(&self, credentials: &Credentials, signed: &str, signature: &[u8]) -> Result<(), String> {
        if !credentials.verify(signed, signature) {
            return Err("its signature does not hold".to_owned());
        }
        let other = |expected: &Option<String>, is: &str| expected.as_ref().is_some_and(|id| id != is);
        if other(&credentials.key_id, &self.key_id) {
            return Err(format!("its key {} is another one", self.key_id));
        }
        if other(&credentials.team_id, &self.team_id) {
            return Err(format!("its team {} is another one", self.team_id));
        }
        Ok(())
    }

    /// Whether APNs accepts its time. `now` is unix seconds. The error is a sentence.
    pub(super) fn in_time(&self, now: i64) -> Result<(), String> {
        match now - self.issued_at {
            age if age < 0 => Err(format!("it is of {} seconds in the future", -age)),
            age if age > MOST_AGE => Err(format!("it is {age} seconds old")),
            _ => Ok(()),
        }
    }
}

fn object(part: &str, name: &str) -> Result<Map<String, Value>, String> {
    let bytes = Base64UrlUnpadded::decode_vec(part).map_err(|_| format!("its {name} is no unpadded Base64url"))?;
    serde_json::from_slice(&bytes).map_err(|_| format!("its {name} is no JSON object"))
}
