//! What it does when it is told to.

use crate::client::{BOTH, Push, Version, block_on, provider_token};
use edgepass_support::{
    apns::{Apns, Behaviour, REASONS},
    clock::Stopwatch,
};
use std::{net::TcpListener, time::Duration};
use tokio::time::timeout;

const LONG: Duration = Duration::from_mins(1);

#[test]
fn each_reason_of_apns_comes_with_its_status() {
    let apns = Apns::without_token_check();
    let push = Push::to("0a1b", "").with(&[("authorization", "")]);
    for (status, reason) in REASONS {
        apns.script("0a1b", [Behaviour::refuse(reason)]);
        let answer = push.send(&apns, Version::Two).unwrap();
        let body = format!(r#"{{"reason":"{reason}"}}"#);
        assert_eq!((answer.status, answer.body), (*status, Some(body)));
        assert!(answer.headers["apns-id"].len() == 36 && !answer.headers.contains_key("retry-after"));
    }
    apns.script("0a1b", [Behaviour::unregistered(1_700_000_000_123)]);
    let answer = push.send(&apns, Version::One).unwrap();
    let body = r#"{"reason":"Unregistered","timestamp":1700000000123}"#;
    assert_eq!((answer.status, answer.body.as_deref()), (410, Some(body)));
    apns.script("0a1b", [Behaviour::refuse("TooManyRequests").with_retry_after("17")]);
    assert_eq!(push.send(&apns, Version::One).unwrap().headers["retry-after"], "17");
    apns.script("0a1b", [Behaviour::raw(502, "<html>")]);
    assert_eq!(push.send(&apns, Version::One).unwrap().body.as_deref(), Some("<html>"));
    assert_eq!(apns.problems(), []);
}

#[test]
fn a_script_is_used_up_one_step_a_push_and_by_those_without_problems_only() {
    let steps = || [Behaviour::refuse("TooManyRequests"), Behaviour::refuse("BadDeviceToken")];
    let apns = Apns::start();
    apns.otherwise(Behaviour::refuse("Shutdown"));
    apns.script("stays", steps());
    apns.script_once("once", steps());
    let provider_token = provider_token(&apns);
    let statuses = |token: &str| {
        let push = || Push::to(token, &provider_token);
        let wrong = push().with(&[("apns-priority", "10")]);
        let pushes = [push(), wrong, push(), push(), push()];
        pushes.map(|push| push.send(&apns, Version::Two).unwrap().body.unwrap().replace(r#"{"reason":"#, ""))
    };
    let [limited, priority, bad, down] =
        ["TooManyRequests", "BadPriority", "BadDeviceToken", "Shutdown"].map(|reason| format!("\"{reason}\"}}"));
    assert_eq!(statuses("stays"), [&limited, &priority, &bad, &bad, &bad].map(Clone::clone));
    assert_eq!(statuses("once"), [&limited, &priority, &bad, &down, &down].map(Clone::clone));
}

#[test]
fn connections_break_as_they_are_told_to() {
    let apns = Apns::start();
    let push = Push::to("0a1b", &provider_token(&apns));
    for version in BOTH {
        apns.script("0a1b", [Behaviour::Reset]);
        push.send(&apns, version).unwrap_err();
        apns.script("0a1b", [Behaviour::Garbage]);
        push.send(&apns, version).unwrap_err();
        apns.script("0a1b", [Behaviour::Half(410)]);
        let answer = push.send(&apns, version).unwrap();
        assert_eq!((answer.status, answer.body), (410, None), "{version:?}");
        apns.script("0a1b", [Behaviour::Deliver]);
        assert_eq!(push.send(&apns, version).unwrap().status, 200);
    }
    let outcomes: Vec<_> = apns.outcomes().into_iter().collect();
    assert_eq!(outcomes, [("200", 2), ("garbage", 2), ("half 410", 2), ("reset", 2)].map(|(o, n)| (o.to_owned(), n)));
    assert_eq!((apns.delivered_tokens(), apns.connections()), (vec!["0a1b".to_owned(); 2], 8));
}

#[test]
fn a_delayed_answer_comes_later_and_a_hanging_one_never() {
    let delay = Duration::from_millis(50);
    for version in BOTH {
        let apns = Apns::start();
        let push = Push::to("0a1b", &provider_token(&apns));
        apns.script("0a1b", [Behaviour::Deliver.after(delay), Behaviour::Hang]);
        let watch = Stopwatch::start();
        assert_eq!(push.send(&apns, version).unwrap().status, 200);
        assert!(watch.elapsed() >= delay);
        block_on(async {
            timeout(delay, push.send_async(&apns, version)).await.unwrap_err();
        });
        assert_eq!(apns.wait_for(2, LONG)[1].outcome, "hang");
    }
}

#[test]
fn it_ends_with_its_value_whatever_hangs() {
    for version in BOTH {
        let apns = Apns::start();
        let port = apns.port();
        apns.otherwise(Behaviour::Hang);
        let push = Push::to("0a1b", &provider_token(&apns));
        block_on(async {
            let ended = async {
                while apns.count() == 0 {
                    tokio::task::yield_now().await;
                }
            };
            // The connection is still open, and so is the request.
            tokio::select! { answer = push.send_async(&apns, version) => panic!("{answer:?}"), () = ended => () }
        });
        drop(apns);
        TcpListener::bind(("127.0.0.1", port)).unwrap();
    }
}

#[test]
fn while_it_is_down_connections_are_reset_and_nothing_comes_in() {
    for version in BOTH {
        let apns = Apns::start();
        let push = Push::to("0a1b", &provider_token(&apns));
        apns.script_once("0a1b", [Behaviour::Hang]);
        block_on(async {
            // One that is under way is broken.
            let outage = async {
                while apns.count() == 0 {
                    tokio::task::yield_now().await;
                }
                apns.down();
            };
            let (answer, ()) = tokio::join!(push.send_async(&apns, version), outage);
            answer.unwrap_err();
        });
        push.send(&apns, version).unwrap_err();
        apns.up();
        assert_eq!(push.send(&apns, version).unwrap().status, 200);
        assert_eq!((apns.count(), apns.connections()), (2, 2));
    }
}
