//! Reads the SQL files. A statement begins with a line that declares its name and its parameters with their types. If it
//! answers with rows, the next line declares their columns. Then come its documentation and its SQL, which ends with a
//! semicolon:
//!
//! ```sql
//! -- latest(pass_type: text, since: integer, client: text?)
//! -- -> (object_key: text, size: integer)
//! -- What it is for.
//! SELECT json_array(p.object_key, p.size) AS json FROM … WHERE pass_type = :pass_type …;
//! ```
//!
//! A declaration in parentheses may continue on the next line. A parameter of the type `packed` is a text in Rust, and its
//! stored form in SQL.

use crate::{answer::Answer, pack, parameters};
use std::{fs, iter::Peekable, path::Path};

/// A folder of SQL files, for one part of the service.
pub(crate) struct Folder {
    pub(crate) name: String,
    pub(crate) files: Vec<File>,
}

/// An SQL file, for one endpoint or job.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) statements: Vec<Statement>,
}

pub(crate) struct Statement {
    /// Its name in error messages and logs, such as `web_service/register.held`.
    pub(crate) name: String,
    /// `held`
    pub(crate) short_name: String,
    pub(crate) documentation: Vec<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) answer: Answer,
    /// With named parameters, without comments, on one line; `pack`, `unpack` and packed parameters are expressions.
    pub(crate) sql: String,
}

pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) kind: ParameterType,
}

#[derive(Clone, Copy)]
pub(crate) enum ParameterType {
    Integer,
    Text,
    OptionalText,
    Packed,
    OptionalPacked,
}

impl ParameterType {
    fn is_packed(self) -> bool {
        matches!(self, Self::Packed | Self::OptionalPacked)
    }
}

pub(crate) fn read_folders(root: &Path) -> Result<Vec<Folder>, String> {
    list_names(root)?
        .into_iter()
        .filter(|folder| root.join(folder).is_dir())
        .map(|folder| {
            let files = list_names(&root.join(&folder))?
                .into_iter()
                .filter_map(|name| name.strip_suffix(".sql").map(str::to_owned))
                .map(|name| read_file(root, &folder, name))
                .collect::<Result<_, String>>()?;
            Ok(Folder { name: folder, files })
        })
        .collect()
}

fn list_names(folder: &Path) -> Result<Vec<String>, String> {
    let mut names = fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .map(|entry| Ok(entry.map_err(|error| error.to_string())?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>, String>>()?;
    names.sort();
    Ok(names)
}

fn read_file(root: &Path, folder: &str, name: String) -> Result<File, String> {
    let path = root.join(folder).join(format!("{name}.sql"));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut statements: Vec<Statement> = Vec::new();
    for block in text.split_inclusive(";\n").filter(|block| !block.trim().is_empty()) {
        let statement = parse_statement(&format!("{folder}/{name}"), block, &statements)
            .map_err(|reason| format!("{}: {reason}, in:\n{block}", path.display()))?;
        statements.push(statement);
    }
    Ok(File { name, statements })
}

fn parse_statement(file: &str, block: &str, earlier: &[Statement]) -> Result<Statement, String> {
    let mut lines = block.lines().filter(|line| !line.trim().is_empty()).peekable();
    let header = take_declaration(&mut lines, "-- ").ok_or("a statement begins with the line `-- name(parameter: type, …)`")?;
    let answer = take_declaration(&mut lines, "-- -> ").map_or(Ok(Answer::None), |answer| Answer::parse(&answer, earlier))?;
    let (short_name, declared) = header
        .strip_suffix(')')
        .and_then(|header| header.split_once('('))
        .ok_or("the first line is not of the form `-- name(parameter: type, …)`")?;
    let mut documentation = Vec::new();
    while let Some(line) = lines.next_if(|line| line.starts_with("--")) {
        documentation.push(line.trim_start_matches('-').trim().to_owned());
    }
    if documentation.is_empty() {
        return Err("a statement says what it is for below its first line".to_owned());
    }
    let sql: Vec<&str> = lines.collect();
    if sql.iter().any(|line| line.contains("--")) {
        return Err("comments stand above a statement, not in it".to_owned());
    }
    let sql = sql.into_iter().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    let sql = sql.strip_suffix(';').ok_or("a statement ends with a semicolon")?;
    if sql.contains("pack(:") {
        return Err("a parameter that is to be packed is declared as `packed`".to_owned());
    }
    let sql = pack::expand(sql).ok_or("a parenthesis of `pack` or `unpack` is not closed")?;
    let declared: Vec<Parameter> =
        declared.split(", ").filter(|parameter| !parameter.is_empty()).map(parse_parameter).collect::<Result<_, _>>()?;
    let is_packed = |name: &str| declared.iter().any(|it| it.name == name && it.kind.is_packed());
    Ok(Statement {
        name: format!("{file}.{short_name}"),
        short_name: short_name.to_owned(),
        documentation,
        sql: parameters::replace(&sql, |name| is_packed(name).then(|| parameters::pack(name))),
        parameters: declared,
        answer,
    })
}

/// Takes the line that begins with `mark`, and the lines after it up to the closing parenthesis.
fn take_declaration<'a>(lines: &mut Peekable<impl Iterator<Item = &'a str>>, mark: &str) -> Option<String> {
    let first = lines.next_if(|line| line.starts_with(mark))?;
    let mut declaration = first.trim_start_matches(mark).to_owned();
    while declaration.contains('(') && !declaration.ends_with(')') {
        let line = lines.next_if(|line| line.starts_with("--"))?;
        declaration = format!("{declaration} {}", line.trim_start_matches('-').trim());
    }
    Some(declaration)
}

fn parse_parameter(declaration: &str) -> Result<Parameter, String> {
    let (name, kind) = declaration.split_once(": ").ok_or_else(|| format!("`{declaration}` is not `name: type`"))?;
    let kind = match kind {
        "integer" => ParameterType::Integer,
        "text" => ParameterType::Text,
        "text?" => ParameterType::OptionalText,
        "packed" => ParameterType::Packed,
        "packed?" => ParameterType::OptionalPacked,
        other => {
            return Err(format!("unknown type `{other}` of parameter {name}: integer, text, text?, packed or packed?"));
        }
    };
    Ok(Parameter { name: name.to_owned(), kind })
}
