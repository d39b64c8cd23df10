//! What a statement answers with, as the line `-- -> …` below its parameters declares it.

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
    pub(crate) kind: Kind,
}

/// The type of a column.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Integer,
    OptionalInteger,
    Text,
    OptionalText,
    Texts,
    Boolean,
}

impl Answer {
    /// Parses what stands behind the arrow; `earlier` are the statements above it in the file.
    pub(crate) fn parse(declaration: &str, earlier: &[Statement]) -> Result<Self, String> {
        if declaration == "text" {
            return Ok(Self::Text);
        }
        if let Some(columns) = declaration.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            let columns = columns.split(", ").filter(|column| !column.is_empty()).map(column);
            return columns.collect::<Result<_, _>>().map(Self::Columns);
        }
        let other = earlier.iter().find(|statement| statement.short_name == declaration);
        let Some(Self::Columns(columns)) = other.map(|other| &other.answer) else {
            return Err(format!("`-> {declaration}` is neither text, nor columns, nor an earlier statement with columns"));
        };
        Ok(Self::Same { other: declaration.to_owned(), columns: columns.len() })
    }
}

fn column(declaration: &str) -> Result<Column, String> {
    let (name, kind) = declaration.split_once(": ").ok_or_else(|| format!("`{declaration}` is not `name: type`"))?;
    let kind = match kind {
        "integer" => Kind::Integer,
        "integer?" => Kind::OptionalInteger,
        "text" => Kind::Text,
        "text?" => Kind::OptionalText,
        "text[]" => Kind::Texts,
        "boolean" => Kind::Boolean,
        other => {
            return Err(format!("unknown type `{other}` of column {name}: integer, integer?, text, text?, text[] or boolean?"));
        }
    };
    Ok(Column { name: name.to_owned(), kind })
}

/// How many arguments the `json_array(…)` has that a statement answers with. `None`: it answers with something else.
pub(crate) fn json_array_arguments(sql: &str) -> Option<usize> {
    let starts = sql.match_indices("json_array(").map(|(at, call)| at.saturating_add(call.len()));
    starts.filter_map(|start| sql.get(start..)).find_map(arguments)
}

/// The number of arguments up to the parenthesis that closes, if ` AS json` follows it.
fn arguments(rest: &str) -> Option<usize> {
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
