//! Processes that end with this one, however it ends.
//!
//! `wrangler` starts processes that start processes; a test that is killed cleans nothing up, and what is in a
//! `static` is never dropped. So there is a supervisor: a shell that reads from a pipe of which this process holds
//! the other end. When that is closed, by [`Drop`] or by the operating system, the supervisor ends the whole process
//! group of the Worker and removes the directory with its state.

use super::{ISSUER_KEY, Log, MASTER_KEY, Options, PUBLIC_URL, Project, project};
use crate::random;
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, PoisonError},
};

/// Reads process groups line by line. Ends a group when the next one comes, or when its input ends.
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

/// Waits for a line, which comes when the supervisor knows this process.
const WORKER: &str = r#"
    read -r go || exit
    exec </dev/null 2>&1
    state=$1
    shift
    exec wrangler dev --config "$state/wrangler.json" --persist-to "$state" "$@"
"#;

const MIGRATE: &str = r#"
    for database in $DATABASES; do
        wrangler d1 migrations apply "$database" --local --persist-to . --config wrangler.json || exit
    done
"#;

/// The files of a project's databases with all migrations, by the project's directory. `wrangler d1 migrations apply` takes
/// seconds, so it runs once per process, and every new server gets a copy.
static MIGRATED: Mutex<BTreeMap<PathBuf, Files>> = Mutex::new(BTreeMap::new());

type Files = Vec<(PathBuf, Vec<u8>)>;

pub(super) struct Process {
    state: PathBuf,
    migrated: bool,
    worker: Child,
    supervisor: Supervisor,
}

impl Process {
    pub(super) fn start(project: &Project, options: &Options<'_>) -> (Self, Log) {
        let state = std::env::temp_dir().join(format!("edgepass-{}", random::hex(8)));
        fs::create_dir_all(state.join("tmp")).expect("the temporary directory is writable");
        let mut supervisor = Supervisor::start(&state);
        project.install(&state, options);
        if !options.unmigrated {
            write_migrated(project, &state);
        }
        let (worker, log) = supervisor.work(&mut command(&state, options), || ());
        (Self { state, migrated: !options.unmigrated, worker, supervisor }, log)
    }

    /// Ends the Worker and runs it again, with other options, on the state it left.
    pub(super) fn restart(&mut self, project: &Project, options: &Options<'_>, meanwhile: impl FnOnce(&Path)) -> Log {
        let migrate = !self.migrated && !options.unmigrated;
        let mut command = command(&self.state, options);
        let (worker, log) = self.supervisor.work(&mut command, || {
            meanwhile(&self.state);
            if migrate {
                apply_migrations(project, &self.state);
            }
        });
        self.migrated |= migrate;
        let _ = std::mem::replace(&mut self.worker, worker).wait();
        log
    }

    pub(super) fn state(&self) -> &Path {
        &self.state
    }
}

/// Ends each Worker before the next one starts on the same state, and the last one with this process.
struct Supervisor {
    shell: Child,
    /// `None` tells the supervisor to end.
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

    /// Waits until the Worker before has ended, runs `meanwhile`, and starts the next Worker.
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

fn command(state: &Path, options: &Options<'_>) -> Command {
    let mut vars = vec![
        ("ISSUER_KEY", ISSUER_KEY),
        ("MASTER_KEY", MASTER_KEY),
        ("PUBLIC_URL", PUBLIC_URL),
        // The passes of tests come from a throw-away authority.
        ("TRUST_ANCHORS", "any"),
        ("SERVER_TIMING", "true"),
        ("LOG_ALL", "true"),
    ];
    vars.retain(|(name, _)| options.vars.iter().all(|(given, _)| given != name) && !options.without.contains(name));
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

    set_environment(&mut command, state);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.process_group(0);
    command
}

/// Makes wrangler run in the directory, with the repository's tools, and without the internet.
fn set_environment(command: &mut Command, state: &Path) {
    project::with_tools(command);
    command.envs([("CI", "1"), ("FORCE_COLOR", "0"), ("WRANGLER_SEND_METRICS", "false")]);
    command.env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    command.env("WRANGLER_WRITE_LOGS", "false");
    command.env("WRANGLER_REGISTRY_PATH", state.join("registry"));
    command.env("TMPDIR", state.join("tmp"));
    command.current_dir(state);
}

fn apply_migrations(project: &Project, state: &Path) {
    let mut command = Command::new("sh");
    command.args(["-c", MIGRATE]).env("DATABASES", project.databases().join(" ")).stdin(Stdio::null());
    set_environment(&mut command, state);
    let output = command.output().expect("there is a shell");
    assert!(output.status.success(), "the migrations fail: {}", String::from_utf8_lossy(&output.stderr));
}

/// Writes databases with all migrations into the state of a new Worker.
fn write_migrated(project: &Project, state: &Path) {
    let databases = state.join("v3");
    let mut migrated = MIGRATED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(files) = migrated.get(project.directory()) {
        for (name, bytes) in files {
            let path = databases.join(name);
            fs::create_dir_all(path.parent().expect("it is in a directory")).expect("the state is writable");
            fs::write(&path, bytes).expect("the state is writable");
        }
    } else {
        apply_migrations(project, state);
        let mut files = Files::new();
        read_files(&databases, Path::new(""), &mut files);
        migrated.insert(project.directory().to_owned(), files);
    }
}

fn read_files(root: &Path, below: &Path, files: &mut Files) {
    for entry in fs::read_dir(root.join(below)).expect("wrangler made it").flatten() {
        let name = below.join(entry.file_name());
        if entry.path().is_dir() {
            read_files(root, &name, files);
        } else {
            files.push((name, fs::read(entry.path()).expect("it is readable")));
        }
    }
}
