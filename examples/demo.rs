//! The life of a pass, played against a running service: `cargo run --example demo -- --url BASE --issuer-key KEY`.
//!
//! An issuer stores a template and a signing identity of a throw-away authority, and makes a pass. A simulated phone registers
//! for it. The issuer changes the pass, the service pushes, and the phone fetches the new version. Each exchange prints a line.

use std::{error::Error, fs, io, process::ExitCode, time::Duration};

use edgepass_support::{
    apns::{Apns, Check, Options},
    arguments::Arguments,
    http::{self, Body},
    issuer::{Issuer, Pem},
    pass::{DEFAULT_TEAM, Layout, Pass, PassBuilder, TestAuthority, write_archive},
    phone::{Phone, script::Transcript},
    random,
};

const USAGE: &str = "\
Usage: cargo run --example demo -- --url BASE --issuer-key KEY [--apns-port PORT] [--serial SERIAL] [--save PATH]

  --url BASE         where the service is, such as http://127.0.0.1:8787
  --issuer-key KEY   the service's ISSUER_KEY
  --apns-port PORT   the service pushes to this port of 127.0.0.1: listen there, unless somebody does already
  --serial SERIAL    the serial number of the pass, instead of one that is made up
  --save PATH        write the pass to a file, for curl and `cargo run --example phone`
  --help             show this

Exit status: 0 when a phone would be content, 1 when it would complain, 2 when there is nothing to play.";

const PASS_TYPE: &str = "pass.com.example.coffee";
const TEMPLATE: &str = "demo";
const PUSH_TIMEOUT: Duration = Duration::from_secs(20);

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
    let options = ["--url", "--issuer-key", "--apns-port", "--serial", "--save"];
    let arguments = Arguments::from_env(&options, &[])?;
    if arguments.help {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(url), Some(key)) = (arguments.option("--url"), arguments.option("--issuer-key")) else {
        return Err(USAGE.into());
    };
    http::send(url, "GET", "/healthz", &[], Body::Empty).map_err(|error| format!("no service answers at {url}: {error}"))?;

    let serial = arguments.option("--serial").map_or_else(|| format!("demo-{}", random::hex(4)), str::to_owned);
    let issuer = Issuer::new(url, key);

    println!("{PASS_TYPE} {serial} at {url}\n");
    let mut transcript = transcript(arguments.option("--apns-port"))?;
    prepare(&issuer, &mut transcript)?;
    let fields = r#"{"storeCard":{"headerFields":[{"key":"owner","label":"Of","value":"Jane"}]}}"#;
    let answer = issuer.make(PASS_TYPE, &serial, TEMPLATE, &fields);
    // An earlier demo may have made it.
    transcript.issuer("PUT", "make a pass", if answer.status == 200 { 200 } else { 201 }, &answer)?;
    let made = issuer.download(PASS_TYPE, &serial);
    if made.status == 200 {
        let change =
            r#"{"storeCard":{"primaryFields":[{"key":"balance","label":"Cups","value":9,"changeMessage":"%@ cups"}]}}"#;
        let mut drink_a_cup = || issuer.patch(PASS_TYPE, &serial, &change);
        let pass = Pass::read(&made.body).map_err(|error| format!("what the service made: {error}"))?;
        transcript.play(&mut Phone::new(url), &pass, Some(("PATCH", &mut drink_a_cup)))?;
    }
    transcript.end()?;
    if let Some(path) = arguments.option("--save") {
        let published = issuer.download(PASS_TYPE, &serial);
        fs::write(path, &published.body).map_err(|error| format!("{path}: {error}"))?;
        let address = format!("{url}/issuer/v1/passes/{PASS_TYPE}/{}", http::segment(&serial));
        println!("\n{path} is the pass as it is published now. Publish it, or a new version of it, at this address:");
        println!("{address}");
    }
    Ok(if transcript.complaints().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts a transcript. It expects pushes at the port, if there is one and it is free.
fn transcript(apns_port: Option<&str>) -> Result<Transcript<io::Stdout>, Box<dyn Error>> {
    let transcript = Transcript::new(io::stdout());
    let Some(port) = apns_port else { return Ok(transcript) };
    let port = port.parse().map_err(|_| format!("{port} is no port"))?;
    let Ok(apns) = Apns::with(Options { port, check: Check::Form, ..Options::default() }) else {
        return Ok(transcript);
    };
    Ok(transcript.expecting_pushes(Box::new(move |phone| {
        let pushes = apns.wait_for(1, PUSH_TIMEOUT);
        pushes.iter().any(|push| push.token == phone.push_token())
    })))
}

/// Stores the signing identity and the template. They replace those of an earlier demo.
fn prepare(issuer: &Issuer, transcript: &mut Transcript<io::Stdout>) -> io::Result<()> {
    let authority = TestAuthority::shared();
    let identity = Pem::new(&authority.identity(PASS_TYPE, DEFAULT_TEAM), authority);
    let stored = issuer.store_identity(PASS_TYPE, &identity);
    transcript.issuer("PUT", "signing identity", if stored.status == 200 { 200 } else { 201 }, &stored)?;

    let mut folder = PassBuilder::new(PASS_TYPE, "any").entries();
    folder.retain(|(path, _)| path != "manifest.json" && path != "signature");
    let stored = issuer.store_template(TEMPLATE, &write_archive(&folder, Layout::Deflated));
    transcript.issuer("PUT", "template", if stored.status == 200 { 200 } else { 201 }, &stored)
}
