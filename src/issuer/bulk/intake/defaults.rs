//! What the rows of a CSV body have in common, and what its columns mean.

use super::templates::Known;
use crate::http::{ClientError, query};
use pkpass::json::echo;
use serde_json::{Map, Number, Value, json};
use std::collections::BTreeSet;

/// What all rows have in common: the query of the request.
#[derive(Debug, Clone)]
pub struct Defaults {
    pass_type: String,
    pub(super) template: String,
    /// The member `link` of each line.
    link: Option<Value>,
    /// Whether no other pass of the template may have the `externalId` of a row.
    unique: bool,
}

impl Defaults {
    /// Reads the query.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when a parameter is missing or wrong.
    pub fn from_query(query: &str) -> Result<Self, ClientError> {
        let (template, pass_type) = (query::value(query, "template"), query::value(query, "passTypeIdentifier"));
        let (Some(template), Some(pass_type)) = (template, pass_type) else { return Err(NEEDED) };
        let link = match (query::value(query, "link").as_deref(), query::value(query, "expiresIn")) {
            (None | Some("false"), None) => None,
            (Some("true"), None) => Some(Value::Bool(true)),
            (Some("true"), Some(seconds)) => {
                let seconds: i64 = seconds.parse().map_err(|_| LINK)?;
                Some(json!({ "expiresIn": seconds }))
            }
            _ => return Err(LINK),
        };
        let unique = match query::value(query, "uniqueExternalId").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(UNIQUE),
        };
        Ok(Self { pass_type, template, link, unique })
    }

    /// Checks the header: each column is `serialNumber`, `externalId` or a key of the template.
    pub(super) fn check_header(columns: &[String], template: &Known) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for column in columns {
            if !seen.insert(column) {
                return Err(format!("The column `{}` is there twice.", echo(column)));
            }
            if !FIXED.contains(&column.as_str()) && !template.has(column) {
                return Err(format!(
                    "`{}` is no column for this template. Cells are separated by commas. The columns are {}.",
                    echo(column),
                    FIXED.into_iter().map(str::to_owned).chain(template.keys()).collect::<Vec<_>>().join(", "),
                ));
            }
        }
        Ok(())
    }

    /// The line of a row. A cell is a number where the template has one. An empty cell leaves the value to the template.
    pub(super) fn to_line(&self, columns: &[String], cells: Vec<String>, template: &Known) -> Result<Vec<u8>, String> {
        if cells.len() != columns.len() {
            return Err(format!("The row has {} cells, and the header has {}.", cells.len(), columns.len()));
        }
        let mut line = Map::new();
        let mut values = Map::new();
        for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            if FIXED.contains(&column.as_str()) {
                line.insert(column.clone(), Value::String(cell));
            } else if template.is_number(column) {
                let number: Number = cell.parse().map_err(|_| format!("`{column}` must be a number, such as 12.5."))?;
                values.insert(column.clone(), Value::Number(number));
            } else {
                values.insert(column.clone(), Value::String(cell));
            }
        }
        for (name, text) in [("op", "create"), ("passTypeIdentifier", &self.pass_type), ("template", &self.template)] {
            line.insert(name.to_owned(), Value::String(text.to_owned()));
        }
        if self.unique && line.contains_key("externalId") {
            line.insert("uniqueExternalId".to_owned(), Value::Bool(true));
        }
        if !values.is_empty() {
            line.insert("values".to_owned(), Value::Object(values));
        }
        line.extend(self.link.clone().map(|link| ("link".to_owned(), link)));
        Ok(Value::Object(line).to_string().into_bytes())
    }
}

/// Columns that are no keys of the template.
const FIXED: [&str; 2] = ["serialNumber", "externalId"];

const NEEDED: ClientError = ClientError::BadRequest(
    "With text/csv, the query must have `template` and `passTypeIdentifier`: ?template=coffee&passTypeIdentifier=pass.…",
);
const UNIQUE: ClientError = ClientError::BadRequest("`uniqueExternalId` must be true or false.");
const LINK: ClientError =
    ClientError::BadRequest("`link` must be true or false, and `expiresIn` a number of seconds, together with link=true.");
