//! Processes that end with this one, however it ends.
//!
//! `wrangler` starts processes that start processes; a test that is killed cleans nothing up, and what is in a
//! `static` is never dropped. So there is a supervisor: a shell that reads from a pipe of which this process holds
//! the other end. When that is closed, by [`Drop`] or by the operating system, the supervisor ends the whole process
//! group of the Worker and removes the directory with its state.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::{ISSUER_KEY, Log, MASTER_KEY, Options, PUBLIC_URL, Project, project};
use crate::random;

/// Is told a process group after the other, and ends each when it is told the next one, or its input ends.
const SUPERVISOR: &str = r#"
    end() {
        kill -s TERM -- "-$1"
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            kill -s 0 -- "-$1" || break
            sleep 0.2
        done
        kill -s KILL -- "-$1"
    }
    group=
    while read -r next; do
        [ -z "$group" ] || end "$group"
        group=$next
        echo "$group is on its own"
    done
    end "$group"
    rm -rf "$1"
"#;

/// Begins only when told to, which is after the supervisor knows of it.
const WORKER: &str = r#"
    read -r go || exit
    exec </dev/null 2>&1
    state=$1
    shift
    for database in $DATABASES; do
        wrangler d1 migrations apply "$database" --local --persist-to "$state" --config "$state/wrangler.json" || exit
    done
    exec wrangler dev --config "$state/wrangler.json" --persist-to "$state" "$@"
"#;

/// A running `wrangler dev`.
pub(super) struct Process {
    state: PathBuf,
    worker: Child,
    supervisor: Supervisor,
}

impl Process {
    pub(super) fn start(project: &Project, options: &Options<'_>) -> (Self, Log) {
        let state = std::env::temp_dir().join(format!("edgepass-{}", random::hex(8)));
        fs::create_dir_all(state.join("tmp")).expect("the temporary directory is writable");
        let mut supervisor = Supervisor::start(&state);
        project.install(&state, options);
        let (worker, log) = supervisor.work(&mut command(project, &state, options), || ());
        (Self { state, worker, supervisor }, log)
    }

    /// Ends the Worker and runs it again, with other options, on the state it left.
    pub(super) fn restart(
        &mut self,
        project: &Project,
        options: &Options<'_>,
        meanwhile: impl FnOnce(&Path),
    ) -> Log {
        let mut command = command(project, &self.state, options);
        let (worker, log) = self.supervisor.work(&mut command, || meanwhile(&self.state));
        let _ = std::mem::replace(&mut self.worker, worker).wait();
        log
    }

    pub(super) fn state(&self) -> &Path {
        &self.state
    }
}

/// Sees to it that only one Worker runs on the state, and none after this process.
struct Supervisor {
    shell: Child,
    /// None: it shall end.
    lifeline: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Supervisor {
    fn start(state: &Path) -> Self {
        let mut shell = Command::new("sh")
            .args(["-c", SUPERVISOR, "supervisor"])
            .arg(state)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("there is a shell");
        let lifeline = shell.stdin.take();
        let answers = BufReader::new(shell.stdout.take().expect("a pipe was asked for"));
        Self { shell, lifeline, answers }
    }

    /// Runs a Worker when the one before has ended, and something has been done in between.
    fn work(&mut self, command: &mut Command, meanwhile: impl FnOnce()) -> (Child, Log) {
        let mut worker = command.spawn().expect("there is a shell");
        let lifeline = self.lifeline.as_mut().expect("the supervisor was not told to end");
        writeln!(lifeline, "{}", worker.id()).expect("the supervisor listens");
        self.answers.read_line(&mut String::new()).expect("the supervisor answers");
        meanwhile();
        let log = Log::read(worker.stdout.take().expect("a pipe was asked for"));
        let mut go = worker.stdin.take().expect("a pipe was asked for");
        writeln!(go, "go").expect("the worker listens");
        (worker, log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.supervisor.lifeline = None;
        let _ = self.worker.wait();
        let _ = self.supervisor.shell.wait();
    }
}

fn command(project: &Project, state: &Path, options: &Options<'_>) -> Command {
    let mut vars = vec![
        ("ISSUER_KEY", ISSUER_KEY),
        ("MASTER_KEY", MASTER_KEY),
        ("PUBLIC_URL", PUBLIC_URL),
        ("SERVER_TIMING", "true"),
        ("LOG_ALL", "true"),
    ];
    vars.retain(|(name, _)| {
        options.vars.iter().all(|(given, _)| given != name) && !options.without.contains(name)
    });
    vars.extend(options.vars);

    let mut command = Command::new("sh");
    command.args(["-c", WORKER, "worker"]).arg(state);
    command.args(["--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0"]);
    // With an --env-file, wrangler does not look for the developer's .dev.vars.
    command.arg("--env-file").arg(state.join("empty.env"));
    // "info" would leave out what the Worker prints: it ranks above "log".
    command.args(["--log-level", "log", "--show-interactive-dev-session=false"]);
    command.args(vars.iter().flat_map(|(name, value)| ["--var".to_owned(), format!("{name}:{value}")]));
    command.args(options.arguments);

    project::with_tools(&mut command);
    let databases = if options.unmigrated { Vec::new() } else { project.databases() };
    command.env("DATABASES", databases.join(" "));
    command.envs([("CI", "1"), ("FORCE_COLOR", "0"), ("WRANGLER_SEND_METRICS", "false")]);
    command.env("CLOUDFLARE_CF_FETCH_ENABLED", "false"); // no question to the internet at start
    command.env("WRANGLER_WRITE_LOGS", "false");
    command.env("WRANGLER_REGISTRY_PATH", state.join("registry"));
    command.env("TMPDIR", state.join("tmp"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.current_dir(state).process_group(0);
    command
}
