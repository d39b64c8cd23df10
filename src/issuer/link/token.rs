//! The content of a link, and the mark that proves that this service made it.

use super::NotOpened;
use crate::{crypto::MasterKey, issuer::Address};
use base64ct::{Base64UrlUnpadded, Encoding};
use pkpass::json;
use serde_json::Value;

/// The longest link that is read, in bytes. Ten passes with the longest identifiers stay below it.
const LONGEST: usize = 16 * 1024;

/// The content of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Unix seconds. From this moment on it opens nothing.
    pub(crate) expires_at: i64,
    /// One pass, or several as a bundle.
    pub(crate) passes: Vec<Address>,
}

impl Link {
    /// The last segment of its address: `{content}.{mark}.pkpass`, or `.pkpasses` for a bundle. Some clients need it.
    pub(crate) fn segment(&self, master_key: &MasterKey) -> String {
        let content = Base64UrlUnpadded::encode_string(self.to_json().as_bytes());
        let mark = Base64UrlUnpadded::encode_string(&master_key.link_mark(content.as_bytes()));
        format!("{content}.{mark}.{}", self.ending())
    }

    /// Reads the last segment of an address.
    ///
    /// # Errors
    /// [`NotOpened`] when this service did not make it, or it has expired at `now`.
    pub(crate) fn parse(segment: &str, master_key: &MasterKey, now: i64) -> Result<Self, NotOpened> {
        let link = Self::read(segment, master_key).ok_or(NotOpened::Unknown)?;
        if now < link.expires_at { Ok(link) } else { Err(NotOpened::Expired) }
    }

    fn read(segment: &str, master_key: &MasterKey) -> Option<Self> {
        let mut parts = Some(segment).filter(|segment| segment.len() <= LONGEST)?.splitn(3, '.');
        let (content, mark, ending) = (parts.next()?, parts.next()?, parts.next()?);
        if !master_key.is_link_mark(content.as_bytes(), &Base64UrlUnpadded::decode_vec(mark).ok()?) {
            return None;
        }
        let link = Self::from_json(&Base64UrlUnpadded::decode_vec(content).ok()?)?;
        (ending == link.ending()).then_some(link)
    }

    fn ending(&self) -> &'static str {
        if self.is_bundle() { "pkpasses" } else { "pkpass" }
    }

    /// Whether it opens several passes.
    pub(crate) fn is_bundle(&self) -> bool {
        self.passes.len() != 1
    }

    /// `[expires, "type", "serial", "type", "serial", …]`
    fn to_json(&self) -> String {
        let texts = self.passes.iter().flat_map(|pass| [pass.pass_type.as_str(), pass.serial.as_str()]);
        let texts = texts.filter_map(|text| serde_json::to_string(text).ok());
        texts.fold(format!("[{}", self.expires_at), |json, text| json + "," + &text) + "]"
    }

    fn from_json(json: &[u8]) -> Option<Self> {
        let Value::Array(items) = json::parse(std::str::from_utf8(json).ok()?)? else { return None };
        let mut items = items.iter();
        let expires_at = items.next()?.as_i64()?;
        let mut passes = Vec::new();
        while let Some(pass_type) = items.next() {
            passes.push(Address { pass_type: pass_type.as_str()?.to_owned(), serial: items.next()?.as_str()?.to_owned() });
        }
        Some(Self { expires_at, passes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(serial: &str) -> Address {
        Address { pass_type: "pass.com.example.coffee".to_owned(), serial: serial.to_owned() }
    }

    fn key(letter: &str) -> MasterKey {
        MasterKey::from_secret(&letter.repeat(40)).unwrap()
    }

    #[test]
    fn a_link_is_read_until_it_expires_and_by_its_maker_only() {
        for passes in [vec![address("S 1/\"ü")], vec![address("1"), address("2")]] {
            let link = Link { expires_at: 1000, passes };
            let segment = link.segment(&key("k"));
            assert_eq!(Link::parse(&segment, &key("k"), 999), Ok(link));
            assert_eq!(Link::parse(&segment, &key("k"), 1000), Err(NotOpened::Expired));
            assert_eq!(Link::parse(&segment, &key("l"), 1000), Err(NotOpened::Unknown));
        }
    }

    #[test]
    fn no_character_of_a_link_can_be_another() {
        let link = Link { expires_at: 1000, passes: vec![address("1")] };
        let segment = link.segment(&key("k"));
        for at in 0..segment.len() {
            for other in ["A", "b", "0", "-", "_", ".", ""] {
                let mut changed = segment.clone();
                changed.replace_range(at..=at, other);
                let parsed = Link::parse(&changed, &key("k"), 1);
                assert!(changed == segment || parsed == Err(NotOpened::Unknown), "{changed}");
            }
        }
    }
}
