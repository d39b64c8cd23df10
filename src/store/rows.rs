//! The answers of a batch.
//!
//! SQLite writes each row as one text, nearly always a JSON array of the columns. So a row crosses from the database's runtime
//! into WebAssembly as one string, however many columns it has. `build.rs` makes a type of the columns that a statement declares.

use super::{Batch, Statement};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

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

/// The row of a statement without columns, which only tells that there is one.
#[derive(Debug, Clone, Copy)]
pub struct Presence;

/// A row does not have the form that its statement declares, or the statement was not in the batch: a mistake in this program,
/// told to the operator only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl Rows {
    /// Wraps the rows of each statement.
    #[must_use]
    pub fn new(texts: Vec<Vec<String>>) -> Self {
        Self { statements: Vec::new(), texts }
    }

    /// The rows as the answer to this batch, which makes them readable by statement.
    #[must_use]
    pub fn of_batch(self, batch: &Batch<'_>) -> Self {
        Self { statements: batch.queries.iter().map(|query| query.statement).collect(), ..self }
    }

    /// All rows of the statement.
    ///
    /// # Errors
    /// [`Unreadable`] when a row has another form.
    pub fn all<S: Answers<Row: DeserializeOwned>>(&self) -> Result<Vec<S::Row>, Unreadable> {
        self.texts::<S>()?.iter().map(|text| read(text)).collect()
    }

    /// The first row of the statement, if it gave one.
    ///
    /// # Errors
    /// [`Unreadable`] when the row has another form.
    pub fn first<S: Answers<Row: DeserializeOwned>>(&self) -> Result<Option<S::Row>, Unreadable> {
        self.texts::<S>()?.first().map(|text| read(text)).transpose()
    }

    /// The text of the statement's first row, if it gave one.
    ///
    /// # Errors
    /// [`Unreadable`] when the statement was not in the batch.
    pub fn text<S: Answers<Row = Text>>(&self) -> Result<Option<&str>, Unreadable> {
        Ok(self.texts::<S>()?.first().map(String::as_str))
    }

    /// How many rows the statement gave.
    ///
    /// # Errors
    /// [`Unreadable`] when the statement was not in the batch.
    pub fn count<S: Answers>(&self) -> Result<usize, Unreadable> {
        self.texts::<S>().map(<[_]>::len)
    }

    /// Whether the statement gave a row.
    ///
    /// # Errors
    /// [`Unreadable`] when the statement was not in the batch.
    pub fn any<S: Answers>(&self) -> Result<bool, Unreadable> {
        Ok(self.count::<S>()? > 0)
    }

    /// The rows of the statement. A statement that answers stands in a batch only once.
    fn texts<S: Answers>(&self) -> Result<&[String], Unreadable> {
        let at = self.statements.iter().position(|statement| statement.name == S::NAME).ok_or(Unreadable)?;
        self.texts.get(at).map(Vec::as_slice).ok_or(Unreadable)
    }
}

fn read<R: DeserializeOwned>(text: &str) -> Result<R, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable)
}

/// SQLite's truth values are 0 and 1.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    i64::deserialize(deserializer).map(|integer| integer != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::{
        device::{register::Held, unregister::Authorized, updatable::Updatable},
        push::claim::{Targets, TargetsRow},
    };

    /// The answer to a batch of `query` alone.
    fn rows(query: crate::store::Query<'_>, texts: &[&str]) -> Rows {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Rows::new(vec![texts]).of_batch(&Batch::once(vec![query]))
    }

    #[test]
    fn a_row_is_read_by_the_names_and_types_of_its_columns() {
        let targets = Targets { client: "", worker: "", lease: 0 };
        let read = |text| rows(targets.query(), &[text]).all::<Targets>();
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
    }

    #[test]
    fn truth_text_and_presence_are_read() {
        let held = Held { device: "d", pass_type: "p", serial: "1", token: "t" };
        let registered = |texts: &[&str]| {
            rows(held.query(), texts).first::<Held>().map(|held| held.map(|held| held.registered))
        };
        assert_eq!([registered(&["[0]"]), registered(&["[1]"])], [Ok(Some(false)), Ok(Some(true))]);
        assert_eq!([registered(&[]), registered(&["[null]"])], [Ok(None), Err(Unreadable)]);
        let updatable = Updatable { device: "d", pass_type: "p", since: 0 }.query();
        assert_eq!(rows(updatable, &["7[]"]).text::<Updatable>(), Ok(Some("7[]")));
        let authorized = Authorized { pass_type: "p", serial: "1", token: "t" };
        assert_eq!(rows(authorized.query(), &["[]"]).any::<Authorized>(), Ok(true));
        assert_eq!(rows(authorized.query(), &[]).any::<Authorized>(), Ok(false));
        assert_eq!(rows(authorized.query(), &["[]"]).any::<Held>(), Err(Unreadable), "it was not asked");
    }
}
