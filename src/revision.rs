//! Revisions and update tags.
//!
//! A **revision** numbers the changes of one pass type: `max(revision before + 1, now in unix milliseconds)`, set in the
//! publishing transaction. It is a hybrid logical clock. It is unique and it rises, whatever the clocks of the edge do, also
//! for many changes in one millisecond. After a restore of the database it is above all revisions that the restore undid,
//! because time has passed.
//!
//! An **update tag** is the revision in decimal. A phone gets it as `lastUpdated` and sends it as `passesUpdatedSince`.

use pkpass::date::days_from_civil;

/// The first revision: 2001-09-09T01:46:40Z in milliseconds. All revisions have 13 digits or more. A tag with fewer digits is a
/// time in seconds, from another server.
pub const FIRST: i64 = 1_000_000_000_000;

/// The lowest revision of a change at this time. The statement raises it above the newest one of the type.
#[must_use]
pub fn candidate(now_ms: i64) -> i64 {
    now_ms.max(FIRST)
}

/// A tag before all revisions.
pub const NONE: i64 = -1;

/// Reads a tag. Phones may send a tag of the server that their passes came from before. Other servers use times: unix seconds,
/// unix milliseconds or ISO 8601. Any other text is [`NONE`]: the answer then lists everything, with a good tag.
#[must_use]
pub fn parse_tag(tag: &str) -> i64 {
    let tag = tag.trim();
    let revision = if tag.bytes().all(|byte| byte.is_ascii_digit()) { parse_decimal(tag) } else { parse_iso8601_ms(tag) };
    revision.unwrap_or(NONE)
}

fn parse_decimal(tag: &str) -> Option<i64> {
    let number: i64 = tag.parse().ok()?;
    // D1 gets numbers as floating point, which is exact up to 2^53.
    let number = if number < FIRST { number.checked_mul(1000)? } else { number };
    (number <= (1 << 53)).then_some(number)
}

/// Reads `2024-07-08T10:22:35.123+02:00` as unix milliseconds. The time may be missing, `T` may be a space, the fraction is cut
/// to milliseconds, and no offset means UTC. The offset may follow a space, as `+` in a query may arrive as a space.
fn parse_iso8601_ms(text: &str) -> Option<i64> {
    let mut reader = Reader(text.as_bytes());
    let days = days_from_civil(reader.number(4)?, reader.after(b"-")?.number(2)?, reader.after(b"-")?.number(2)?)?;
    let mut milliseconds = days.checked_mul(86_400_000)?;
    if reader.after(b"T t").is_some() {
        let (hours, minutes) = (reader.number(2)?, reader.after(b":")?.number(2)?);
        let seconds = if reader.after(b":").is_some() { reader.number(2)? } else { 0 };
        if hours > 23 || minutes > 59 || seconds > 60 {
            return None;
        }
        let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)?;
        milliseconds = milliseconds.checked_add(seconds.checked_mul(1000)?)?;
        if reader.after(b".,").is_some() {
            milliseconds = milliseconds.checked_add(reader.thousandths()?)?;
        }
        milliseconds = milliseconds.checked_sub(reader.offset_ms()?)?;
    }
    (reader.0.is_empty() && milliseconds >= 0).then_some(milliseconds)
}

/// The text that was not read yet.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// Skips the next byte if it is one of `accepted`.
    fn after(&mut self, accepted: &[u8]) -> Option<&mut Self> {
        let (first, rest) = self.0.split_first()?;
        accepted.contains(first).then_some(())?;
        self.0 = rest;
        Some(self)
    }

    /// Reads a number of exactly `digits` digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        if !number.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = rest;
        std::str::from_utf8(number).ok()?.parse().ok()
    }

    /// Reads the digits of a fraction, as thousandths.
    fn thousandths(&mut self) -> Option<i64> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        let first_three: String = fraction.iter().chain(b"000").take(3).map(|&byte| char::from(byte)).collect();
        (digits > 0).then(|| first_three.parse().ok())?
    }

    /// Reads `Z`, nothing, or an offset from UTC, in milliseconds.
    fn offset_ms(&mut self) -> Option<i64> {
        if self.0.is_empty() || self.after(b"Zz").is_some() {
            return Some(0);
        }
        let sign = if self.after(b"-").is_some() { -1 } else { self.after(b"+ ").map(|_| 1)? };
        let hours = self.number(2)?;
        let _ = self.after(b":");
        let minutes = if self.0.is_empty() { 0 } else { self.number(2)? };
        let offset = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60_000)?;
        (hours < 24 && minutes < 60).then(|| offset.checked_mul(sign))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_other_servers_are_times() {
        for (tag, expected) in [
            ("1720426955123", 1_720_426_955_123),
            ("1720426955", 1_720_426_955_000),
            ("2024-07-08T08:22:35Z", 1_720_426_955_000),
            ("2024-07-08T10:22:35.1239+02:00", 1_720_426_955_123),
            ("2024-07-08 10:22:35 0200", 1_720_426_955_000),
            ("2024-07-08T05:52:35-02:30", 1_720_426_955_000),
            ("2024-07-08", 1_720_396_800_000),
            ("2000-02-29", 951_782_400_000),
            ("1970-01-01", 0),
        ] {
            assert_eq!(parse_tag(tag), expected, "{tag}");
        }
    }

    #[test]
    fn anything_else_is_no_tag() {
        for tag in [
            "",
            " ",
            "abc",
            "-5",
            "1.5",
            "99999999999999999999",
            "9223372036854775807",
            "2024-13-01",
            "2024-07-08T25:00:00Z",
            "2024-07-08T10:22:35+",
            "2024-07-08Tx",
            "W/\"1\"",
        ] {
            assert_eq!(parse_tag(tag), NONE, "{tag:?}");
        }
    }
}
