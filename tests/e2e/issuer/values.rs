//! Values of passes: `PUT` with `values`, and `PATCH` with `application/json`.

use super::republish::republish;
use crate::util::{Made, calls, is_defect, is_problem_about, loyalty, new_phone, went_well};
use serde_json::{Value, json};

fn points(content: &Value) -> &Value {
    &content["storeCard"]["primaryFields"][0]["value"]
}

fn level(content: &Value) -> &Value {
    &content["storeCard"]["secondaryFields"][0]["value"]
}

fn barcode(content: &Value) -> &Value {
    &content["barcodes"][0]["message"]
}

#[test]
fn values_stand_in_their_fields_and_in_the_template_s_placeholders() {
    let made = Made::loyalty();
    let answer = made.make_with(&json!({ "points": 64, "level": "Gold" })).expect(201);
    assert_eq!(calls(&answer), 2);
    assert_eq!(answer.json()["values"], json!({ "points": 64, "level": "Gold" }));
    let content = made.content();
    assert_eq!((points(&content), level(&content)), (&json!(64), &json!("Gold")));
    assert_eq!(barcode(&content), &json!(format!("{}/Gold/64", made.serial)));
    let answer = made.change(&json!({ "values": { "points": 74.5 } })).expect(200);
    assert_eq!((answer.json()["changed"].clone(), calls(&answer)), (json!(true), 2));
    assert_eq!(answer.json()["values"], json!({ "points": 74.5, "level": "Gold" }));
    let content = made.content();
    assert_eq!((points(&content), barcode(&content)), (&json!(74.5), &json!(format!("{}/Gold/74.5", made.serial))));
}

#[test]
fn null_takes_a_value_away_and_the_template_s_comes_back() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64, "level": "Gold" })).expect(201);
    let answer = made.change(&json!({ "values": { "level": null } })).expect(200);
    assert_eq!(answer.json()["values"], json!({ "points": 64 }));
    let content = made.content();
    assert_eq!((points(&content), level(&content)), (&json!(64), &json!("Bronze")));
    assert_eq!(made.change(&json!({ "values": { "level": null, "points": 64 } })).expect(200).json()["changed"], false);
}

#[test]
fn a_put_replaces_all_values() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64, "level": "Gold" })).expect(201);
    made.make_with(&json!({ "points": 1 })).expect(200);
    let content = made.content();
    assert_eq!((points(&content), level(&content)), (&json!(1), &json!("Bronze")));
}

#[test]
fn an_unknown_key_or_another_type_is_400_that_lists_the_keys_and_changes_nothing() {
    let made = Made::loyalty();
    is_defect(&made.make_with(&json!({ "coins": 1 })), 400, "value_unknown");
    made.is_unknown();
    made.make_with(&json!({ "points": 64 })).expect(201);
    let before = made.metadata();
    for change in [json!({ "values": { "coins": 1 } }), json!({ "increment": { "coins": 1 } })] {
        let answer = made.change(&change);
        is_defect(&answer, 400, "value_unknown");
        let message = answer.json()["defects"][0]["message"].as_str().unwrap().to_owned();
        assert!(["coins", "level", "points"].iter().all(|key| message.contains(key)), "{message}");
    }
    // Braces in a patch are text, and no placeholder.
    let braces = json!({ "pass": { "logoText": "{{coins}}" }, "values": { "coins": 1 } });
    is_defect(&made.change(&braces), 400, "value_unknown");
    for value in [json!(true), json!([1]), json!({ "a": 1 })] {
        is_defect(&made.change(&json!({ "values": { "points": value } })), 400, "value_type");
    }
    for body in ["{}", "[]", r#"{"values":1}"#, r#"{"increment":{"points":"1"}}"#, r#"{"values":{},"more":1}"#] {
        assert_eq!(made.change(&body).status, 400, "{body}");
    }
    is_problem_about(&made.change(&json!({ "values": { "points": 1 }, "increment": { "points": 1 } })), 400, &["both"]);
    assert_eq!(made.metadata(), before);
}

#[test]
fn a_placeholder_without_a_value_is_400_and_names_it() {
    let made = Made::loyalty();
    let template = made.template.clone().field("logoText", "{{name}}");
    template.store().expect(200);
    let refused = made.make_with(&json!({ "points": 1 }));
    is_defect(&refused, 400, "value_missing");
    assert!(refused.text().contains("name"), "{refused:#}");
    made.make_with(&json!({ "points": 1, "name": "Ada {{points}}" })).expect(201);
    assert_eq!(made.content()["logoText"], "Ada {{points}}", "a value has no placeholders");
}

#[test]
fn a_changed_label_reaches_all_of_200_cards_whose_points_differ() {
    const CARDS: usize = 200;
    let first = Made::loyalty();
    for number in 0..CARDS {
        first.sibling(&format!("C-{number}")).make_with(&json!({ "points": number })).expect(201);
    }
    first.template.clone().field("storeCard", loyalty("Stars")).store().expect(200);
    let run = republish(&first.template);
    assert_eq!((&run["total"], &run["changed"], &run["failed"]), (&json!(CARDS), &json!(CARDS), &json!(0)), "{run}");
    for number in [0, 1, CARDS - 1] {
        let content = first.sibling(&format!("C-{number}")).content();
        assert_eq!(points(&content), &json!(number));
        assert_eq!(content["storeCard"]["primaryFields"][0]["label"], "Stars");
    }
}

#[test]
fn a_change_of_values_makes_the_pass_from_the_newest_template() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64 })).expect(201);
    made.change(&json!({ "pass": { "backgroundColor": "rgb(1, 2, 3)" } })).expect(200);
    made.template.clone().field("storeCard", loyalty("Stars")).store().expect(200);
    made.change(&json!({ "pass": { "logoText": "own" } })).expect(200);
    assert_eq!(made.content()["storeCard"]["primaryFields"][0]["label"], "Points", "a patch alone leaves the template");
    made.change(&json!({ "values": { "points": 65 } })).expect(200);
    let content = made.content();
    assert_eq!(content["storeCard"]["primaryFields"][0]["label"], "Stars");
    assert_eq!((&content["backgroundColor"], &content["logoText"]), (&json!("rgb(1, 2, 3)"), &json!("own")));
}

#[test]
fn the_later_of_a_value_and_a_patch_of_its_field_wins() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64 })).expect(201);
    let patch = json!({ "storeCard": { "primaryFields": [{ "key": "points", "value": 7 }] } });
    made.patch(&patch).expect(200);
    let content = made.content();
    assert_eq!((points(&content), &content["storeCard"]["primaryFields"][0]["label"]), (&json!(7), &json!("Points")));
    assert_eq!(made.metadata()["values"], json!({}));
    republish(&made.template);
    assert_eq!(points(&made.content()), &json!(7));
    made.change(&json!({ "values": { "points": 8 } })).expect(200);
    republish(&made.template);
    assert_eq!(points(&made.content()), &json!(8));
    let both = json!({ "pass": patch, "values": { "points": 9 } });
    made.change(&both).expect(200);
    assert_eq!(points(&made.content()), &json!(9));
}

#[test]
fn a_patch_that_changes_the_type_of_a_known_key_is_400() {
    let made = Made::loyalty();
    let wrong = json!({ "storeCard": { "primaryFields": { "points": 1 } } });
    is_defect(&made.make(&wrong), 400, "type_changed");
    made.make_with(&json!({ "points": 64 })).expect(201);
    let before = made.metadata();
    is_defect(&made.patch(&wrong), 400, "type_changed");
    is_defect(&made.change(&json!({ "pass": wrong })), 400, "type_changed");
    is_defect(&made.change(&json!({ "pass": wrong, "values": { "points": 1 } })), 400, "type_changed");
    assert_eq!(made.metadata(), before);
}

#[test]
fn values_need_a_template() {
    let uploaded = Made::uploaded();
    for change in [json!({ "values": { "points": 1 } }), json!({ "increment": { "points": 1 } })] {
        is_problem_about(&uploaded.change(&change), 409, &["uploaded", "merge patch"]);
    }
    uploaded.change(&json!({ "pass": { "description": "another" } })).expect(200);
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64 })).expect(201);
    made.issuer.remove_template(&made.template.name).expect(204);
    is_problem_about(&made.change(&json!({ "values": { "points": 1 } })), 409, &["template", "removed"]);
    assert_eq!(made.change(&json!({ "pass": { "logoText": "own" } })).expect(200).json()["values"], json!({ "points": 64 }));
}

#[test]
fn an_upload_ends_the_values() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64 })).expect(201);
    let file = made.file();
    made.change(&json!({ "increment": { "points": 1 } })).expect(200);
    made.issuer.publish(&made.pass_type, &made.serial, &file).expect(200);
    assert_eq!((&made.metadata()["template"], &made.metadata()["values"]), (&Value::Null, &json!({})));
}

#[test]
fn conditions_and_withdrawals_are_kept_as_for_a_patch() {
    let made = Made::loyalty();
    assert_eq!(made.change(&json!({ "values": { "points": 1 } })).status, 404);
    made.make_with(&json!({ "points": 64 })).expect(201);
    let (before, etag) = (made.metadata(), made.etag());
    for change in [json!({ "values": { "points": 1 } }), json!({ "increment": { "points": 1 } })] {
        assert_eq!(made.change_if(&change, &[("If-Match", "\"0\"")]).status, 412);
    }
    assert_eq!(made.metadata(), before);
    made.change_if(&json!({ "increment": { "points": 1 } }), &[("If-Match", &etag)]).expect(200);
    made.withdraw();
    for change in [json!({ "values": { "points": 1 } }), json!({ "increment": { "points": 1 } })] {
        is_problem_about(&made.change(&change), 409, &["withdrawn", "PUT"]);
    }
}

#[test]
fn a_phone_sees_the_new_value() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64 })).expect(201);
    let mut phone = new_phone();
    let _ = (phone.register(&made.pass()), phone.list(&made.pass_type), phone.fetch(&made.pass()));
    made.change(&json!({ "values": { "points": 74 } })).expect(200);
    went_well(&phone.update(&made.pass_type));
    assert_eq!(points(&phone.pass(&made.pass_type, &made.serial).unwrap().content), &json!(74));
}
