//! Writes the proved statements as Rust: a struct for each statement, whose fields are its parameters, and a struct for its
//! rows, whose fields are their columns. So no parameter can be forgotten, swapped or of a wrong type, and no column can be
//! forgotten. The type of a column is what the statement declares: a row of another form is an error when it is read. D1 knows
//! only numbered parameters, so this module numbers them.

use crate::{
    answer::{Answer, Column, ColumnType},
    parameters,
    parse::{Folder, Parameter, ParameterType, Statement},
};
use std::fmt::{self, Write as _};

/// `types` is the path of the module with the types of the service that the code uses.
pub(crate) fn to_rust(folders: &[Folder], types: &str) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for folder in folders {
        writeln!(out, "/// Statements of `{0}`.\npub mod {0} {{", folder.name)?;
        for file in &folder.files {
            writeln!(out, "/// `{}/{1}.sql`\npub mod {1} {{", folder.name, file.name)?;
            writeln!(out, "use {types} as types;")?;
            for statement in &file.statements {
                write_struct(&mut out, statement)?;
                write_answer(&mut out, statement)?;
            }
            out.push_str("}\n");
        }
        out.push_str("}\n");
    }
    Ok(out)
}

fn write_struct(out: &mut String, statement: &Statement) -> fmt::Result {
    let name = upper_camel_case(&statement.short_name);
    let borrows = borrows(statement);
    let lifetime = if borrows { "<'a>" } else { "" };
    for line in &statement.documentation {
        writeln!(out, "/// {line}")?;
    }
    writeln!(out, "#[derive(Debug, Clone, Copy)]\npub struct {name}{lifetime} {{")?;
    for parameter in &statement.parameters {
        let kind = match parameter.kind {
            ParameterType::Integer => "i64",
            ParameterType::Text | ParameterType::Packed => "&'a str",
            ParameterType::OptionalText | ParameterType::OptionalPacked => "Option<&'a str>",
        };
        writeln!(out, "/// `:{0}`\npub {0}: {kind},", parameter.name)?;
    }
    writeln!(out, "}}\nimpl{lifetime} {name}{lifetime} {{")?;
    out.push_str("/// The statement, with its parameters numbered.\n");
    writeln!(
        out,
        "pub const STATEMENT: types::Statement = types::Statement {{ name: {:?}, sql: {:?} }};",
        statement.name,
        number_parameters(statement)
    )?;
    out.push_str("/// Binds the parameters.\n#[must_use]\n");
    writeln!(out, "pub fn query(self) -> types::Query<{}> {{", if borrows { "'a" } else { "'static" })?;
    let values: Vec<_> = statement.parameters.iter().map(bind).collect();
    writeln!(out, "types::Query {{ statement: &Self::STATEMENT, values: vec![{}] }}\n}}\n}}", values.join(", "))
}

/// Writes the struct of a row, and links it to the statement.
fn write_answer(out: &mut String, statement: &Statement) -> fmt::Result {
    let name = upper_camel_case(&statement.short_name);
    let row = match &statement.answer {
        Answer::None => return Ok(()),
        Answer::Text => "types::Text".to_owned(),
        Answer::Same { other, .. } => format!("{}Row", upper_camel_case(other)),
        Answer::Columns(columns) if columns.is_empty() => "types::Presence".to_owned(),
        Answer::Columns(columns) => {
            write_row(out, &name, columns)?;
            format!("{name}Row")
        }
    };
    let lifetime = if borrows(statement) { "<'_>" } else { "" };
    writeln!(
        out,
        "impl types::Answers for {name}{lifetime} {{\nconst NAME: &'static str = {:?};\ntype Row = {row};\n}}",
        statement.name
    )
}

fn write_row(out: &mut String, name: &str, columns: &[Column]) -> fmt::Result {
    writeln!(out, "/// A row of [`{name}`].\n#[derive(Debug, Clone, PartialEq, Eq)]")?;
    writeln!(out, "pub struct {name}Row {{")?;
    for Column { name, kind } in columns {
        let kind = match kind {
            ColumnType::Integer => "i64",
            ColumnType::OptionalInteger => "Option<i64>",
            ColumnType::Text => "String",
            ColumnType::OptionalText => "Option<String>",
            ColumnType::Texts => "Vec<String>",
            ColumnType::Boolean => "bool",
        };
        writeln!(out, "/// `{name}`\npub {name}: {kind},")?;
    }
    writeln!(out, "}}\nimpl types::Row for {name}Row {{")?;
    out.push_str("fn read(columns: &mut types::Columns) -> Option<Self> {\nSome(Self {");
    for Column { name, .. } in columns {
        write!(out, " {name}: columns.take()?,")?;
    }
    out.push_str(" })\n}\n}\n");
    Ok(())
}

fn borrows(statement: &Statement) -> bool {
    statement.parameters.iter().any(|parameter| !matches!(parameter.kind, ParameterType::Integer))
}

fn bind(parameter: &Parameter) -> String {
    let name = &parameter.name;
    match parameter.kind {
        ParameterType::Packed => format!("types::Packed(self.{name}).into()"),
        ParameterType::OptionalPacked => format!("self.{name}.map(types::Packed).into()"),
        ParameterType::Integer | ParameterType::Text | ParameterType::OptionalText => format!("self.{name}.into()"),
    }
}

/// Replaces `:name` by `?N`, its place among the declared parameters.
fn number_parameters(statement: &Statement) -> String {
    parameters::replace(&statement.sql, |name| {
        let mut numbered = (1..).zip(&statement.parameters);
        let (number, _): (u32, _) = numbered.find(|(_, parameter)| parameter.name == name)?;
        Some(format!("?{number}"))
    })
}

fn upper_camel_case(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
        })
        .collect()
}
