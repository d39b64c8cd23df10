//! `POST`, `GET /issuer/v1/templates/{name}/republish`

use crate::util::{Made, Template, calls, is_problem, issuer, logged, new_phone, until, used, went_well};
use edgepass_support::{
    pass::PassBuilder,
    random,
    server::{Options, Server, database},
};
use serde_json::{Value, json};

/// More passes than a consumer makes for one message, and no multiple of that.
const PASSES: usize = 27;

#[track_caller]
pub(super) fn republish(template: &Template) -> Value {
    let issuer = issuer();
    issuer.republish(&template.name).expect(202);
    until("the run is finished", || {
        let run = issuer.republication(&template.name).expect(200).json();
        (run["state"] == "finished").then_some(run)
    })
}

fn counts(run: &Value) -> [i64; 5] {
    ["total", "done", "changed", "unchanged", "failed"].map(|member| run[member].as_i64().unwrap_or(-1))
}

fn passes(count: usize) -> Vec<Made> {
    let first = Made::ready();
    let passes: Vec<_> = (0..count).map(|number| first.sibling(&format!("S-{number}"))).collect();
    for (number, pass) in passes.iter().enumerate() {
        pass.make(&json!({ "userInfo": { "own": number } })).expect(201);
    }
    passes
}

#[test]
fn a_new_template_changes_no_pass_until_it_is_republished() {
    let made = Made::published();
    let (before, file) = (made.metadata(), made.file());
    made.template.clone().field("logoText", "new").store().expect(200);
    assert_eq!(made.metadata(), before);
    assert!(made.file() == file, "the pass changed by itself");
    assert_eq!(counts(&republish(&made.template)), [1, 1, 1, 0, 0]);
    assert_eq!(made.content()["logoText"], "new");
}

#[test]
fn starting_is_202_with_the_progress_and_where_it_is_found() {
    let made = Made::published();
    let answer = made.issuer.republish(&made.template.name).expect(202);
    assert_eq!(answer.header("location"), Some("republish"));
    assert_eq!(calls(&answer), 1);
    let run = answer.json();
    let members: Vec<_> = run.as_object().unwrap().keys().cloned().collect();
    let expected =
        ["changed", "done", "failed", "failures", "finished", "started", "state", "template", "total", "unchanged", "updated"];
    assert_eq!(members, expected);
    assert_eq!((&run["template"], &run["state"]), (&json!(made.template.name), &json!("running")));
    assert_eq!(run["finished"], Value::Null);
    let finished = until("the run is finished", || {
        let answer = made.issuer.republication(&made.template.name).expect(200);
        used(&answer, 1, 0);
        let run = answer.json();
        (run["state"] == "finished").then_some(run)
    });
    for member in ["started", "updated", "finished"] {
        assert!(httpdate::parse_http_date(finished[member].as_str().unwrap()).is_ok(), "{finished}");
    }
}

#[test]
fn all_passes_are_made_again_with_what_each_has_of_its_own_and_phones_see_it() {
    let passes = passes(PASSES);
    let (first, template) = (&passes[0], passes[0].template.clone());
    let mut phone = new_phone();
    for pass in &passes {
        let _ = phone.register(&pass.pass());
    }
    let _ = phone.update(&first.pass_type);
    first.patch(&json!({ "userInfo": { "patched": true }, "backgroundColor": null })).expect(200);
    let _ = phone.update(&first.pass_type);

    template.clone().field("backgroundColor", "rgb(1, 2, 3)").field("logoText", "new").store().expect(200);
    let run = republish(&template);
    let total = i64::try_from(PASSES).unwrap();
    assert_eq!(counts(&run), [total, total, total, 0, 0], "{run}");
    assert_eq!(run["failures"], json!([]));

    let exchanges = phone.update(&first.pass_type);
    assert_eq!(exchanges.len(), 1 + PASSES);
    went_well(&exchanges);
    for (number, pass) in passes.iter().enumerate() {
        let content = &phone.pass(&pass.pass_type, &pass.serial).unwrap().content;
        assert_eq!((&content["logoText"], &content["userInfo"]["own"]), (&json!("new"), &json!(number)));
        assert_eq!(content["userInfo"]["patched"].is_null(), number != 0);
        assert_eq!(content["backgroundColor"].is_null(), number == 0, "what a patch removed stays removed");
    }

    let again = republish(&template);
    assert_eq!(counts(&again), [total, total, 0, total, 0], "{again}");
    assert_eq!(phone.list(&first.pass_type).status(), 204);
}

#[test]
fn a_pass_that_cannot_be_made_is_counted_and_named_and_stays_as_it_is() {
    let passes = passes(PASSES);
    let (failing, template) = (&passes[3], passes[3].template.clone());
    failing.make(&json!({ "description": null, "organizationName": null })).expect(400);
    // This one takes away what only the template has so far, and brings a style of its own.
    failing.make(&json!({ "storeCard": null, "coupon": {} })).expect(200);
    let before = (failing.metadata(), failing.file());
    template.clone().without_field("storeCard").field("generic", json!({})).store().expect(200);
    let run = republish(&template);
    let total = i64::try_from(PASSES).unwrap();
    assert_eq!(counts(&run), [total, total, total - 1, 0, 1], "{run}");
    let failures = run["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0]["passTypeIdentifier"], failing.pass_type);
    assert_eq!(failures[0]["serialNumber"], failing.serial);
    assert!(failures[0]["reason"].as_str().unwrap().contains("one style"), "{run}");
    assert_eq!((failing.metadata(), failing.file()), before);
}

#[test]
fn without_a_signing_identity_each_pass_fails_and_the_run_ends() {
    let passes = passes(3);
    let template = &passes[0].template;
    passes[0].issuer.remove_identity(&passes[0].pass_type).expect(204);
    template.clone().field("logoText", "new").store().expect(200);
    let run = republish(template);
    assert_eq!(counts(&run), [3, 3, 0, 0, 3], "{run}");
    assert!(run["failures"][0]["reason"].as_str().unwrap().contains("signing identity"), "{run}");
}

#[test]
fn at_most_20_failures_are_named() {
    let passes = passes(PASSES);
    passes[0].issuer.remove_identity(&passes[0].pass_type).expect(204);
    let run = republish(&passes[0].template);
    assert_eq!(run["failed"], PASSES);
    assert_eq!(run["failures"].as_array().unwrap().len(), 20);
}

#[test]
fn withdrawn_passes_and_those_that_were_replaced_by_an_upload_are_left_alone() {
    let passes = passes(3);
    let [withdrawn, uploaded, made] = &passes[..] else { panic!("three passes") };
    withdrawn.withdraw();
    let upload = PassBuilder::new(&uploaded.pass_type, &uploaded.serial).token(&uploaded.pass().token).build();
    uploaded.issuer.publish(&uploaded.pass_type, &uploaded.serial, &upload).expect(200);
    let before = withdrawn.metadata();
    made.template.clone().field("logoText", "new").store().expect(200);
    let run = republish(&made.template);
    assert_eq!((&run["changed"], &run["failed"]), (&json!(1), &json!(0)), "{run}");
    assert_eq!(withdrawn.metadata(), before);
    assert!(uploaded.file() == upload, "the upload was replaced");
    assert_eq!(made.content()["logoText"], "new");
}

#[test]
fn a_run_that_is_under_way_is_replaced_and_all_passes_end_with_the_newest_template() {
    let passes = passes(PASSES);
    let (template, issuer) = (&passes[0].template, &passes[0].issuer);
    for number in 0..4 {
        template.clone().field("logoText", format!("version {number}")).store().expect(200);
        issuer.republish(&template.name).expect(202);
    }
    let run = until("the run is finished", || {
        let run = issuer.republication(&template.name).expect(200).json();
        (run["state"] == "finished").then_some(run)
    });
    let total = i64::try_from(PASSES).unwrap();
    assert_eq!((&run["total"], &run["done"], &run["failed"]), (&json!(total), &json!(total), &json!(0)), "{run}");
    for pass in &passes {
        assert_eq!(pass.content()["logoText"], "version 3");
    }
}

#[test]
fn changes_that_are_made_during_a_run_are_not_lost() {
    let passes = passes(PASSES);
    let template = &passes[0].template;
    template.clone().field("logoText", "new").store().expect(200);
    passes[0].issuer.republish(&template.name).expect(202);
    for pass in &passes {
        let answer = pass.patch(&json!({ "userInfo": { "late": true } }));
        assert_eq!(answer.status, 200, "{answer:#}");
    }
    until("the run is finished", || {
        let run = passes[0].issuer.republication(&template.name).expect(200).json();
        (run["state"] == "finished").then_some(())
    });
    for (number, pass) in passes.iter().enumerate() {
        let content = pass.content();
        assert_eq!(content["logoText"], "new");
        assert_eq!(content["userInfo"], json!({ "template": 1, "own": number, "late": true }));
    }
}

#[test]
fn a_patch_that_says_what_the_template_says_anyway_outlives_the_template() {
    let made = Made::published();
    let before = made.version();
    let description = made.template.content()["description"].clone();
    assert_eq!(made.patch(&json!({ "description": description })).expect(200).json()["changed"], false);
    assert_eq!(made.version(), before);
    made.template.clone().field("description", "of the template").field("logoText", "new").store().expect(200);
    assert_eq!(counts(&republish(&made.template)), [1, 1, 1, 0, 0]);
    let content = made.content();
    assert_eq!((&content["description"], &content["logoText"]), (&description, &json!("new")));
}

#[test]
fn a_template_without_passes_is_finished_at_once() {
    assert_eq!(counts(&republish(&Template::stored())), [0; 5]);
}

#[test]
fn an_unknown_template_and_one_that_was_never_republished_are_404() {
    let issuer = issuer();
    let unknown = format!("t-{}", random::hex(8));
    is_problem(&issuer.republish(&unknown), 404);
    is_problem(&issuer.republication(&unknown), 404);
    let template = Template::stored();
    is_problem(&issuer.republication(&template.name), 404);
    let _ = republish(&template);
    issuer.remove_template(&template.name).expect(204);
    is_problem(&issuer.republication(&template.name), 404);
    is_problem(&issuer.republish(&template.name), 404);
}

#[test]
fn a_run_whose_message_got_lost_is_gone_on_with_by_the_cron_trigger() {
    let server = Server::start(Options::default());
    let made = Made::ready_at(&server);
    made.make(&"{}").expect(201);
    let progress = || made.issuer.republication(&made.template.name).expect(200).json();
    let finished = || until("the run is finished", || Some(progress()).filter(|run| run["state"] == "finished"));
    made.issuer.republish(&made.template.name).expect(202);
    finished();
    made.template.clone().field("logoText", "new").store().expect(200);
    // What is left of a run whose first message got lost an hour ago.
    let lost = "UPDATE republications SET finished_at = NULL, sent_at = sent_at - 3600, changed = 0, unchanged = 0, \
                after_type = '', after_serial = ''";
    assert_eq!(database(server.state()).execute(lost, ()).expect("the columns are there"), 1);
    assert_eq!((&progress()["state"], &progress()["done"]), (&json!("running"), &json!(0)));
    server.trigger("* * * * *").expect(200);
    let line = logged(&server, "\"cron\":\"resume\"");
    assert_eq!(line, json!({ "cron": "resume", "resumed": 1 }));
    assert_eq!(counts(&finished()), [1, 1, 1, 0, 0]);
    assert_eq!(made.content()["logoText"], "new");
}
