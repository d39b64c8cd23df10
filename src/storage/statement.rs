//! A statement and its bound values.

use super::Packed;
use serde::Serialize;

/// An SQL statement that `build.rs` proved.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its file and name, such as `web_service/register.held`.
    pub name: &'static str,
    /// Its text, with parameters `?1`, `?2`, …
    pub sql: &'static str,
}

/// A statement with its parameters bound.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// The statement.
    pub statement: &'static Statement,
    /// The values of `?1`, `?2`, …, in this order.
    pub values: Vec<Value<'a>>,
}

/// A bound value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value<'a> {
    /// NULL.
    Null,
    /// An integer. D1 binds it as a floating point number, exact up to 2^53. An INTEGER column of a STRICT table turns it back.
    /// In an expression it stays REAL.
    Integer(i64),
    /// UTF-8 text.
    Text(&'a str),
    /// A device identifier or a push token.
    Packed(Packed<'a>),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<Packed<'a>> for Value<'a> {
    fn from(value: Packed<'a>) -> Self {
        Self::Packed(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value<'_> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
