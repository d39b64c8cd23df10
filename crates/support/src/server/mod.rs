//! The service as it will be deployed: its Worker, run by `wrangler dev` on this machine.
//!
//! ```no_run
//! use edgepass_support::{pass::PassBuilder, server::Server};
//!
//! let server = Server::shared();
//! let pass = PassBuilder::new("pass.com.example.coffee", "S-1");
//! server.issuer().publish("pass.com.example.coffee", "S-1", &pass.build()).expect(201);
//! assert_eq!(server.phone().register(&pass.pass()).status(), 201);
//! ```

mod bucket;
mod log;
mod process;
mod project;

pub use self::bucket::replace_object;
use self::{log::Log, process::Process, project::Project};
use crate::{
    http::{self, Answer, Body},
    issuer::Issuer,
    phone::Phone,
};
use rusqlite::Connection;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};

pub const ISSUER_KEY: &str = "test-issuer-key-0123456789abcdef";

pub const MASTER_KEY: &str = "test-master-key-0123456789abcdef-0123456789abcdef";

/// The address in the passes that these servers make. Tests do not use it.
pub const PUBLIC_URL: &str = "https://passes.example.com/wallet";

/// wrangler prints this before the address when the Worker is ready.
const READY: &str = "Ready on http://";
const START_TIMEOUT: Duration = Duration::from_mins(2);
const LOG_TIMEOUT: Duration = Duration::from_secs(20);

/// How a server differs from the usual one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Variables of the Worker, on top of the usual ones (`ISSUER_KEY`, `MASTER_KEY`, `PUBLIC_URL`,
    /// `TRUST_ANCHORS=any`, `SERVER_TIMING=true`, `LOG_ALL=true`), or instead of them.
    pub vars: &'a [(&'a str, &'a str)],
    /// Usual variables that are left out.
    pub without: &'a [&'a str],
    /// Rate limits by the names of their bindings: how many requests a minute. Those of the project are not bound, as all tests
    /// ask from one address.
    pub limits: &'a [(&'a str, u32)],
    /// Leave the database without tables.
    pub unmigrated: bool,
    /// Modules by name and text. The first one runs instead of the Worker, which is at `./build/index.js`.
    pub before: &'a [(&'a str, &'a str)],
    /// Further arguments to `wrangler dev`.
    pub arguments: &'a [&'a str],
    /// Where `wrangler.toml` is, when not at the top of this repository.
    pub project: Option<&'a Path>,
}

/// A running Worker with its own database. It ends when the value is dropped, or when this process ends.
pub struct Server {
    base: String,
    log: Log,
    process: Process,
}

impl Server {
    /// The server that all tests of this process share, started on first use.
    ///
    /// Each test uses its own serial numbers and devices.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Server> = LazyLock::new(|| Server::start(Options::default()));
        &SHARED
    }

    /// Builds the Worker, applies the migrations to a new database and waits until `/healthz` answers.
    pub fn start(options: Options<'_>) -> Self {
        let project = build_project(&options);
        let (process, log) = Process::start(&project, &options);
        Self::ready(process, log)
    }

    /// Ends the Worker and starts it again, with other options, on the database and objects that it left.
    pub fn restart(self, options: Options<'_>) -> Self {
        self.restart_after(options, |_| ())
    }

    /// Like [`Server::restart`]. Runs `meanwhile` on the directory of the database and objects while no Worker runs.
    pub fn restart_after(self, options: Options<'_>, meanwhile: impl FnOnce(&Path)) -> Self {
        let mut process = self.process;
        let log = process.restart(&build_project(&options), &options, meanwhile);
        Self::ready(process, log)
    }

    fn ready(process: Process, log: Log) -> Self {
        let ready = log.wait_for(READY, START_TIMEOUT);
        let ready = ready.unwrap_or_else(|| panic!("wrangler dev does not start:\n{}", log.tail()));
        let address = ready.rsplit(READY).next().unwrap_or_default().trim();
        let server = Self { base: format!("http://{address}"), log, process };

        let health = http::send(&server.base, "GET", "/healthz", &[], Body::Empty);
        match health {
            Ok(answer) if answer.status == 200 => server,
            Ok(answer) => panic!("the Worker is not well: {answer:#}\n{}", server.log.tail()),
            Err(error) => panic!("the Worker does not answer: {error}\n{}", server.log.tail()),
        }
    }

    /// The address of the service, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn issuer(&self) -> Issuer {
        Issuer::new(&self.base, ISSUER_KEY)
    }

    pub fn phone(&self) -> Phone {
        Phone::new(&self.base)
    }

    /// Sends any request; see [`http::request`].
    #[track_caller]
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body<'_>) -> Answer {
        http::request(&self.base, method, path, headers, body)
    }

    /// Runs a cron trigger and waits until the Worker has handled it.
    #[track_caller]
    pub fn trigger(&self, cron: &str) -> Answer {
        let path = format!("/cdn-cgi/handler/scheduled?cron={}", http::segment(cron));
        self.request("GET", &path, &[], Body::Empty)
    }

    /// The output since the start, without wrangler's own line for each request.
    ///
    /// A line may come after the answer to its request: see [`wait_for_log`](Self::wait_for_log).
    pub fn log(&self) -> String {
        let lines = self.log.lines();
        let printed = lines.iter().skip_while(|line| !line.contains(READY)).skip(1);
        printed.filter(|line| !line.starts_with("[wrangler:")).cloned().collect::<Vec<_>>().join("\n")
    }

    /// Waits for a line that contains the text.
    #[track_caller]
    pub fn wait_for_log(&self, text: &str) -> String {
        let line = self.log.wait_for(text, LOG_TIMEOUT);
        line.unwrap_or_else(|| panic!("no line with {text:?} in the log:\n{}", self.log.tail()))
    }

    /// The directory of the database and objects. It is removed when the server ends.
    pub fn state(&self) -> &Path {
        self.process.state()
    }
}

/// The database in a server's [directory](Server::state).
pub fn database(state: &Path) -> Connection {
    let files = fs::read_dir(state.join("v3/d1/miniflare-D1DatabaseObject")).expect("there is a database");
    let mut databases = files
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sqlite") && !path.ends_with("metadata.sqlite"));
    Connection::open(databases.next().expect("there is a database")).expect("it can be opened")
}

fn build_project(options: &Options<'_>) -> Project {
    Project::build(&options.project.map_or_else(project::repository, PathBuf::from))
}
