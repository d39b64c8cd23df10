//! An answer, before the platform's response is built from it.

use crate::message::Message;
use serde::Serialize;
use std::borrow::Cow;

/// An answer: status, header fields, body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Header fields, their names in lowercase.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Body,
    /// The key of an object that this request stored and that no row names.
    pub discard: Option<String>,
    /// Messages for the queue.
    pub messages: Vec<Message>,
}

/// The body of a [`Reply`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// A text, sent as UTF-8.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// The object under this key.
    Object(String),
}

impl Reply {
    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty, discard: None, messages: Vec::new() }
    }

    /// An answer with a JSON text.
    #[must_use]
    pub fn json_text(status: u16, json: String) -> Self {
        Self::empty(status).with("content-type", "application/json").with_body(Body::Text(json))
    }

    /// An answer with a value as JSON.
    #[must_use]
    pub fn json(status: u16, value: &impl Serialize) -> Self {
        Self::json_text(status, serde_json::to_string(value).unwrap_or_default())
    }

    /// Sets a header field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.retain(|(given, _)| *given != name);
        self.headers.push((name, value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    /// Sets the key of an object to delete.
    #[must_use]
    pub fn with_discard(self, discard: Option<String>) -> Self {
        Self { discard, ..self }
    }

    /// Sets the messages for the queue.
    #[must_use]
    pub fn with_messages(self, messages: Vec<Message>) -> Self {
        Self { messages, ..self }
    }

    /// The value of the header field `name`, in lowercase.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_ref())
    }
}
