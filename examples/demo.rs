//! The life of a pass, played against a running service: `cargo run --example demo -- --url BASE --issuer-key KEY`.
//!
//! An issuer publishes a pass signed by a throw-away authority; a simulated phone registers for it, learns that it
//! changed, and fetches it. Each exchange is a line.

use std::{env, error::Error, fs, io, process::ExitCode};

use edgepass_support::{
    arguments::Arguments,
    http::{self, Body},
    issuer::Issuer,
    pass::PassBuilder,
    phone::{Phone, script::Transcript},
    random,
};

const USAGE: &str = "\
Usage: cargo run --example demo -- --url BASE --issuer-key KEY [--save PATH]

  --url BASE         where the service is, such as http://127.0.0.1:8787
  --issuer-key KEY   the service's ISSUER_KEY
  --save PATH        write the pass to a file, for curl and `cargo run --example phone`
  --help             show this

Exit status: 0 when a phone would be content, 1 when it would complain, 2 when there is nothing to play.";

const PASS_TYPE: &str = "pass.com.example.coffee";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse(env::args().skip(1), &["--url", "--issuer-key", "--save"])?;
    if arguments.help {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(url), Some(key)) = (arguments.option("--url"), arguments.option("--issuer-key")) else {
        return Err(USAGE.into());
    };
    http::send(url, "GET", "/healthz", &[], Body::Empty)
        .map_err(|error| format!("no service answers at {url}: {error}"))?;

    let serial = format!("demo-{}", random::hex(4));
    let card = PassBuilder::new(PASS_TYPE, &serial).web_service_url(url);
    let file = card.build();
    let changed = card.clone().field("/storeCard/primaryFields/0/value", 9).build();
    let issuer = Issuer::new(url, key);

    println!("{PASS_TYPE} {serial} at {url}\n");
    let mut transcript = Transcript::new(io::stdout());
    let published = issuer.publish(PASS_TYPE, &serial, &file);
    transcript.issuer("publish", 201, &published)?;
    if published.status == 201 {
        let mut drink_a_cup = || issuer.publish(PASS_TYPE, &serial, &changed);
        transcript.play(&mut Phone::new(url), &card.pass(), Some(&mut drink_a_cup))?;
    }
    transcript.end()?;
    if let Some(path) = arguments.option("--save") {
        fs::write(path, changed).map_err(|error| format!("{path}: {error}"))?;
        println!("\n{path} is what is published now at {url}/issuer/v1/passes/{PASS_TYPE}/{serial}");
    }
    Ok(if transcript.complaints().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
