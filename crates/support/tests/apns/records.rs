//! What can be read of what came in.

use crate::client::{BOTH, Push, Version, block_on, provider_token, read};
use edgepass_support::{
    apns::{Apns, Behaviour},
    clock::Stopwatch,
};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::{thread, time::Duration};
use tokio::net::TcpStream;

const LONG: Duration = Duration::from_mins(1);

#[test]
fn a_push_is_kept_with_all_it_had() {
    let apns = Apns::start();
    let provider_token = provider_token(&apns);
    let push = Push::to("0A1b%20", &provider_token).with(&[("x-other", "yes")]);
    for (version, expected) in [(Version::One, "HTTP/1.1"), (Version::Two, "HTTP/2")] {
        let answer = push.send(&apns, version).unwrap();
        assert_eq!((answer.status, answer.body.as_deref()), (200, Some("")));
        let received = apns.requests().pop().unwrap();
        assert_eq!(received.token, "0A1b%20");
        assert_eq!(received.topic.as_deref(), Some("pass.com.example.coffee"));
        assert_eq!(received.push_type.as_deref(), Some("background"));
        assert_eq!(received.priority.as_deref(), Some("5"));
        assert_eq!(received.outcome, "200");
        assert_eq!((received.raw.version, received.raw.method.as_str()), (expected, "POST"));
        assert_eq!((received.raw.path.as_str(), received.raw.body.as_slice()), ("/3/device/0A1b%20", &b"{}"[..]));
        assert_eq!(received.raw.header("X-Other"), Some("yes"));
        let claims = received.claims.unwrap();
        assert_eq!((claims.key_id.as_str(), claims.team_id.as_str()), (apns.key_id(), apns.team_id()));
    }
    let [first, second] = apns.requests().try_into().unwrap();
    assert!(first.raw.when <= second.raw.when);
    assert_eq!(apns.problems(), []);
    assert_eq!(apns.provider_tokens().len(), 1);
}

#[test]
fn waiting_ends_with_the_push_that_is_waited_for_or_with_the_time() {
    let apns = Apns::start();
    let push = Push::to("0a1b", &provider_token(&apns));
    let watch = Stopwatch::start();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| apns.wait_for(2, LONG));
        for version in BOTH {
            push.send(&apns, version).unwrap();
        }
        assert_eq!(waiting.join().unwrap().len(), 2);
    });
    assert!(watch.elapsed() < LONG);
    assert_eq!(apns.wait_for(3, Duration::from_millis(1)).len(), 2);
}

#[test]
fn many_on_one_connection_are_counted_without_being_kept() {
    let apns = Apns::counting();
    let provider_token = provider_token(&apns);
    apns.script("0", [Behaviour::unregistered(1)]);
    apns.otherwise(Behaviour::Deliver.after(Duration::from_millis(50)));
    block_on(async {
        let stream = TcpStream::connect(("127.0.0.1", apns.port())).await.unwrap();
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let pushes = (0..1000).map(|place| {
            let request = Push::to(&(place % 500).to_string(), &provider_token).request(&apns);
            let mut sender = sender.clone();
            tokio::spawn(async move { read(sender.send_request(request).await.unwrap()).await.unwrap().status })
        });
        for push in pushes.collect::<Vec<_>>() {
            assert!([200, 410].contains(&push.await.unwrap()));
        }
    });
    assert_eq!((apns.wait_for(1000, LONG).len(), apns.count()), (0, 1000));
    let outcomes: Vec<_> = apns.outcomes().into_iter().collect();
    assert_eq!(outcomes, [("200".to_owned(), 998), ("410 Unregistered".to_owned(), 2)]);
    assert_eq!((apns.delivered_devices(), apns.delivered_tokens().len()), (499, 998));
    assert_eq!(apns.connections(), 1);
    assert!(apns.most_at_once() > 1);
}

#[test]
fn other_paths_are_another_wallet_s() {
    let apns = Apns::start();
    apns.accept("/v1/push");
    apns.accept_with("/limited", [Behaviour::refuse("TooManyRequests"), Behaviour::raw(204, "")]);
    let push = |path: &str| Push {
        method: "PUT",
        path: path.to_owned(),
        headers: vec![("authorization", "Key abc".to_owned())],
        body: r#"{"pushTokens":["0a1b"]}"#.to_owned(),
    };
    for version in BOTH {
        let answer = push("/v1/push?x=1").send(&apns, version).unwrap();
        assert_eq!((answer.status, answer.body.as_deref()), (200, Some("{}")));
    }
    let limited = [429, 204, 204].map(|expected| (push("/limited").send(&apns, BOTH[0]).unwrap().status, expected));
    assert!(limited.iter().all(|(status, expected)| status == expected), "{limited:?}");
    let others = apns.wait_for_others(5, LONG);
    assert_eq!((others.len(), apns.count()), (5, 0));
    assert_eq!((others[1].method.as_str(), others[1].path.as_str()), ("PUT", "/v1/push?x=1"));
    assert_eq!((others[0].header("authorization"), others[0].body.len()), (Some("Key abc"), 23));
    assert_eq!(push("/v1/pushes").send(&apns, BOTH[0]).unwrap().status, 405);
}
