//! Writes the proved statements as Rust: a struct per statement whose fields are its parameters, and one whose fields are the
//! columns of a row. So no parameter or column can be forgotten, swapped or of a wrong type. D1 knows numbered parameters only;
//! they are numbered here.

use crate::{
    answer::{Answer, Column, Kind as ColumnKind},
    parameters,
    parse::{Kind, Parameter, Room, Statement},
};
use std::fmt::Write;

/// The generated code names the types of the service by `types`, the path of their module.
pub(crate) fn rust(rooms: &[Room], types: &str) -> String {
    let mut out = String::new();
    for room in rooms {
        put(&mut out, format_args!("/// Statements of `{0}`.\npub mod {0} {{\n", room.name));
        for file in &room.files {
            put(&mut out, format_args!("/// `{}/{1}.sql`\npub mod {1} {{\n", room.name, file.name));
            put(&mut out, format_args!("use {types} as types;\n"));
            for statement in &file.statements {
                struct_of(&mut out, statement);
                answer_of(&mut out, statement);
            }
            out.push_str("}\n");
        }
        out.push_str("}\n");
    }
    out
}

fn struct_of(out: &mut String, statement: &Statement) {
    let name = upper_camel_case(&statement.short_name);
    let borrows = borrows(statement);
    let lifetime = if borrows { "<'a>" } else { "" };
    for line in &statement.documentation {
        put(out, format_args!("/// {line}\n"));
    }
    put(out, format_args!("#[derive(Debug, Clone, Copy)]\npub struct {name}{lifetime} {{\n"));
    for parameter in &statement.parameters {
        let kind = match parameter.kind {
            Kind::Integer => "i64",
            Kind::Text | Kind::Packed => "&'a str",
            Kind::OptionalText | Kind::OptionalPacked => "Option<&'a str>",
        };
        put(out, format_args!("/// `:{0}`\npub {0}: {kind},\n", parameter.name));
    }
    put(out, format_args!("}}\nimpl{lifetime} {name}{lifetime} {{\n"));
    put(out, format_args!("/// The statement, with its parameters numbered.\n"));
    put(
        out,
        format_args!(
            "pub const STATEMENT: types::Statement = types::Statement {{ name: {:?}, sql: {:?} }};\n",
            statement.name,
            numbered(statement)
        ),
    );
    put(out, format_args!("/// Binds the parameters.\n#[must_use]\n"));
    put(out, format_args!("pub fn query(self) -> types::Query<{}> {{\n", if borrows { "'a" } else { "'static" }));
    let values: Vec<_> = statement.parameters.iter().map(value).collect();
    put(out, format_args!("types::Query {{ statement: &Self::STATEMENT, values: vec![{}] }}\n}}\n}}\n", values.join(", ")));
}

/// The row, and its type as that of the statement's answer.
fn answer_of(out: &mut String, statement: &Statement) {
    let name = upper_camel_case(&statement.short_name);
    let row = match &statement.answer {
        Answer::None => return,
        Answer::Text => "types::Text".to_owned(),
        Answer::Same { other, .. } => format!("{}Row", upper_camel_case(other)),
        Answer::Columns(columns) if columns.is_empty() => "types::Presence".to_owned(),
        Answer::Columns(columns) => {
            row_of(out, &name, columns);
            format!("{name}Row")
        }
    };
    let lifetime = if borrows(statement) { "<'_>" } else { "" };
    put(
        out,
        format_args!(
            "impl types::Answers for {name}{lifetime} {{\nconst NAME: &'static str = {:?};\ntype Row = {row};\n}}\n",
            statement.name
        ),
    );
}

fn row_of(out: &mut String, name: &str, columns: &[Column]) {
    put(out, format_args!("/// A row of [`{name}`].\n#[derive(Debug, Clone, PartialEq, Eq)]\n"));
    put(out, format_args!("pub struct {name}Row {{\n"));
    for Column { name, kind } in columns {
        let kind = match kind {
            ColumnKind::Integer => "i64",
            ColumnKind::OptionalInteger => "Option<i64>",
            ColumnKind::Text => "String",
            ColumnKind::OptionalText => "Option<String>",
            ColumnKind::Texts => "Vec<String>",
            ColumnKind::Boolean => "bool",
        };
        put(out, format_args!("/// `{name}`\npub {name}: {kind},\n"));
    }
    put(out, format_args!("}}\nimpl types::Row for {name}Row {{\n"));
    put(out, format_args!("fn read(columns: &mut types::Columns) -> Option<Self> {{\nSome(Self {{"));
    for Column { name, .. } in columns {
        put(out, format_args!(" {name}: columns.next()?,"));
    }
    out.push_str(" })\n}\n}\n");
}

fn borrows(statement: &Statement) -> bool {
    statement.parameters.iter().any(|parameter| !matches!(parameter.kind, Kind::Integer))
}

fn value(parameter: &Parameter) -> String {
    let name = &parameter.name;
    match parameter.kind {
        Kind::Packed => format!("types::Packed(self.{name}).into()"),
        Kind::OptionalPacked => format!("self.{name}.map(types::Packed).into()"),
        Kind::Integer | Kind::Text | Kind::OptionalText => format!("self.{name}.into()"),
    }
}

/// Replaces `:name` by `?N`, N being the place among the declared parameters.
fn numbered(statement: &Statement) -> String {
    parameters::replaced(&statement.sql, |name| {
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

/// Writing to a `String` does not fail.
fn put(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(arguments);
}
