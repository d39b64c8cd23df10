//! The language of an answer (RFC 9110, section 12.5.4).

/// The one of the `offered` languages that a person prefers, by the header field `Accept-Language`. `None` when it names none
/// of them. `de` is offered to those who ask for `de-CH`, and the other way round.
pub(crate) fn preferred<'a>(accept_language: &str, offered: &(impl Iterator<Item = &'a str> + Clone)) -> Option<&'a str> {
    let mut best: Option<(&str, u16)> = None;
    for range in accept_language.split(',').take(MOST_RANGES) {
        let (range, weight) = parse(range);
        let mut offered = offered.clone().filter(|language| primary(language).eq_ignore_ascii_case(primary(range)));
        if best.is_none_or(|(_, before)| weight > before)
            && weight > 0
            && let Some(language) = offered.clone().find(|it| it.eq_ignore_ascii_case(range)).or_else(|| offered.next())
        {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// The most languages that are looked at.
const MOST_RANGES: usize = 32;

/// A language and its weight in thousandths.
fn parse(range: &str) -> (&str, u16) {
    let mut parts = range.split(';').map(str::trim);
    let language = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (language, weight.map_or(1000, thousandths))
}

/// `0.8` as 800. What is no weight counts as 0.
fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    match whole {
        "1" => 1000,
        "0" if digits(fraction) => format!("{fraction:0<3.3}").parse().unwrap_or_default(),
        _ => 0,
    }
}

fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::preferred;

    #[test]
    fn the_preferred_language_is_the_one_of_the_highest_weight() {
        for (header, language) in [
            ("", None),
            ("*", None),
            ("it", None),
            ("de", Some("de")),
            ("de-CH", Some("de")),
            ("DE-ch;q=0.5", Some("de")),
            ("it, fr;q=0.9, de;q=0.8", Some("fr")),
            ("de;q=0.8, fr;q=0.9", Some("fr")),
            ("de;q=0.85,fr;q=0.9", Some("fr")),
            ("de, fr", Some("de")),
            ("de;q=0, fr;q=0.001", Some("fr")),
            ("de;q=0.000", None),
            ("de;q=x, fr;q=0.1", Some("fr")),
            ("de;q=2", None),
            ("zh-TW, pt", Some("zh-Hans")),
            ("pt-BR", Some("pt-BR")),
            ("pt-PT", Some("pt")),
            ("deu", None),
        ] {
            assert_eq!(preferred(header, &["en", "de", "fr", "zh-Hans", "pt", "pt-BR"].into_iter()), language, "{header}");
        }
    }
}
