//! The answers of a batch.
//!
//! SQLite writes each row as one text, nearly always a JSON array of the columns. So a row crosses from D1 into WebAssembly as
//! one string. `build.rs` writes a type for the columns that a statement declares.

use super::{Batch, Statement};
use pkpass::json;
use serde_json::Value;
use std::vec::IntoIter;

/// The rows of each statement of a batch, in the statements' order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    statements: Vec<&'static Statement>,
    texts: Vec<Vec<String>>,
}

/// A statement that answers with rows.
pub trait Answers {
    /// The statement's name.
    const NAME: &'static str;
    /// A row.
    type Row;
}

/// The row of a statement whose text is used as it is.
#[derive(Debug, Clone, Copy)]
pub struct Text;

/// The row of a statement without columns. Only the number of rows counts.
#[derive(Debug, Clone, Copy)]
pub struct Presence;

/// A row has another form than its statement declares, or the statement was not in the batch. This is a bug, and only the log
/// shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl Rows {
    /// Wraps the rows of each statement.
    #[must_use]
    pub fn new(texts: Vec<Vec<String>>) -> Self {
        Self { statements: Vec::new(), texts }
    }

    /// Adds the batch's statements, so that rows can be read by statement.
    #[must_use]
    pub fn from_batch(self, batch: &Batch<'_>) -> Self {
        Self { statements: batch.queries.iter().map(|query| query.statement).collect(), ..self }
    }

    /// All rows of the statement.
    ///
    /// # Errors
    /// [`Unreadable`] when a row has another form.
    pub fn all<S: Answers<Row: Row>>(&self) -> Result<Vec<S::Row>, Unreadable> {
        self.texts::<S>()?.iter().map(|text| read(text)).collect()
    }

    /// The first row of the statement, if there is one.
    ///
    /// # Errors
    /// [`Unreadable`] when the row has another form.
    pub fn first<S: Answers<Row: Row>>(&self) -> Result<Option<S::Row>, Unreadable> {
        self.texts::<S>()?.first().map(|text| read(text)).transpose()
    }

    /// The text of the statement's first row, if there is one.
    ///
    /// # Errors
    /// [`Unreadable`] when the statement was not in the batch.
    pub fn text<S: Answers<Row = Text>>(&self) -> Result<Option<&str>, Unreadable> {
        Ok(self.texts::<S>()?.first().map(String::as_str))
    }

    /// The number of rows of the statement.
    ///
    /// # Errors
    /// [`Unreadable`] when the statement was not in the batch.
    pub fn count<S: Answers>(&self) -> Result<usize, Unreadable> {
        self.texts::<S>().map(<[_]>::len)
    }

    /// Whether the statement has a row.
    ///
    /// # Errors
    /// [`Unreadable`] when the statement was not in the batch.
    pub fn any<S: Answers>(&self) -> Result<bool, Unreadable> {
        Ok(self.count::<S>()? > 0)
    }

    /// The rows of the statement. A batch has each statement with rows only once.
    fn texts<S: Answers>(&self) -> Result<&[String], Unreadable> {
        let at = self.statements.iter().position(|statement| statement.name == S::NAME).ok_or(Unreadable)?;
        self.texts.get(at).map(Vec::as_slice).ok_or(Unreadable)
    }
}

fn read<R: Row>(text: &str) -> Result<R, Unreadable> {
    let Some(Value::Array(columns)) = json::parse(text) else { return Err(Unreadable) };
    let mut columns = Columns(columns.into_iter());
    let row = R::read(&mut columns).ok_or(Unreadable)?;
    if columns.0.next().is_some() { Err(Unreadable) } else { Ok(row) }
}

/// A row that can be read from its columns. `build.rs` writes the implementations. With `serde::Deserialize` instead, the
/// compressed Worker was 37 KB larger.
pub trait Row: Sized {
    /// `None` when a column has another type than the statement declares.
    fn read(columns: &mut Columns) -> Option<Self>;
}

/// The columns of a row that are not read yet.
#[derive(Debug)]
pub struct Columns(IntoIter<Value>);

impl Columns {
    /// Reads the next column. `None` when there is none, or when it has another type.
    pub fn take<C: Column>(&mut self) -> Option<C> {
        self.0.next().and_then(C::read)
    }
}

/// A type that a statement declares for a column.
pub trait Column: Sized {
    /// `None` when the value has another type.
    fn read(value: Value) -> Option<Self>;
}

impl Column for String {
    fn read(value: Value) -> Option<Self> {
        if let Value::String(text) = value { Some(text) } else { None }
    }
}

impl Column for i64 {
    fn read(value: Value) -> Option<Self> {
        value.as_i64()
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
        if value.is_null() { Some(None) } else { C::read(value).map(Some) }
    }
}

impl Column for Vec<String> {
    fn read(value: Value) -> Option<Self> {
        let Value::Array(items) = value else { return None };
        items.into_iter().map(String::read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::sql::push::claim::{Held, Targets, TargetsRow};

    #[test]
    fn a_row_is_read_by_the_names_and_types_of_its_columns() {
        let batch = Batch::once(vec![Targets { client: "", worker: "", lease: 0 }.query()]);
        let rows = |text: &str| Rows::new(vec![vec![text.to_owned()]]).from_batch(&batch);
        let read = |text| rows(text).all::<Targets>();
        let expected = TargetsRow {
            pass_type: "p".to_owned(),
            serial: "1".to_owned(),
            push_token: "t".to_owned(),
            devices: vec!["d".to_owned(), "e".to_owned()],
            registered_at: 7,
            attempts: 0,
            failing_since: None,
        };
        assert_eq!(read(r#"["p","1","t",["d","e"],7,0,null]"#), Ok(vec![expected]));
        for other in [
            r#"["p","1","t",["d","e"],7,0]"#,
            r#"["p","1","t",["d","e"],7,0,null,1]"#,
            r#"["p","1","t",["d",1],7,0,null]"#,
            r#"["p","1",null,["d"],7,0,null]"#,
            r#"["p","1","t",["d"],7.5,0,null]"#,
            "",
        ] {
            assert_eq!(read(other), Err(Unreadable), "{other}");
        }
        assert_eq!(rows("[]").any::<Held>(), Err(Unreadable), "it was not asked");
    }
}
