//! The memory that large requests take, of the 128 MB of an isolate: that of WebAssembly, which `GET /memory` of the modules
//! in here
//! tells. What JavaScript takes besides is not in it.

use crate::util::{Card, Template, is_problem_about, new_type, until};
use edgepass_support::{
    http::{Answer, Body},
    issuer::PKPASS,
    pass::{Layout, PassBuilder, write_archive},
    server::{ISSUER_KEY, Options, Server},
};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
};

const BEFORE: [(&str, &str); 2] =
    [("worker.mjs", include_str!("memory/worker.mjs")), ("memory.mjs", include_str!("memory/memory.mjs"))];

/// Nearly as large as the largest upload, 5 MiB.
const LARGE: usize = 49 * 1024 * 1024 / 10;

fn server() -> Server {
    Server::start(Options { before: &BEFORE, ..Options::default() })
}

fn memory(server: &Server) -> i64 {
    server.request("GET", "/memory", &[], Body::Empty).expect(200).json().as_i64().expect("a number")
}

/// A pass file with an image of so many bytes.
fn file(pass_type: &str, serial: &str, bytes: usize) -> Vec<u8> {
    PassBuilder::new(pass_type, serial).file("strip.png", vec![7; bytes]).layout(Layout::Stored).build()
}

/// Uploads passes at the same time.
fn upload(server: &Server, pass_type: &str, files: &[Vec<u8>]) -> Vec<Answer> {
    let upload = |(at, file): (usize, &Vec<u8>)| server.issuer().publish(pass_type, &format!("S-{at}"), file);
    thread::scope(|scope| {
        let uploads: Vec<_> = files.iter().enumerate().map(|each| scope.spawn(move || upload(each))).collect();
        uploads.into_iter().map(|upload| upload.join().expect("an answer")).collect()
    })
}

#[test]
fn eight_large_uploads_at_once_take_a_little_more_than_their_bytes() {
    let (server, pass_type) = (server(), new_type());
    let files: Vec<_> = (0..8).map(|at| file(&pass_type, &format!("S-{at}"), LARGE - 20_000)).collect();
    let idle = memory(&server);
    for answer in upload(&server, &pass_type, &files[..1]) {
        answer.expect(201);
    }
    let one = memory(&server);
    assert!(one - idle < 8_000_000, "{one} - {idle}");
    for answer in upload(&server, &pass_type, &files) {
        assert!([200, 201].contains(&answer.status), "{answer:#}");
    }
    let eight = memory(&server);
    assert!(eight - idle < 50_000_000, "{eight} - {idle}");
    for (at, file) in files.iter().enumerate() {
        let stored = server.issuer().download(&pass_type, &format!("S-{at}")).expect(200).body;
        assert!(stored == *file, "what is stored of S-{at} is not what was sent");
    }
}

#[test]
fn a_bundle_is_sent_without_being_held_in_memory() {
    let (server, pass_type) = (server(), new_type());
    let passes: Vec<Value> = (0..10)
        .map(|at| {
            let serial = format!("S-{at}");
            server.issuer().publish(&pass_type, &serial, &file(&pass_type, &serial, 800_000)).expect(201);
            json!({ "passTypeIdentifier": pass_type, "serialNumber": serial })
        })
        .collect();
    let link = server.issuer().send_bundle(&json!({ "passes": passes }).to_string()).expect(201).json();
    let url = link["url"].as_str().expect("a url");
    let path = &url[url.find("/links/").expect("a link")..];
    // A new isolate, which did not store the passes.
    let server = server.restart(Options { before: &BEFORE, ..Options::default() });
    let idle = memory(&server);
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                let answer = server.request("GET", path, &[], Body::Empty).expect(200);
                assert_eq!(answer.header("content-length"), Some(&*answer.body.len().to_string()));
                assert!(answer.body.len() > 8_000_000);
            });
        }
    });
    let most = memory(&server);
    assert!(most - idle < 2_000_000, "{most} - {idle}");
}

#[test]
fn a_small_template_of_very_many_json_values_is_refused_in_little_memory() {
    let server = server();
    let idle = memory(&server);
    let dense = format!(r#""userInfo":[{}0]"#, r#"{"":0},"#.repeat(140_000));
    let members: Vec<_> = (0..90_000).map(|at| format!(r#""k{at}":0"#)).collect();
    for more in [dense, members.join(",")] {
        let pass = r#"{"formatVersion":1,"organizationName":"E","description":"D","storeCard":{},"#;
        let pass = ("pass.json".to_owned(), format!("{pass}{more}}}").into_bytes());
        let file = write_archive(&[pass, ("icon.png".to_owned(), vec![0; 8])], Layout::Deflated);
        let refused = server.issuer().store_template("dense", &file);
        assert_eq!(refused.status, 400, "{refused:#}");
        assert!(refused.text().contains("more than 10000 values"), "{refused:#}");
    }
    let most = memory(&server);
    assert!(most - idle < 12_000_000, "{most} - {idle}");
}

/// A client that announces a large pass, and stops half-way.
fn stall(server: &Server, pass_type: &str) -> TcpStream {
    let address = server.base().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the service listens");
    let head = format!(
        "PUT /issuer/v1/passes/{pass_type}/stalled HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {ISSUER_KEY}\r\n\
         Content-Type: {PKPASS}\r\nContent-Length: {LARGE}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("the service reads");
    stream.write_all(&vec![0; LARGE / 2]).expect("the service reads");
    stream
}

#[test]
fn beyond_eight_large_bodies_the_next_is_503_and_small_ones_pass_until_clients_went_away() {
    let server = Server::start(Options::default());
    let card = Card::unpublished().at(server.issuer());
    let large = file(card.pass_type(), "large", LARGE - 20_000);
    let upload = || server.issuer().publish(card.pass_type(), "large", &large);
    let mut clients: Vec<_> = (0..8).map(|_| stall(&server, card.pass_type())).collect();
    let refused = until("a large body is refused", || Some(upload()).filter(|answer| answer.status == 503));
    is_problem_about(&refused, 503, &["Try again"]);
    assert_eq!(refused.header("retry-after"), Some("5"));
    card.publish(&card.file()).expect(201);
    Template::new().at(server.issuer()).store().expect(201);

    // One is done, if not as it wished.
    let mut last = clients.pop().expect("eight of them");
    last.write_all(&vec![0; LARGE - LARGE / 2]).expect("the service reads");
    let mut status = [0; 12];
    last.read_exact(&mut status).expect("an answer");
    assert_eq!(&status, b"HTTP/1.1 400");
    let uploaded = upload();
    assert!([200, 201].contains(&uploaded.status), "{uploaded:#}");
    clients.push(stall(&server, card.pass_type()));
    until("a large body is refused again", || Some(upload()).filter(|answer| answer.status == 503));

    // The others go away.
    drop(clients);
    until("there is room again", || Some(upload()).filter(|answer| answer.status == 200));
}
