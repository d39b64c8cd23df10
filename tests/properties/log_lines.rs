//! What devices log: any body can be read, and nothing in it becomes more than a bounded counter.

use edgepass::{storage::Value, web_service::Log};
use edgepass_support::clock;
use proptest::prelude::*;
use std::{hint::black_box, time::Duration};

fn entries(body: &[u8]) -> Vec<serde_json::Value> {
    let Some(log) = Log::parse(body, 1_764_000_000) else { return Vec::new() };
    let batch = log.batch();
    let Value::Text(entries) = batch.queries[0].values[1] else { panic!("the second parameter is a text") };
    serde_json::from_str(entries).unwrap()
}

proptest! {
    #[test]
    fn any_bytes_can_be_sent(body in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = entries(&body);
    }

    #[test]
    fn lines_become_counters_and_short_samples(lines in prop::collection::vec("\\PC{0,400}", 0..60)) {
        let entries = entries(serde_json::json!({ "logs": lines }).to_string().as_bytes());
        let counted: u64 = entries.iter().map(|entry| entry[2].as_u64().unwrap()).sum();
        prop_assert_eq!(counted, lines.len() as u64);
        for entry in entries {
            let sample = entry[3].as_str().unwrap();
            prop_assert!(sample.chars().count() <= 240);
            prop_assert!(!sample.chars().any(char::is_control));
        }
    }

    #[test]
    fn identifiers_do_not_reach_the_sample(device in "[0-9a-f]{32}", serial in "[A-Z]{3}-[0-9]{9}", token in "[0-9a-f]{64}") {
        let line = format!("[2016-08-28 11:57:01 -0400] Register task (for device {device}, pass type pass.com.example, serial number {serial}; with web service url https://example.com/{token}) encountered error: Authentication failure");
        let sent = serde_json::json!({ "logs": [line, format!("{token} and {device} and {serial}")] }).to_string();
        for entry in entries(sent.as_bytes()) {
            let sample = entry[3].as_str().unwrap();
            prop_assert!(!sample.contains(&device) && !sample.contains(&serial) && !sample.contains(&token), "{}", sample);
        }
    }
}

#[test]
fn more_lines_than_a_phone_sends_are_cut() {
    let lines: Vec<_> = (0..5000).map(|number| format!("line {number}")).collect();
    let entries = entries(serde_json::json!(lines).to_string().as_bytes());
    assert_eq!(entries[0][2], 200);
}

fn time_to_read(body: &[u8]) -> Duration {
    let times = (0..20).map(|_| {
        let started = clock::instant();
        black_box(Log::parse(black_box(body), 0));
        started.elapsed()
    });
    times.min().unwrap()
}

#[test]
fn no_body_takes_much_longer_than_a_plain_one_of_its_size() {
    const TASK: &str = "Get pass task (for device 8f2dAA, pass type pass.com.example, serial number S-1; with web service url https://x) encountered error: ";
    let body = |line: &str| serde_json::json!({ "logs": vec![&line[..2000]; 32] }).to_string();
    let plain = time_to_read(body(&TASK.repeat(20)).as_bytes());
    for repeated in ["e", "es", "esi ", "serial number ", "1 ", "'", "://"] {
        let hostile = format!("for device e, pass type i, serial number s; {}", repeated.repeat(2000));
        let time = time_to_read(body(&hostile).as_bytes());
        assert!(time < 5 * plain, "{repeated:?}: {time:?}, a plain body {plain:?}");
    }
}
