//! Requests with one fault each.

use crate::client::{BOTH, Push, provider_token};
use edgepass_support::apns::Apns;

/// A fault, the status of the answer to it, and how its problem is put.
type Case = (fn(Push) -> Push, u16, &'static str);

const CASES: &[Case] = &[
    (|push| Push { method: "PUT", ..push }, 405, "405 MethodNotAllowed: the method is PUT"),
    (|push| Push { path: "/3/devices/0a".to_owned(), ..push }, 404, "404 BadPath: the path is /3/devices/0a"),
    (|push| Push { path: "/3/device/0a/b".to_owned(), ..push }, 404, "404 BadPath: the path is /3/device/0a/b"),
    (|push| Push { path: "/3/device/0a?b".to_owned(), ..push }, 404, "404 BadPath: the path is /3/device/0a?b"),
    (|push| Push { path: "/3/device/".to_owned(), ..push }, 400, "400 MissingDeviceToken: there is no push token"),
    (|push| push.with(&[("authorization", "")]), 403, "403 MissingProviderToken: there is no authorization"),
    (
        |push| push.with(&[("authorization", "Basic YTpi")]),
        403,
        "403 InvalidProviderToken: authorization is Basic YTpi, without bearer",
    ),
    (|push| push.with(&[("apns-topic", "")]), 400, "400 MissingTopic: there is no apns-topic"),
    (
        |mut push| {
            push.headers.push(("apns-topic", "pass.com.example.tea".to_owned()));
            push
        },
        400,
        "400 DuplicateHeaders: there is more than one apns-topic",
    ),
    (
        |push| push.with(&[("apns-push-type", "alert")]),
        400,
        "400 InvalidPushType: apns-push-type is alert instead of background",
    ),
    (|push| push.with(&[("apns-push-type", "")]), 400, "400 InvalidPushType: apns-push-type is missing instead of background"),
    (|push| push.with(&[("apns-priority", "10")]), 400, "400 BadPriority: apns-priority is 10 instead of 5"),
    (|push| Push { body: String::new(), ..push }, 400, "400 PayloadEmpty: there is no body"),
    (|push| Push { body: "x".repeat(4097), ..push }, 413, "413 PayloadTooLarge: the body has 4097 bytes"),
    // What APNs lets pass, though no push to Wallet has it.
    (|push| Push { body: r#"{"aps":{}}"#.to_owned(), ..push }, 200, r#"the body is {"aps":{}} instead of {}"#),
    (|push| push.with(&[("apns-expiration", "0")]), 200, "there is a header apns-expiration"),
];

#[test]
fn each_fault_is_a_problem_and_answered_as_apns_does() {
    for version in BOTH {
        let apns = Apns::start();
        let provider_token = provider_token(&apns);
        for (fault, status, problem) in CASES {
            let answer = fault(Push::to("0a1b", &provider_token)).send(&apns, version).unwrap();
            let received = apns.requests().pop().unwrap();
            let problems: Vec<_> = received.problems.iter().map(ToString::to_string).collect();
            assert_eq!(problems, [*problem]);
            let reason = problem.split([' ', ':']).nth(1).unwrap_or_default();
            let body = if *status == 200 { String::new() } else { format!(r#"{{"reason":"{reason}"}}"#) };
            assert_eq!((answer.status, answer.body), (*status, Some(body)), "{version:?} {problem}");
        }
        assert_eq!(apns.problems().len(), CASES.len());
    }
}

#[test]
fn behind_a_certificate_there_is_no_provider_token() {
    let apns = Apns::without_token_check();
    let push = Push::to("0a1b", "a.b.c");
    assert_eq!(push.send(&apns, BOTH[0]).unwrap().status, 200);
    assert_eq!(apns.problems()[0].wrong, "there is an authorization header, besides the certificate");
    assert_eq!(push.with(&[("authorization", "")]).send(&apns, BOTH[1]).unwrap().status, 200);
    assert_eq!((apns.problems().len(), apns.count()), (1, 2));
}
