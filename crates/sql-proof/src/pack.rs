//! How identifiers of devices and push tokens are stored: hex in small letters as its bytes, any other text as it is. They are
//! opaque and case-sensitive, so only what comes back letter for letter may become bytes: `AB` stays text.
//!
//! The SQL files say `pack(text)` for what is stored of a text, and `unpack(column)` for the text again. SQLite has no such
//! functions, and D1 lets nobody add any; here the two words become expressions. A blob never equals a text, so packed values
//! are equal exactly when the texts are.

/// The statement with SQLite's own functions in place of the two words. `None`: a parenthesis is not closed.
#[must_use]
pub fn expanded(sql: &str) -> Option<String> {
    let Some((before, rest)) = sql.split_once("pack(") else { return Some(sql.to_owned()) };
    let (argument, after) = argument(rest)?;
    let (argument, after) = (operand(&expanded(argument)?), expanded(after)?);
    Some(match before.strip_suffix("un") {
        Some(before) => format!("{before}{}{after}", unpacked(&argument)),
        None => format!("{before}{}{after}", packed(&argument)),
    })
}

/// SQLite's `unhex` takes capitals too, and ends at a NUL; so what it gives is compared with the whole text. It gives NULL for
/// what is no hex, of which `hex` makes the empty text.
fn packed(text: &str) -> String {
    format!("iif({text} = lower(hex(unhex({text}))), unhex({text}), {text})")
}

fn unpacked(stored: &str) -> String {
    format!("iif(typeof({stored}) = 'blob', lower(hex({stored})), {stored})")
}

/// Up to the parenthesis that closes, and what is behind it.
fn argument(rest: &str) -> Option<(&str, &str)> {
    let mut depth: usize = 0;
    let end = rest.find(|character| {
        match character {
            '(' => depth = depth.saturating_add(1),
            ')' if depth == 0 => return true,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        false
    })?;
    let (argument, rest) = rest.split_at_checked(end)?;
    Some((argument, rest.strip_prefix(')')?))
}

/// What binds no weaker than a comparison.
fn operand(expression: &str) -> String {
    if expression.contains(' ') { format!("({expression})") } else { expression.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_words_become_expressions() {
        let unpacked = "iif(typeof(r.token) = 'blob', lower(hex(r.token)), r.token)";
        assert_eq!(expanded("SELECT unpack(r.token), 1").unwrap(), format!("SELECT {unpacked}, 1"));
        let packed = "iif((a ->> f(0)) = lower(hex(unhex((a ->> f(0))))), unhex((a ->> f(0))), (a ->> f(0)))";
        assert_eq!(expanded("WHERE pack(a ->> f(0)) = 1").unwrap(), format!("WHERE {packed} = 1"));
    }

    #[test]
    fn an_open_parenthesis_is_refused() {
        assert_eq!(expanded("SELECT unpack(f(a)"), None);
    }
}
