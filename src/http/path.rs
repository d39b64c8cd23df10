//! Paths as they arrive, and as the routes know them.
//!
//! Phones append `/v1/…` to the pass's `webServiceURL`. Some issuers end that URL with a slash or with `/v1`. Phones then ask
//! for `//v1/…` or `/v1/v1/…`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The longest identifier, in bytes, once decoded.
pub const LONGEST_IDENTIFIER: usize = 255;

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path without the base path that the service is mounted at. A device's path also loses repeated slashes at its beginning,
/// and repeated `/v1`.
///
/// All other paths have one form, or two if there is a base path: below it and without it. So a rule in front of the service
/// (Cloudflare Access, a firewall) that names these forms of `/issuer/` covers every request that the issuer API gets.
#[must_use]
pub fn normalize<'a>(path: &'a str, base: &str) -> &'a str {
    let base = base.trim_matches('/');
    normalize_device_path(path, base).unwrap_or_else(|| {
        match path.strip_prefix('/') {
            // The address of the service itself may be without the slash at its end.
            Some(rest) if rest == base => "/",
            Some(rest) => below_base(rest, base).unwrap_or(path),
            None => path,
        }
    })
}

/// `None` when it is not the path of a device.
fn normalize_device_path<'a>(path: &'a str, base: &str) -> Option<&'a str> {
    let mut rest = path.trim_start_matches('/');
    rest = below_base(rest, base).unwrap_or(rest).trim_start_matches('/');
    while let Some(inner) = rest.strip_prefix("v1/").map(|inner| inner.trim_start_matches('/'))
        && inner.starts_with("v1/")
    {
        rest = inner;
    }
    let slash = path.len().checked_sub(rest.len())?.checked_sub(1)?;
    path.get(slash..).filter(|path| path.starts_with("/v1/"))
}

/// The rest behind the base path, with its slash.
fn below_base<'a>(path: &'a str, base: &str) -> Option<&'a str> {
    path.strip_prefix(base).filter(|below| !base.is_empty() && below.starts_with('/'))
}

/// The variable `BASE_PATH` is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongBasePath {
    /// Where the service is mounted instead.
    pub understood: String,
    /// What is wrong, for the operator.
    pub message: String,
}

/// Reads the variable `BASE_PATH`, such as `/wallet`. Slashes around it are ignored.
///
/// # Errors
/// [`WrongBasePath`] when it ends in `/v1`, which clients append: the service is then mounted at the part before `/v1`. Also
/// when no request can have this path: the service is then mounted at the root.
pub fn parse_base_path(text: &str) -> Result<String, WrongBasePath> {
    let base = text.trim_matches('/');
    if !base.is_empty() && !base.split('/').all(is_segment) {
        let message =
            "The variable BASE_PATH must be a path as it stands in URLs, such as /wallet. The service is mounted at the root.";
        return Err(WrongBasePath { understood: String::new(), message: message.to_owned() });
    }
    let mut understood = base;
    while let Some(before) = understood.strip_suffix("v1").filter(|it| it.is_empty() || it.ends_with('/')) {
        understood = before.trim_end_matches('/');
    }
    if understood == base {
        return Ok(base.to_owned());
    }
    let message = format!(
        "The variable BASE_PATH ends in /v1, which phones and issuers append themselves. \
         The service is mounted at /{understood}."
    );
    Err(WrongBasePath { understood: understood.to_owned(), message })
}

/// Whether a path can have this segment (RFC 3986, section 3.3). Clients resolve `.` and `..` themselves.
fn is_segment(segment: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(allowed)
}

/// Decodes one path segment. `None` when it is empty, longer than [`LONGEST_IDENTIFIER`], not UTF-8, or has control characters.
/// No pass has such an identifier, and it must not reach a log or the database.
#[must_use]
pub fn identifier(segment: &str) -> Option<String> {
    let decoded = percent_decode_str(segment).decode_utf8().ok()?;
    is_identifier(&decoded).then(|| decoded.into_owned())
}

/// Whether a decoded text can be an identifier.
pub(crate) fn is_identifier(text: &str) -> bool {
    (1..=LONGEST_IDENTIFIER).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Encodes text as one path segment.
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A serial number in a device's path: everything behind the pass type, slashes included.
///
/// Phones are believed to encode some serial numbers twice (`A B` arrives as `A%2520B`), so there may be two readings. The
/// second one is tried only if the first one names no pass that the token opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serial {
    /// Decoded once. Equals `twice` if no pass can have the serial number that was decoded once.
    pub once: String,
    /// Decoded twice. Equals `once` if no pass can have the serial number that was decoded twice.
    pub twice: String,
}

impl Serial {
    /// Reads the rest of a path. `None` when neither reading is an [`identifier`]. A serial number that was encoded twice may
    /// be too long after the first decoding, and short enough after the second.
    #[must_use]
    pub fn from_path(rest: &str) -> Option<Self> {
        let decoded = percent_decode_str(rest).decode_utf8().ok()?;
        let twice = identifier(&decoded);
        let once = if is_identifier(&decoded) { decoded.into_owned() } else { twice.clone()? };
        let twice = twice.unwrap_or_else(|| once.clone());
        Some(Self { once, twice })
    }

    /// The second reading. `None` when there is only one.
    #[must_use]
    pub fn otherwise(&self) -> Option<Self> {
        (self.once != self.twice).then(|| Self { once: self.twice.clone(), twice: self.twice.clone() })
    }
}
