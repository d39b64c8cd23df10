//! Update tags: what is handed out as `lastUpdated`, and what may come back as `passesUpdatedSince`.

use super::list_updatable_passes::{list, phone_with, serials, tag};

/// Unix milliseconds in ISO 8601, as other servers write them (Howard Hinnant's `civil_from_days`).
fn iso8601(milliseconds: i64) -> String {
    let (days, rest) = (milliseconds.div_euclid(86_400_000), milliseconds.rem_euclid(86_400_000));
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
    let (seconds, milliseconds) = (rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}")
}

#[test]
fn a_tag_consists_of_digits() {
    let (phone, cards) = phone_with(&["A"]);
    let tag = tag(&list(&phone, &cards[0], ""));
    assert!(!tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_digit()), "{tag}");
    assert_eq!(tag, cards[0].metadata()["revision"].to_string());
}

#[test]
fn a_missing_empty_malformed_or_too_new_tag_is_no_tag_and_the_answer_heals_it() {
    let (phone, cards) = phone_with(&["A", "B"]);
    let newest = cards[1].metadata()["revision"].as_i64().unwrap();
    let too_new = [newest + 1, newest * 2, 9_007_199_254_740_993, i64::MAX];
    let too_new = too_new.map(|tag| format!("?passesUpdatedSince={tag}"));
    let no_tags = [
        "?",
        "?passesUpdatedSince",
        "?passesUpdatedSince=",
        "?passesUpdatedSince=%20",
        "?passesUpdatedSince=never",
        "?passesUpdatedSince=-1",
        "?passesUpdatedSince=0",
        "?passesUpdatedSince=null",
        "?passesUpdatedSince=1.5",
        "?passesUpdatedSince=%FF%FE",
        "?passesUpdatedSince=%zz",
        "?passesUpdatedSince=%00",
        "?passesUpdatedSince=a+b&c=d",
        "?passesUpdatedSince=a=b",
        "?passesUpdatedSince=99999999999999999999999999",
        "?passesUpdatedSince='%20OR%201=1",
        "?passesUpdatedSince=2024-99-99T99:99:99Z",
        "?passesupdatedsince=1",
        "?other=1&x",
        "?&&&",
    ];
    let mut queries: Vec<_> = no_tags.iter().map(|query| (*query).to_owned()).collect();
    queries.extend(too_new);
    queries.push(format!("?passesUpdatedSince={}", "9".repeat(4000)));
    for query in queries {
        let answer = list(&phone, &cards[0], &query);
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(serials(&answer), ["A", "B"], "{query}");
        let healed = list(&phone, &cards[0], &format!("?passesUpdatedSince={}", tag(&answer)));
        assert_eq!(healed.status, 204, "{query}");
    }
}

#[test]
fn tags_of_other_servers_count_as_the_times_they_are() {
    let (phone, cards) = phone_with(&["A", "B"]);
    let first = cards[0].metadata()["revision"].as_i64().unwrap();
    // Until the clock has gone on to another second.
    let second = (11..1000).map(|cups| cards[1].change(cups)).find(|second| second / 1000 > first / 1000).unwrap();

    let iso = iso8601(first);
    let between = [
        first.to_string(),
        (second - 1).to_string(),
        (second / 1000).to_string(),
        format!("{iso}Z"),
        iso.clone(),
        iso.replace('T', "%20"),
        format!("{iso}+00:00"),
        format!("{iso}%2B00:00"),
        format!("{iso}%2b0000"),
        format!("{iso}%2000:00"),
        format!("{iso}-00:00"),
        format!("{}+02:00", iso8601(first + 7_200_000)),
    ];
    for tag in between {
        let answer = list(&phone, &cards[0], &format!("?passesUpdatedSince={tag}"));
        let only_the_second = second / 1000 * 1000 != second || tag.len() > 10;
        let expected: &[&str] = if only_the_second { &["B"] } else { &[] };
        assert_eq!(serials(&answer), expected, "{tag}, between {first} and {second}");
    }
    for tag in [(first / 1000 - 9).to_string(), iso8601(first - 9_000), "2024-07-08".to_owned()] {
        let answer = list(&phone, &cards[0], &format!("?passesUpdatedSince={tag}"));
        assert_eq!(serials(&answer), ["A", "B"], "{tag} is before {first}");
    }
    for tag in [(second / 1000 + 9).to_string(), format!("{}+00:00", iso8601(second + 9_000))] {
        let answer = list(&phone, &cards[0], &format!("?passesUpdatedSince={tag}"));
        assert_eq!(serials(&answer), ["A", "B"], "{tag} is after {second}: no tag");
    }
}

#[test]
fn a_tag_is_found_among_other_parameters_and_percent_encoded() {
    let (mut phone, cards) = phone_with(&["A", "B"]);
    let tag = phone.list(cards[0].pass_type()).tag().unwrap();
    cards[0].change(11);
    let digits: Vec<_> = tag.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for query in [
        format!("?x=1&passesUpdatedSince={tag}&y"),
        format!("?passesUpdatedSince={tag}&passesUpdatedSince=0"),
        format!("?passesUpdatedSince={}", digits.concat()),
        format!("?passesUpdatedSinc%65={tag}"),
        format!("?passesUpdatedSince=%20{tag}%20"),
    ] {
        assert_eq!(serials(&list(&phone, &cards[0], &query)), ["A"], "{query}");
    }
}
