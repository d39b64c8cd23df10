//! What stands in a statement in place of its parameters.

/// The statement with what `replacement` has for `:name` in its place; a name of which it has nothing stays.
pub(crate) fn replaced(sql: &str, replacement: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = sql.split(':');
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|character: char| !is_of_name(character)).unwrap_or(part.len());
        let (name, rest) = part.split_at_checked(end).unwrap_or((part, ""));
        replaced.push_str(&replacement(name).unwrap_or_else(|| format!(":{name}")));
        replaced.push_str(rest);
    }
    replaced
}

/// The stored form of a parameter that `src/store/packed.rs` marked: `unhex` gives NULL for what begins with a colon.
pub(crate) fn packed(name: &str) -> String {
    format!("coalesce(unhex(:{name}), substr(:{name}, 2))")
}

fn is_of_name(character: char) -> bool {
    character == '_' || character.is_ascii_alphanumeric()
}
