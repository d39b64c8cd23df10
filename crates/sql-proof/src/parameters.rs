//! Replaces the parameters of a statement.

/// Replaces each `:name` for which `replacement` has a text.
pub(crate) fn replace(sql: &str, replacement: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = sql.split(':');
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|character: char| !is_name_character(character)).unwrap_or(part.len());
        let (name, rest) = part.split_at_checked(end).unwrap_or((part, ""));
        replaced.push_str(&replacement(name).unwrap_or_else(|| format!(":{name}")));
        replaced.push_str(rest);
    }
    replaced
}

/// The stored form of a parameter of the type `packed`. The service puts a colon before a text that is no hex; `unhex` gives
/// NULL for it.
pub(crate) fn pack(name: &str) -> String {
    format!("coalesce(unhex(:{name}), substr(:{name}, 2))")
}

fn is_name_character(character: char) -> bool {
    character == '_' || character.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_replaced_and_unknown_ones_stay() {
        let replacement = |name: &str| (name == "a").then(|| "?1".to_owned());
        assert_eq!(replace("x = :a AND y = :ab OR (:a)", replacement), "x = ?1 AND y = :ab OR (?1)");
    }
}
