//! What the statements of a batch answered.
//!
//! Each row is one text that SQLite made, nearly always JSON: it crosses from the database's runtime into WebAssembly as one string,
//! however many columns and rows it stands for.

use pkpass::json::{self, Value};

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

    /// The texts of the statement at `index`.
    #[must_use]
    pub fn texts(&self, index: usize) -> &[String] {
        self.0.get(index).map_or(&[], Vec::as_slice)
    }

    /// The text of the first row of the statement at `index`, if it gave one.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&str> {
        self.texts(index).first().map(String::as_str)
    }

    /// The first row of the statement at `index`, if it gave one.
    ///
    /// # Errors
    /// [`Unreadable`] when the row is not an `R`.
    pub fn first<R: Row>(&self, index: usize) -> Result<Option<R>, Unreadable> {
        self.text(index).map(read).transpose()
    }

    /// All rows of the statement at `index`.
    ///
    /// # Errors
    /// [`Unreadable`] when a row is not an `R`.
    pub fn all<R: Row>(&self, index: usize) -> Result<Vec<R>, Unreadable> {
        self.texts(index).iter().map(|text| read(text)).collect()
    }
}

fn read<R: Row>(text: &str) -> Result<R, Unreadable> {
    R::read(columns(text)?).ok_or(Unreadable)
}

fn columns(text: &str) -> Result<Vec<Value>, Unreadable> {
    match json::read(text.as_bytes(), 2) {
        Ok(Value::Array(columns)) => Ok(columns),
        _ => Err(Unreadable),
    }
}

/// A row: a tuple of [`Column`]s.
pub trait Row: Sized {
    /// `None` when the columns are others, or not as many.
    fn read(columns: Vec<Value>) -> Option<Self>;
}

/// What a column can be read as.
pub trait Column: Sized {
    /// `None` when the value is of another type.
    fn read(value: Value) -> Option<Self>;
}

impl Column for String {
    fn read(value: Value) -> Option<Self> {
        value.into_text()
    }
}

impl Column for i64 {
    fn read(value: Value) -> Option<Self> {
        if let Value::Integer(integer) = value { Some(integer) } else { None }
    }
}

/// SQLite's truth values are 0 and 1.
impl Column for bool {
    fn read(value: Value) -> Option<Self> {
        i64::read(value).map(|integer| integer != 0)
    }
}

impl<C: Column> Column for Option<C> {
    fn read(value: Value) -> Option<Self> {
        if value == Value::Null { Some(None) } else { C::read(value).map(Some) }
    }
}

impl Column for Vec<String> {
    fn read(value: Value) -> Option<Self> {
        matches!(value, Value::Array(_)).then(|| value.into_texts())
    }
}

macro_rules! row {
    ($($column:ident)+) => {
        impl<$($column: Column),+> Row for ($($column,)+) {
            fn read(columns: Vec<Value>) -> Option<Self> {
                let mut columns = columns.into_iter();
                let row = ($($column::read(columns.next()?)?,)+);
                columns.next().is_none().then_some(row)
            }
        }
    };
}

row!(A);
row!(A B);
row!(A B C);
row!(A B C D);
row!(A B C D E);
row!(A B C D E F);
row!(A B C D E F G);
row!(A B C D E F G H);
row!(A B C D E F G H I);
row!(A B C D E F G H I J);
