//! What the statements of a batch answered.
//!
//! Each row is one JSON text that SQLite made: it crosses from the database's runtime into WebAssembly as one string,
//! however many columns and rows it stands for.

use serde::de::DeserializeOwned;

/// The rows of each statement of a batch, in the statements' order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows(Vec<Vec<String>>);

/// A row is not of the form its statement gives: a mistake in this program, told to the operator only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl Rows {
    /// Wraps the rows of each statement.
    #[must_use]
    pub fn new(rows: Vec<Vec<String>>) -> Self {
        Self(rows)
    }

    /// The JSON texts of the statement at `index`.
    #[must_use]
    pub fn texts(&self, index: usize) -> &[String] {
        self.0.get(index).map_or(&[], Vec::as_slice)
    }

    /// The JSON text of the first row of the statement at `index`, if it gave one.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&str> {
        self.texts(index).first().map(String::as_str)
    }

    /// The first row of the statement at `index`, if it gave one.
    ///
    /// # Errors
    /// [`Unreadable`] when the row is not a `T`.
    pub fn first<T: DeserializeOwned>(&self, index: usize) -> Result<Option<T>, Unreadable> {
        self.text(index).map(read).transpose()
    }

    /// All rows of the statement at `index`.
    ///
    /// # Errors
    /// [`Unreadable`] when a row is not a `T`.
    pub fn all<T: DeserializeOwned>(&self, index: usize) -> Result<Vec<T>, Unreadable> {
        self.texts(index).iter().map(|text| read(text)).collect()
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable)
}
