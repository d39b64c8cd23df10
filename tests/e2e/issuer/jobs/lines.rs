//! Lines as NDJSON: what is taken, and what is refused as a whole.

use super::{done, end, line, name, outcomes, statuses};
use crate::util::{Made, is_problem, is_problem_about, issuer, members};
use edgepass_support::issuer::{CSV, NDJSON};
use serde_json::{Value, json};

#[test]
fn a_job_is_202_with_its_progress_and_where_it_is_found() {
    let made = Made::ready();
    let answer = made.issuer.start_job(&[line("create", &made, "S-1", &json!({}))]).expect(202);
    let started = answer.json();
    assert_eq!(answer.header("location"), Some(&*format!("jobs/{}", name(&started))));
    let expected = ["created", "done", "failed", "finished", "job", "state", "succeeded", "total", "updated"];
    assert_eq!(members(&started), expected);
    assert_eq!((&started["total"], &started["done"], &started["finished"]), (&json!(1), &json!(0), &Value::Null));
    let ended = end(&made.issuer, &name(&started));
    assert_eq!((&ended["state"], &ended["succeeded"], &ended["failed"]), (&json!("finished"), &json!(1), &json!(0)), "{ended}");
    for member in ["created", "updated", "finished"] {
        assert!(httpdate::parse_http_date(ended[member].as_str().unwrap()).is_ok(), "{ended}");
    }
    made.metadata();
}

#[test]
fn each_line_is_answered_as_the_same_request_by_itself() {
    let made = Made::published();
    let patch = json!({ "pass": { "logoText": "of the job" } });
    let outcomes = done(
        &made.issuer,
        &[
            line("create", &made, "S-2", &json!({ "pass": { "userInfo": { "own": 1 } }, "link": true })),
            line("patch", &made, "S-1", &patch),
            line("patch", &made, "unknown", &patch),
            line("patch", &made, "S-1", &json!({ "pass": { "description": null } })),
            line("void", &made, "S-2", &json!({})),
            line("link", &made, "S-2", &json!({ "expiresIn": 60 })),
            line("link", &made, "unknown", &json!({})),
            line("withdraw", &made, "S-2", &json!({})),
            line("withdraw", &made, "unknown", &json!({})),
            line("create", &made, "S-1", &json!({ "pass": { "serialNumber": "another" } })),
            line("patch", &made, "S-1", &json!({ "values": { "cups": 1 } })),
            line("patch", &made, "S-1", &json!({ "increment": { "balance": 5 }, "externalId": "7" })),
            line("message", &made, "S-1", &json!({ "text": "Hello" })),
        ],
    );
    assert_eq!(statuses(&outcomes), [201, 200, 404, 400, 200, 201, 404, 204, 404, 409, 400, 200, 200], "{outcomes:#?}");
    for (place, outcome) in (1..).zip(&outcomes) {
        assert_eq!(outcome["line"], json!(place));
        assert_eq!(outcome["passTypeIdentifier"], made.pass_type);
        if outcome["status"].as_i64() >= Some(400) {
            assert_eq!(outcome["answer"]["status"], outcome["status"], "a problem document: {outcome}");
        }
    }
    let created = &outcomes[0]["answer"];
    assert_eq!((&created["serialNumber"], &created["changed"]), (&json!("S-2"), &json!(true)));
    assert_eq!(outcomes[3]["answer"]["defects"][0]["code"], "description", "{}", outcomes[3]);
    assert_eq!(outcomes[7]["answer"], Value::Null);
    for place in [0, 5] {
        assert!(outcomes[place]["link"].as_str().unwrap().contains("/links/"), "{}", outcomes[place]);
    }
    assert_eq!(outcomes[5]["link"], outcomes[5]["answer"]["url"]);
    assert_eq!(made.content()["logoText"], "of the job");
    assert_eq!(made.content()["storeCard"]["primaryFields"][0]["value"], 15);
    assert_eq!(outcomes[11]["externalId"], "7");
    let other = made.sibling("S-2");
    assert_eq!((&other.content()["userInfo"]["own"], &other.content()["voided"]), (&json!(1), &json!(true)));
    assert!(other.metadata()["withdrawn"].is_string());
}

#[test]
fn a_line_may_name_its_pass_by_external_id() {
    let made = Made::loyalty();
    let create = |serial, id: &str| line("create", &made, serial, &json!({ "externalId": id }));
    let [one, two, twice, none] = ["1", "2", "twice", "none"].map(|id| format!("{id} of {}", made.template.name));
    let lines = [create("S-1", &one), create("S-2", &two), create("S-3", &twice), create("S-4", &twice)];
    assert_eq!(statuses(&done(&made.issuer, &lines)), [201; 4]);
    let named = |operation: &str, id: &str, members: Value| {
        let mut line = members;
        (line["op"], line["externalId"]) = (json!(operation), json!(id));
        line
    };
    let other = Made::loyalty();
    other.order(&json!({ "template": other.template.name, "externalId": one })).expect(201);
    let template = &made.template.name;
    let outcomes = done(
        &made.issuer,
        &[
            named("patch", &one, json!({ "increment": { "points": 10 }, "template": template })),
            named("patch", &none, json!({ "increment": { "points": 10 } })),
            named("patch", &twice, json!({ "values": { "points": 10 }, "template": template })),
            line("patch", &made, "S-1", &json!({ "increment": { "points": 1 } })),
            named("patch", &one, json!({ "increment": { "points": 1 } })),
            named("patch", &one, json!({ "increment": { "points": 1 }, "template": "another" })),
            named("message", &one, json!({ "text": "Hello", "template": template })),
            named("link", &two, json!({})),
            named("withdraw", &two, json!({})),
        ],
    );
    assert_eq!(statuses(&outcomes), [200, 404, 409, 200, 409, 404, 200, 201, 204], "{outcomes:#?}");
    let found = outcomes.iter().map(|outcome| (outcome["externalId"].as_str(), outcome["serialNumber"].as_str()));
    let (first, second) = ((Some(&*one), Some("S-1")), (Some(&*two), Some("S-2")));
    let [none, twice, one] = [&none, &twice, &one].map(|id| (Some(&**id), None));
    let expected = [first, none, twice, (None, Some("S-1")), one, one, first, second, second];
    assert_eq!(found.collect::<Vec<_>>(), expected, "{outcomes:#?}");
    assert_eq!(made.content()["storeCard"]["primaryFields"][0]["value"], 11);
}

#[test]
fn a_pass_without_a_serial_number_gets_one() {
    let made = Made::ready();
    let mut line = line("create", &made, "", &json!({}));
    line.as_object_mut().unwrap().remove("serialNumber");
    let outcomes = done(&made.issuer, &[line.clone(), line]);
    assert_eq!(statuses(&outcomes), [201, 201]);
    let serials: Vec<_> = outcomes.iter().map(|outcome| outcome["serialNumber"].as_str().unwrap()).collect();
    assert_ne!(serials[0], serials[1]);
    for serial in serials {
        made.sibling(serial).metadata();
    }
}

#[test]
fn one_bad_line_is_400_with_all_errors_by_line_and_nothing_happens() {
    let made = Made::ready();
    let good = line("create", &made, "S-1", &json!({}));
    let bad: [(String, &str); 17] = [
        ("{".to_owned(), "line 1"),
        ("[]".to_owned(), "JSON object"),
        (String::new(), "empty"),
        (json!({}).to_string(), "`op`"),
        (json!({ "op": "delete" }).to_string(), "`op`"),
        (json!({ "op": "void" }).to_string(), "`passTypeIdentifier` is missing"),
        (json!({ "op": "void", "passTypeIdentifier": "pass.p" }).to_string(), "`serialNumber` is missing"),
        (json!({ "op": "void", "passTypeIdentifier": "pass.p", "externalId": "7" }).to_string(), "`serialNumber` is missing"),
        (json!({ "op": "void", "externalId": 7 }).to_string(), "`externalId` must be"),
        (line("create", &made, "S\n1", &json!({})).to_string(), "`serialNumber` must be"),
        (line("create", &made, "S-1", &json!({ "template": "no-such-template" })).to_string(), "no template"),
        (line("create", &made, "S-1", &json!({ "template": 1 })).to_string(), "template"),
        (line("create", &made, "S-1", &json!({ "link": { "expiresIn": 0 } })).to_string(), "expiresIn"),
        (line("patch", &made, "S-1", &json!({ "pass": [] })).to_string(), "nothing besides"),
        (line("create", &made, "S-1", &json!({ "values": { "cups": 1 } })).to_string(), "balance"),
        (line("message", &made, "S-1", &json!({ "text": " " })).to_string(), "text"),
        (line("void", &made, "S-1", &json!({ "pass": {} })).to_string(), "`pass` is not a member"),
    ];
    let texts: Vec<_> = bad.iter().flat_map(|(text, _)| [text.clone(), good.to_string()]).collect();
    let body = texts.join("\n");
    let answer = made.issuer.send_job("", NDJSON, body.as_bytes());
    is_problem(&answer, 400);
    let problem = answer.json();
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.len(), bad.len(), "{answer:#}");
    for (number, (error, (text, words))) in errors.iter().zip(&bad).enumerate() {
        assert_eq!(error["line"], json!(2 * number + 1), "{text}");
        assert!(error["message"].as_str().unwrap().contains(words.trim_start_matches("line 1")), "{text}: {error}");
    }
    let checked = made.issuer.send_job("?validate=only", NDJSON, body.as_bytes()).expect(200).json();
    assert_eq!((&checked["valid"], &checked["lines"]), (&json!(false), &json!(34)));
    assert_eq!(checked["errors"], problem["errors"]);
    made.is_unknown();
}

#[test]
fn good_lines_can_be_checked_without_doing_them() {
    let made = Made::ready();
    let body = format!("{}\n\n", line("create", &made, "S-1", &json!({})));
    for query in ["?validate=only", "?dryRun=true"] {
        let checked = made.issuer.send_job(query, NDJSON, body.as_bytes()).expect(200).json();
        assert_eq!(checked, json!({ "valid": true, "lines": 1, "errors": [] }));
        made.is_unknown();
    }
}

#[test]
fn what_is_no_job_is_refused() {
    let issuer = issuer();
    is_problem_about(&issuer.send_job("", NDJSON, b""), 400, &["no lines"]);
    is_problem_about(&issuer.send_job("", NDJSON, b"\n\n"), 400, &["no lines"]);
    is_problem(&issuer.send_job("", "text/plain", b"{}"), 415);
    is_problem_about(&issuer.send_job("?validate=yes", NDJSON, b"{}"), 400, &["validate"]);
    is_problem_about(&issuer.send_job("?template=t", NDJSON, b"{}"), 400, &["text/csv"]);
    is_problem_about(&issuer.send_job("", CSV, b"a\n"), 400, &["template"]);
    is_problem(&issuer.job("no-such-job"), 404);
    is_problem(&issuer.cancel_job("no-such-job"), 404);
    is_problem(&issuer.job_results("no-such-job", NDJSON), 404);
}

#[test]
fn jobs_are_listed_the_newest_first() {
    let made = Made::ready();
    let jobs: Vec<_> = (0..3)
        .map(|_| name(&made.issuer.start_job(&[line("withdraw", &made, "unknown", &json!({}))]).expect(202).json()))
        .collect();
    let mut found: Vec<(String, String)> = Vec::new();
    let mut cursor = String::new();
    while !jobs.iter().all(|job| found.iter().any(|(_, found)| found == job)) {
        let page = made.issuer.jobs(&format!("?limit=2{cursor}")).expect(200).json();
        for job in page["jobs"].as_array().unwrap() {
            let created = httpdate::parse_http_date(job["created"].as_str().unwrap()).unwrap();
            let seconds = created.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
            found.push((format!("{seconds:020}"), name(job)));
        }
        let Some(next) = page["cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(jobs.iter().all(|job| found.iter().filter(|(_, found)| found == job).count() == 1), "{found:?}");
    assert!(found.windows(2).all(|pair| pair[0] > pair[1]), "{found:?}");
}

#[test]
fn results_come_as_csv_too() {
    let made = Made::ready();
    let lines =
        [line("create", &made, "a,\"b", &json!({ "link": true })), line("patch", &made, "unknown", &json!({ "pass": {} }))];
    let job = name(&made.issuer.start_job(&lines).expect(202).json());
    end(&made.issuer, &job);
    let answer = made.issuer.job_results(&job, CSV).expect(200);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let link = outcomes(&made.issuer, &job)[0]["link"].as_str().unwrap().to_owned();
    let pass_type = &made.pass_type;
    let expected = [
        "line,status,passTypeIdentifier,serialNumber,externalId,link,error".to_owned(),
        format!("1,201,{pass_type},\"a,\"\"b\",,{link},"),
        format!("2,404,{pass_type},unknown,,,No such pass was published."),
    ];
    assert_eq!(answer.text(), expected.join("\r\n") + "\r\n");
}
