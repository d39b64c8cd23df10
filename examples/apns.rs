//! A push service for the command line: `cargo run --example apns -- --port 9009`.
//!
//! It takes pushes as APNs does, prints a line for each with its faults, and delivers nothing.

use std::{
    error::Error,
    fs,
    process::ExitCode,
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use edgepass_support::{
    apns::{Apns, Check, Credentials, Options, Received},
    arguments::Arguments,
    interrupt,
};
use serde_json::json;

const USAGE: &str = "\
Usage: cargo run --example apns -- [--port PORT] [--key KEY.p8 [--key-id ID] [--team-id ID]] [--count]

Listens on 127.0.0.1 as Apple's push service does, verifies what it is sent, and prints a line for each push:
pass type, push token, outcome, and what is wrong with it. A service to try it with:

  make dev WRANGLER_ARGS='--var APNS_URL:http://127.0.0.1:9009'

  --port PORT   where it listens (default 9009)
  --key FILE    the team's key; without it, any provider token is taken that has the right form
  --key-id ID   the key's identifier; without it, any will do
  --team-id ID  the team's identifier; without it, any will do
  --count       a line each second instead, for a hundred thousand pushes
  --help        show this

Ctrl-C, or the end of its input when that is a pipe, ends it; the totals come last, as a line of JSON.

Exit status: 0 when nothing was wrong with any push, 1 when something was, 2 when it cannot listen.";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("apns: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let names = ["--port", "--key", "--key-id", "--team-id"];
    let arguments = Arguments::from_env(&names, &["--count"])?;
    if arguments.help {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    if !arguments.rest.is_empty() {
        return Err(USAGE.into());
    }
    let end = interrupt::channel()?;
    let apns = Apns::with(options(&arguments)?)?;
    println!("APNs listens at {}", apns.url());
    if arguments.option("--key").is_none() {
        println!("The signatures of provider tokens are not verified: there is no --key.");
    }
    if arguments.flag("--count") {
        print_each_second(&apns, &end);
    } else {
        let _ = end.recv();
    }
    println!("{}", totals(&apns));
    Ok(if apns.problems().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn options(arguments: &Arguments) -> Result<Options, Box<dyn Error>> {
    let port = arguments.option("--port").unwrap_or("9009");
    let port = port.parse().map_err(|_| format!("{port} is no port"))?;
    let mut options = Options { port, counting: true, check: Check::Form, ..Options::default() };
    if let Some(path) = arguments.option("--key") {
        let pem = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        let (key_id, team_id) = (arguments.option("--key-id"), arguments.option("--team-id"));
        options.credentials = Credentials::from_pem(&pem, key_id, team_id).map_err(|error| format!("{path}: {error}"))?;
        options.check = Check::Key;
    }
    if !arguments.flag("--count") {
        options.observer = Some(Box::new(|push| println!("{}", line(push))));
    }
    Ok(options)
}

fn line(push: &Received) -> String {
    let topic = push.topic.as_deref().unwrap_or("(no topic)");
    let pushed = format!("{topic}  {}  {}", shortened(&push.token), push.outcome);
    push.problems.iter().fold(pushed, |line, problem| line + "  ! " + &problem.wrong)
}

/// Shortens a push token: whoever has a whole one can push to its phone.
fn shortened(token: &str) -> String {
    let characters: Vec<_> = token.chars().collect();
    match (characters.first_chunk::<4>(), characters.last_chunk::<4>()) {
        (Some(begin), Some(end)) if characters.len() > 8 => {
            format!("{}…{}", String::from_iter(begin), String::from_iter(end))
        }
        _ => token.to_owned(),
    }
}

fn print_each_second(apns: &Apns, end: &Receiver<()>) {
    let mut before = 0_usize;
    while end.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
        let count = apns.count();
        println!("{count} pushes, {} in the last second", count.saturating_sub(before));
        before = count;
    }
}

fn totals(apns: &Apns) -> String {
    let problems = apns.problems();
    json!({
        "pushes": apns.count(),
        "outcomes": apns.outcomes(),
        "devices": apns.delivered_devices(),
        "providerTokens": apns.provider_tokens().len(),
        "connections": apns.connections(),
        "mostAtOnce": apns.most_at_once(),
        "problems": problems.len(),
        "firstProblem": problems.first().map(ToString::to_string),
    })
    .to_string()
}
