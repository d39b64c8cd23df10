//! Rows as CSV: a pass for each.

use super::{end, name, outcomes, statuses};
use crate::util::{Made, is_problem_about};
use edgepass_support::issuer::CSV;
use serde_json::json;

fn query(made: &Made) -> String {
    format!("?template={}&passTypeIdentifier={}", made.template.name, made.pass_type)
}

#[test]
fn each_row_is_a_pass_with_a_link() {
    let made = Made::ready();
    let body = "\u{feff}serialNumber,externalId,balance\r\n\"S-1\",Ada,12.5\r\nS-2,,\r\n";
    let answer = made.issuer.send_job(&format!("{}&link=true&expiresIn=60", query(&made)), CSV, body.as_bytes()).expect(202);
    let job = name(&answer.json());
    end(&made.issuer, &job);
    let outcomes = outcomes(&made.issuer, &job);
    assert_eq!(statuses(&outcomes), [201, 201]);
    for (outcome, serial) in outcomes.iter().zip(["S-1", "S-2"]) {
        assert_eq!(outcome["serialNumber"], serial);
        assert!(outcome["link"].is_string(), "{outcome}");
        made.sibling(serial).metadata();
    }
    assert_eq!((&outcomes[0]["externalId"], &outcomes[1]["externalId"]), (&json!("Ada"), &serde_json::Value::Null));
    let values = ["S-1", "S-2"].map(|serial| made.sibling(serial).content()["storeCard"]["primaryFields"][0]["value"].clone());
    assert_eq!(values, [json!(12.5), json!(10)], "an empty cell leaves the value to the template");
}

#[test]
fn a_column_that_the_template_does_not_have_is_400_and_lists_the_columns() {
    let made = Made::ready();
    let answer = made.issuer.send_job(&query(&made), CSV, b"serialNumber,cups\nS-1,3\n");
    is_problem_about(&answer, 400, &["`cups`", "serialNumber, externalId, balance"]);
    is_problem_about(&made.issuer.send_job(&query(&made), CSV, b"balance,balance\n1,2\n"), 400, &["twice"]);
    is_problem_about(&made.issuer.send_job(&query(&made), CSV, b"balance\n"), 400, &["no lines"]);
    let unclosed = made.issuer.send_job(&query(&made), CSV, b"externalId,balance\nA,\"1\nB,2\n");
    assert!(unclosed.expect(400).text().contains("A quote is not closed"));
    is_problem_about(&made.issuer.send_job("?template=t", CSV, b"balance\n"), 400, &["passTypeIdentifier"]);
    is_problem_about(&made.issuer.send_job("?template=no&passTypeIdentifier=pass.p", CSV, b"b\n1\n"), 400, &["no template"]);
    made.is_unknown();
}

#[test]
fn rows_with_errors_are_named_by_line() {
    let made = Made::ready();
    let body = "serialNumber,balance\nS-1,12\nS-2,many\nS-3\n";
    let answer = made.issuer.send_job(&query(&made), CSV, body.as_bytes()).expect(400).json();
    let errors = answer["errors"].as_array().unwrap();
    let errors: Vec<_> = errors.iter().map(|error| (&error["line"], error["message"].as_str().unwrap())).collect();
    assert_eq!(errors.iter().map(|(line, _)| (*line).clone()).collect::<Vec<_>>(), [json!(2), json!(3)], "{errors:?}");
    assert!(errors[0].1.contains("`balance` must be a number"), "{errors:?}");
    assert!(errors[1].1.contains("1 cells"), "{errors:?}");
}

#[test]
fn a_list_that_is_sent_twice_makes_no_second_cards_if_external_identifiers_are_to_be_unique() {
    let made = Made::ready();
    let query = format!("{}&uniqueExternalId=true", query(&made));
    for expected in [[201, 201], [409, 409]] {
        let started = made.issuer.send_job(&query, CSV, b"externalId,balance\nA,1\nB,2\n,\n").expect(202).json();
        end(&made.issuer, &name(&started));
        assert_eq!(statuses(&outcomes(&made.issuer, &name(&started))), expected);
    }
}
