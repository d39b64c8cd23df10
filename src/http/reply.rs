//! What is answered, before it becomes a response of the platform.

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
    /// The key of an object that this exchange stored and that turned out not to be needed.
    pub discard: Option<String>,
    /// What the queue is told of what was done.
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
    /// The bytes of a stored object.
    Object(String),
}

impl Reply {
    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty, discard: None, messages: Vec::new() }
    }

    /// An answer of JSON that is already written out.
    #[must_use]
    pub fn json_text(status: u16, json: String) -> Self {
        let mut reply = Self::empty(status).with("content-type", "application/json");
        reply.body = Body::Text(json);
        reply
    }

    /// An answer of JSON.
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
    pub fn with_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// PublicationIds an object that was stored for this exchange in vain.
    #[must_use]
    pub fn discarding(mut self, key: Option<String>) -> Self {
        self.discard = key;
        self
    }

    /// Adds messages for the queue.
    #[must_use]
    pub fn telling(mut self, messages: Vec<Message>) -> Self {
        self.messages = messages;
        self
    }

    /// The value of the header field `name`, in lowercase.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_ref())
    }
}
