//! How identifiers of devices and push tokens are stored: hex in small letters as its bytes, any other text as it is. They are
//! opaque and case-sensitive, so a text becomes bytes only if it comes back letter for letter: `AB` stays text.
//!
//! The SQL files write `pack(text)` for the stored form of a text, and `unpack(column)` for the text again. SQLite has no such
//! functions, and D1 cannot add any, so this module replaces the two words by expressions. A blob never equals a text, so
//! packed values are equal exactly when the texts are.

/// Replaces the two words by SQLite's own functions. `None` when a parenthesis is not closed.
#[must_use]
pub fn expand(sql: &str) -> Option<String> {
    let Some((before, rest)) = sql.split_once("pack(") else { return Some(sql.to_owned()) };
    let (argument, after) = split_argument(rest)?;
    let (argument, after) = (parenthesize(&expand(argument)?), expand(after)?);
    Some(match before.strip_suffix("un") {
        Some(before) => format!("{before}{}{after}", unpack(&argument)),
        None => format!("{before}{}{after}", pack(&argument)),
    })
}

/// SQLite's `unhex` takes capitals too, and ends at a NUL, so its result is compared with the whole text. For text that is no
/// hex it gives NULL, and `hex` makes the empty text of that.
fn pack(text: &str) -> String {
    format!("iif({text} = lower(hex(unhex({text}))), unhex({text}), {text})")
}

fn unpack(stored: &str) -> String {
    format!("iif(typeof({stored}) = 'blob', lower(hex({stored})), {stored})")
}

/// Splits at the closing parenthesis.
fn split_argument(rest: &str) -> Option<(&str, &str)> {
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

/// Puts an expression into parentheses if it may bind weaker than a comparison.
fn parenthesize(expression: &str) -> String {
    if expression.contains(' ') { format!("({expression})") } else { expression.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_words_become_expressions() {
        let unpacked = "iif(typeof(r.token) = 'blob', lower(hex(r.token)), r.token)";
        assert_eq!(expand("SELECT unpack(r.token), 1").unwrap(), format!("SELECT {unpacked}, 1"));
        let packed = "iif((a ->> f(0)) = lower(hex(unhex((a ->> f(0))))), unhex((a ->> f(0))), (a ->> f(0)))";
        assert_eq!(expand("WHERE pack(a ->> f(0)) = 1").unwrap(), format!("WHERE {packed} = 1"));
    }

    #[test]
    fn an_open_parenthesis_is_refused() {
        assert_eq!(expand("SELECT unpack(f(a)"), None);
    }
}
