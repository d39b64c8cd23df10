//! A request to a push service, and its answer.

use crate::http::date;
use std::fmt;

/// A request to a push service. The method is POST.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Absolute. It may hold a push token, so it must not be logged.
    pub url: String,
    /// Names in lowercase, and values. One of them may hold credentials.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// Shows no field: most of them are secret.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Request")
    }
}

impl Request {
    /// The credentials in the header. A certificate is not among them.
    pub(super) fn credentials(&self) -> Option<&str> {
        self.headers.iter().find(|(name, _)| *name == "authorization").map(|(_, value)| value.as_str())
    }
}

/// The answer of a push service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header field `Retry-After`.
    pub retry_after: Option<String>,
    /// The first kilobytes of the body.
    pub body: String,
}

/// The most digits of a `Retry-After` that is used: 317 years.
const LONGEST: usize = 10;

impl Answer {
    /// The seconds to wait before the next request (RFC 9110, section 10.2.3): a number of seconds, or a date. A past date is
    /// 0. `None` when the field is missing or has another form.
    #[must_use]
    pub fn retry_after(&self, now_ms: i64) -> Option<i64> {
        let text = self.retry_after.as_deref()?.trim();
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().filter(|_| text.len() <= LONGEST);
        }
        date::parse(text).map(|moment| moment.saturating_sub(now_ms.div_euclid(1000)).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        let now = 784_111_777;
        let seconds = |text: &str| {
            let answer = Answer { retry_after: Some(text.to_owned()), ..Answer::default() };
            answer.retry_after(now * 1000 + 999)
        };
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("9999999999"), Some(9_999_999_999));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:36 GMT"), Some(0));
        for text in ["", "-1", "1.5", "120 s", "99999999999", "99999999999999999999", "soon", "１２"] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(Answer::default().retry_after(0), None);
    }
}
