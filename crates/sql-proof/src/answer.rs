//! The rows that a statement answers with, as the line `-- -> …` below its parameters declares them.

use crate::parse::Statement;

/// The declared answer of a statement.
pub(crate) enum Answer {
    /// No rows: there is no such line.
    None,
    /// `-> text`: rows whose text is used as it is.
    Text,
    /// `-> (name: type, …)`: rows of these columns. Without columns, a row only tells that there is one.
    Columns(Vec<Column>),
    /// `-> other`: rows like those of an earlier statement in the file.
    Same { other: String, columns: usize },
}

/// A column of a row.
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: ColumnType,
}

/// The type of a column.
#[derive(Clone, Copy)]
pub(crate) enum ColumnType {
    Integer,
    OptionalInteger,
    Text,
    OptionalText,
    Texts,
    Boolean,
}

impl Answer {
    /// Parses the declaration after the arrow. `earlier` are the statements above it in the file.
    pub(crate) fn parse(declaration: &str, earlier: &[Statement]) -> Result<Self, String> {
        if declaration == "text" {
            return Ok(Self::Text);
        }
        if let Some(columns) = declaration.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            let columns = columns.split(", ").filter(|column| !column.is_empty()).map(parse_column);
            return columns.collect::<Result<_, _>>().map(Self::Columns);
        }
        let other = earlier.iter().find(|statement| statement.short_name == declaration);
        let Some(Self::Columns(columns)) = other.map(|other| &other.answer) else {
            return Err(format!("`-> {declaration}` is neither text, nor columns, nor an earlier statement with columns"));
        };
        Ok(Self::Same { other: declaration.to_owned(), columns: columns.len() })
    }
}

fn parse_column(declaration: &str) -> Result<Column, String> {
    let (name, kind) = declaration.split_once(": ").ok_or_else(|| format!("`{declaration}` is not `name: type`"))?;
    let kind = match kind {
        "integer" => ColumnType::Integer,
        "integer?" => ColumnType::OptionalInteger,
        "text" => ColumnType::Text,
        "text?" => ColumnType::OptionalText,
        "text[]" => ColumnType::Texts,
        "boolean" => ColumnType::Boolean,
        other => {
            return Err(format!("unknown type `{other}` of column {name}: integer, integer?, text, text?, text[] or boolean"));
        }
    };
    Ok(Column { name: name.to_owned(), kind })
}

/// How many arguments the `json_array(…)` of the statement's answer has. `None` when it answers with something else.
pub(crate) fn count_json_array_arguments(sql: &str) -> Option<usize> {
    let starts = sql.match_indices("json_array(").map(|(at, call)| at.saturating_add(call.len()));
    starts.filter_map(|start| sql.get(start..)).find_map(count_arguments)
}

/// The number of arguments up to the closing parenthesis, if ` AS json` follows it.
fn count_arguments(rest: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut commas) = (0_usize, false, 0_usize);
    for (at, character) in rest.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth = depth.saturating_add(1),
            ')' if depth == 0 => {
                let (arguments, after) = rest.split_at_checked(at)?;
                let count = if arguments.is_empty() { 0 } else { commas.saturating_add(1) };
                return after.starts_with(") AS json").then_some(count);
            }
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => commas = commas.saturating_add(1),
            _ => {}
        }
    }
    None
}
