//! What a request says, read in few calls.

use std::cell::OnceCell;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Request;

#[wasm_bindgen(module = "/src/shell/http.js")]
extern "C" {
    fn fields(request: &Request) -> String;
}

/// A request as it arrived.
pub(crate) struct Arrival {
    /// When, in Unix milliseconds.
    pub(crate) at_ms: i64,
    /// Method, path and query: `GET /path?query`.
    target: String,
    /// The platform's own.
    pub(crate) request: Request,
    /// Some fields of the header, a line each: `name:value`, or `name` where there is none.
    fields: OnceCell<String>,
}

impl Arrival {
    /// A request as `entry.js` tells of it.
    pub(crate) fn new(at_ms: i64, target: String, request: Request) -> Self {
        Self { at_ms, target, request, fields: OnceCell::new() }
    }

    /// Its method. Not the platform crate's, which takes an unknown one for GET.
    pub(crate) fn method(&self) -> &str {
        self.target.split_once(' ').unwrap_or_default().0
    }

    /// Path and query, both still percent-encoded.
    pub(crate) fn path_and_query(&self) -> (&str, &str) {
        let (_, target) = self.target.split_once(' ').unwrap_or_default();
        target.split_once('?').unwrap_or((target, ""))
    }

    /// A field of the header: one of those that are read together, or the platform is asked.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let fields = self.fields.get_or_init(|| fields(&self.request));
        let mut read = fields.split('\n').map(|line| match line.split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (line, None),
        });
        match read.find(|(of, _)| *of == name) {
            Some((_, value)) => value.map(str::to_owned),
            None => self.request.headers().get(name).ok().flatten(),
        }
    }
}
