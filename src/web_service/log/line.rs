//! A line of a phone's log. These are the forms seen from iOS 6 to today. Apple documents none of them.

/// The kind of complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `Authentication failure`: the phone's token is not, or no longer, that of the pass.
    AuthenticationFailure,
    /// `Unexpected response code N`
    UnexpectedResponseCode,
    /// `Connection error`
    ConnectionError,
    /// `Server response was malformed`
    MalformedResponse,
    /// `Received invalid pass data`: Wallet rejected the signature or the content of the pass.
    InvalidPassData,
    /// `Requested serial number X, received serial number Y`
    WrongSerialNumber,
    /// `Server requested update to serial number 'X', but the pass was unchanged`
    UnchangedPass,
    /// `Server ignored the 'if-modified-since' header`
    IgnoredIfModifiedSince,
    /// `did not provide a 'last-modified' header`
    MissingLastModified,
    /// `Update requested for unregistered serial number X`
    UnregisteredSerialNumber,
    /// `omitted a lastUpdated tag`
    MissingUpdateTag,
    /// `but the lastUpdated tag (T) remained the same`
    SameUpdateTag,
    /// `Device received spurious push`
    SpuriousPush,
    /// Anything else.
    Other,
}

/// The text that identifies each kind. The first match counts.
const MARKS: [(&str, Kind); 13] = [
    ("authentication failure", Kind::AuthenticationFailure),
    ("unexpected response code", Kind::UnexpectedResponseCode),
    ("connection error", Kind::ConnectionError),
    ("response was malformed", Kind::MalformedResponse),
    ("received invalid pass data", Kind::InvalidPassData),
    ("received serial number", Kind::WrongSerialNumber),
    ("but the pass was unchanged", Kind::UnchangedPass),
    ("ignored the 'if-modified-since'", Kind::IgnoredIfModifiedSince),
    ("did not provide a 'last-modified'", Kind::MissingLastModified),
    ("unregistered serial number", Kind::UnregisteredSerialNumber),
    ("omitted a lastupdated tag", Kind::MissingUpdateTag),
    ("remained the same", Kind::SameUpdateTag),
    ("spurious push", Kind::SpuriousPush),
];

impl Kind {
    /// The name in the database and in the issuer API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AuthenticationFailure => "authentication-failure",
            Self::UnexpectedResponseCode => "unexpected-response-code",
            Self::ConnectionError => "connection-error",
            Self::MalformedResponse => "malformed-response",
            Self::InvalidPassData => "invalid-pass-data",
            Self::WrongSerialNumber => "wrong-serial-number",
            Self::UnchangedPass => "unchanged-pass",
            Self::IgnoredIfModifiedSince => "ignored-if-modified-since",
            Self::MissingLastModified => "missing-last-modified",
            Self::UnregisteredSerialNumber => "unregistered-serial-number",
            Self::MissingUpdateTag => "missing-update-tag",
            Self::SameUpdateTag => "same-update-tag",
            Self::SpuriousPush => "spurious-push",
            Self::Other => "other",
        }
    }
}

/// The parts of a line. A part that it does not name is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The kind of complaint.
    pub kind: Kind,
    /// The device.
    pub device: Option<String>,
    /// The pass type.
    pub pass_type: Option<String>,
    /// The serial number.
    pub serial: Option<String>,
    /// The line without its date.
    pub message: String,
}

impl Line {
    /// Reads a line.
    #[must_use]
    pub fn parse(line: &str) -> Self {
        let message: String = strip_date(line.trim()).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let lowercase = message.to_ascii_lowercase();
        let kind = MARKS.iter().find(|(mark, _)| lowercase.contains(mark)).map_or(Kind::Other, |(_, kind)| *kind);
        Self {
            kind,
            device: find_between(&message, "for device ", ",").or_else(|| find_between(&message, "(Device = ", ")")),
            pass_type: find_between(&message, "pass type ", ",")
                .or_else(|| find_between(&message, "Web service error for ", " (")),
            serial: find_between(&message, "serial number ", ";")
                .or_else(|| find_between(&message, "serial number '", "'"))
                .or_else(|| find_between(&message, "serial number ", ",")),
            message,
        }
    }
}

/// Strips the date from `[2016-08-28 11:57:01 -0400] Register task …`.
fn strip_date(line: &str) -> &str {
    line.strip_prefix('[').and_then(|rest| rest.split_once("] ")).map_or(line, |(_, message)| message)
}

fn find_between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    let (inside, _) = rest.split_once(after)?;
    (!inside.is_empty()).then(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_failed() {
        let line = Line::parse(
            "[2016-08-28 11:57:01 -0400] Register task (for device 8f2d, pass type pass.com.example.coffee, serial number S-1; with web service url https://example.com) encountered error: Authentication failure",
        );
        assert_eq!(line.kind, Kind::AuthenticationFailure);
        assert_eq!(line.device.as_deref(), Some("8f2d"));
        assert_eq!(line.pass_type.as_deref(), Some("pass.com.example.coffee"));
        assert_eq!(line.serial.as_deref(), Some("S-1"));
    }

    #[test]
    fn an_answer_that_made_no_sense() {
        let line = Line::parse(
            "[2024-07-08 10:22:35 AM +0200] Web service error for pass.com.example.coffee (https://example.com): Response to 'What changed?' request included 1 serial numbers but the lastUpdated tag (17) remained the same.",
        );
        assert_eq!(line.kind, Kind::SameUpdateTag);
        assert_eq!(line.pass_type.as_deref(), Some("pass.com.example.coffee"));
        assert_eq!(line.device, None);
    }
}
