//! Finds secrets in bytes, in any form.

use base64ct::{Base64, Encoding};
use edgepass_support::{pass::Identity, random};
use std::collections::HashMap;

/// The length of a piece of a secret: too many bytes to occur by chance.
const PIECE: usize = 24;
const LINE: usize = 64;

/// How many bytes of a needle are compared first.
const BEGINNING: usize = 8;

/// Named texts to look for.
pub(crate) struct Needles(Vec<(String, Vec<u8>)>);

impl Needles {
    pub(crate) fn from_text(name: &str, text: &str) -> Self {
        Self(vec![(name.to_owned(), text.as_bytes().to_vec())])
    }

    /// Pieces of these bytes: raw, in hex, in base64 and as decimal numbers.
    pub(crate) fn from_bytes(name: &str, bytes: &[u8]) -> Self {
        let last = bytes.len() - PIECE;
        let pieces = [0, last / 2, last].map(|start| &bytes[start..start + PIECE]);
        Self(pieces.iter().flat_map(|piece| forms(name, piece)).collect())
    }

    /// The private numbers of a key, and the lines with them in both PEM forms.
    pub(crate) fn from_key(identity: &Identity) -> Self {
        let numbers = identity.private_numbers();
        let mut needles: Vec<_> = numbers.iter().flat_map(|(name, number)| Self::from_bytes(name, number).0).collect();
        for pem in [identity.key_pkcs1_pem(), identity.key_pem()] {
            needles.extend(secret_lines(&pem).map(|line| ("a line of the key".to_owned(), line.into_bytes())));
        }
        assert!(needles.len() > 200, "there is little to look for: {}", needles.len());
        Self(needles)
    }

    pub(crate) fn found_in(&self, haystack: &[u8]) -> Option<&str> {
        let beginnings: HashMap<&[u8], Vec<&(String, Vec<u8>)>> =
            self.0.iter().fold(HashMap::new(), |mut beginnings, needle| {
                beginnings.entry(&needle.1[..BEGINNING]).or_default().push(needle);
                beginnings
            });
        haystack.windows(BEGINNING).enumerate().find_map(|(at, window)| {
            let candidates = beginnings.get(window)?;
            candidates.iter().find(|(_, needle)| haystack[at..].starts_with(needle)).map(|(name, _)| name.as_str())
        })
    }
}

/// The forms in which bytes may be in a text or file.
fn forms(name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let numbers = |separator| bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(separator).into_bytes();
    let hex = random::to_hex(bytes);
    let mut forms = vec![
        (format!("{name} as bytes"), bytes.to_vec()),
        (format!("{name} in hex"), hex.to_ascii_uppercase().into_bytes()),
        (format!("{name} in hex"), hex.into_bytes()),
        (format!("{name} in numbers"), numbers(",")),
        (format!("{name} in numbers"), numbers(", ")),
    ];
    for before in 0..3 {
        // Cuts off the characters that depend on the bytes around.
        let encoded = Base64::encode_string(&[&vec![0; before], bytes].concat());
        let kept = encoded[4..encoded.len() - 4].to_owned();
        let url = kept.replace('+', "-").replace('/', "_");
        forms.extend([kept, url].map(|text| (format!("{name} in base64"), text.into_bytes())));
    }
    forms
}

/// The full lines of a key's PEM from its private exponent on. The lines before are in the certificate too.
fn secret_lines(pem: &str) -> impl Iterator<Item = String> {
    let der = der(pem);
    // The public exponent, 65537, comes last before the private one.
    let public = der.windows(5).position(|window| window == [2, 3, 1, 0, 1]).expect("a key of RSA");
    let lines = pem.lines().filter(|line| line.len() == LINE).map(str::to_owned);
    lines.enumerate().filter(move |(number, _)| number * LINE * 3 / 4 > public).map(|(_, line)| line)
}

/// The bytes in a PEM text.
pub(crate) fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    Base64::decode_vec(&body).expect("PEM is base64")
}
