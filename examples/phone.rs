//! A simulated Wallet device for the command line: `cargo run --example phone -- PASS.pkpass [--url BASE]`.
//!
//! It reads a pass, talks to the web service that the pass names, and prints a line for each exchange. If a real phone would
//! complain about an answer, it says why and fails.

use std::{error::Error, fs, io, process::ExitCode};

use edgepass_support::{
    arguments::Arguments,
    pass::Pass,
    phone::{Phone, script::Transcript},
};

const USAGE: &str = "\
Usage: cargo run --example phone -- PASS.pkpass [--url BASE]

Registers for the pass as Wallet does, registers again, asks what changed, fetches the pass, fetches it again
if it changed, sends a line to the log and unregisters.

  --url BASE   where the service is, instead of the pass's webServiceURL, to which alone real phones go
  --help       show this

Exit status: 0 when a phone would be content, 1 when it would complain, 2 when there is nothing to play.";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("phone: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::from_env(&["--url"], &[])?;
    let path = match arguments.rest.as_slice() {
        _ if arguments.help => {
            println!("{USAGE}");
            return Ok(ExitCode::SUCCESS);
        }
        [path] => path,
        _ => return Err(USAGE.into()),
    };
    let file = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let pass = Pass::read(&file)?;
    let named = pass.web_service_url.as_deref();
    let url = arguments.option("--url").or(named).ok_or("the pass has no webServiceURL: it never updates")?;

    println!("{} {} at {url}\n", pass.pass_type, pass.serial);
    if let Some(warning) = warning(named, url) {
        println!("{warning}\n");
    }
    let mut transcript = Transcript::new(io::stdout());
    transcript.play(&mut Phone::new(url), &pass, None)?;
    transcript.end()?;
    Ok(if transcript.complaints().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Warns if the pass names another service than `asked`, or none.
fn warning(named: Option<&str>, asked: &str) -> Option<String> {
    let Some(named) = named else {
        return Some("WARNING: the pass has no webServiceURL: a real phone asks no service about it.".to_owned());
    };
    (named.trim_end_matches('/') != asked.trim_end_matches('/'))
        .then(|| format!("WARNING: the pass names {named} as its webServiceURL: a real phone goes there, not to {asked}."))
}
