//! Why does this pass not update? `cargo run --example doctor -- PASS.pkpass` examines its file and asks its web service.

use std::{error::Error, fs, process::ExitCode};

use edgepass_support::{
    arguments::Arguments,
    clock,
    doctor::{Options, examine, has_problem},
};
use pkpass::signature::Trust;

const USAGE: &str = "\
Usage: cargo run --example doctor -- PASS.pkpass [--url BASE] [--trust any|FILE] [--register]

Examines a pass file as Wallet does, then asks its web service what a phone would ask: for the pass, and for the
list of a device that nobody knows. It works with any server. Run it outside the server's network.

  --url BASE     where the service is, instead of the pass's webServiceURL, to which alone real phones go
  --trust FILE   accept certificates that lead to one of those in this PEM file, instead of Apple's; `any` accepts all
  --register     also register a made-up device, ask for its list, and end the registration: edgepass then counts the
                 pass as registered once and removed
  --help         show this

Exit status: 0 when there is no problem, 1 when there is one, 2 when there is nothing to examine.";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("doctor: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::from_env(&["--url", "--trust"], &["--register"])?;
    let path = match arguments.rest.as_slice() {
        _ if arguments.help => {
            println!("{USAGE}");
            return Ok(ExitCode::SUCCESS);
        }
        [path] => path,
        _ => return Err(USAGE.into()),
    };
    let file = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let options = Options {
        trust: trust(arguments.option("--trust"))?,
        now: i64::try_from(clock::unix_now().as_secs())?,
        url: arguments.option("--url").map(str::to_owned),
        register: arguments.flag("--register"),
    };
    let findings = examine(&file, &options);
    for finding in &findings {
        println!("{finding}");
    }
    Ok(if has_problem(&findings) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn trust(given: Option<&str>) -> Result<Trust, Box<dyn Error>> {
    Ok(match given {
        None => Trust::apple(),
        Some("any") => Trust::any(),
        Some(path) => Trust::from_pem(&fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?)?,
    })
}
