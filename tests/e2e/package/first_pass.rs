//! From the packed file in an empty folder to a phone that registers, and on to the next version.

use super::packed::{VERSION, command, packed, run, unpacked};
use crate::util::Folder;
use edgepass_support::{clock::Stopwatch, server::database};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpStream,
    path::Path,
    process::Stdio,
};

/// Plays the phone, and returns what is printed.
#[track_caller]
fn play(project: &Path) -> String {
    let printed = run(command("npx", project).args(["edgepass", "dev", "--once", "--port", "0"]));
    for line in ["register           201", "the phone is told", "list the change    200", "unregister         200"] {
        assert!(printed.contains(line), "{line} is missing: {printed}");
    }
    printed
}

/// Packs a later version, with one more migration and one more rate limit.
fn pack_next_version(folder: &Folder) {
    run(command("cp", &folder.path("")).arg("-R").arg(unpacked()).arg("next"));
    folder.write("next/migrations/9999_next.sql", "CREATE TABLE next (id INTEGER PRIMARY KEY) STRICT;");
    let edit = |name: &str, from: &str, to: &str| {
        let text = String::from_utf8(folder.bytes(name)).expect("the package has texts");
        assert!(text.contains(from), "{from} is not in {name}");
        folder.write(name, text.replace(from, to));
    };
    edit("next/package.json", &format!("\"version\": \"{VERSION}\""), "\"version\": \"99.0.0\"");
    let limit = r#"{ "name": "NEXT_LIMIT", "namespace_id": "7270199", "simple": { "limit": 9, "period": 60 } },"#;
    edit("next/wrangler.jsonc", "\"ratelimits\": [", &format!("\"ratelimits\": [{limit}"));
    run(command("npm", &folder.path("next")).args(["pack", "--silent", "--pack-destination", ".."]));
}

#[test]
fn two_commands_lead_from_the_packed_file_to_a_registered_phone_and_an_upgrade_keeps_the_data() {
    let folder = Folder::new();
    let file = format!("edgepass-{VERSION}.tgz");
    fs::copy(packed(), folder.path(&file)).expect("the temporary directory is writable");
    let (root, shop) = (folder.path(""), folder.path("shop"));
    for rust in ["cargo", "rustc"] {
        assert!(!command("sh", &root).args(["-c", &format!("command -v {rust}")]).output().expect("a shell").status.success());
    }

    let stopwatch = Stopwatch::start();
    run(command("npx", &root).args(["--yes", &format!("./{file}"), "init", "shop"]));
    let installed = stopwatch.elapsed();
    play(&shop);
    let [installed, played] = [installed, stopwatch.elapsed()].map(|time| time.as_secs());
    println!("2 commands: {installed} s to the project, {played} s to the end of the phone");

    let printed = run(command("npx", &shop).args(["wrangler", "deploy", "--dry-run"]));
    for binding in ["env.DB", "env.PASSES (edgepass-passes)", "env.WORK (edgepass-work)", "env.HEALTH_LIMIT", "--dry-run"] {
        assert!(printed.contains(binding), "{binding} is missing: {printed}");
    }

    pack_next_version(&folder);
    let secrets = fs::read(shop.join(".dev.vars")).expect("there are secrets");
    run(command("npm", &shop).args(["install", "--no-audit", "--no-fund", "../edgepass-99.0.0.tgz"]));
    let printed = play(&shop);
    assert!(printed.contains("wrangler.jsonc: added ratelimits NEXT_LIMIT"), "{printed}");
    let count = |sql: &str| database(&shop.join(".wrangler/state")).query_row(sql, [], |row| row.get::<_, u32>(0));
    assert_eq!(count("SELECT count(*) FROM passes"), Ok(2), "the pass of the version before is there");
    assert_eq!(count("SELECT count(*) FROM next"), Ok(0), "the new migration was applied");
    assert_eq!(fs::read(shop.join(".dev.vars")).ok(), Some(secrets));

    serve_until_interrupted(&shop);
}

/// Serves as a user does, interrupts it, and looks whether anything answers afterwards.
fn serve_until_interrupted(shop: &Path) {
    let mut command = command("node", shop);
    let dev = command.args(["node_modules/edgepass/bin/edgepass.mjs", "dev", "--port", "0"]).stdout(Stdio::piped());
    let mut dev = dev.spawn().expect("there is node");
    let mut lines = BufReader::new(dev.stdout.take().expect("a pipe was asked for")).lines().map_while(Result::ok);
    let ready = lines.find(|line| line.contains("is ready on")).expect("it serves");
    let address = ready.split("http://").nth(1).and_then(|rest| rest.split(';').next()).expect("the line has the address");
    assert!(TcpStream::connect(address).is_ok(), "{ready}");
    run(super::packed::command("kill", shop).args(["-s", "INT", &dev.id().to_string()]));
    assert!(dev.wait().is_ok_and(|status| status.success()));
    assert!(TcpStream::connect(address).is_err(), "the Worker goes on");
    drop(lines);
}

#[test]
fn what_a_crash_and_git_leave_does_not_keep_a_project_away() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("shop/.git")).expect("the temporary directory is writable");
    folder.write("shop/package.json.1.new", "{");
    run(&mut super::packed::edgepass(&folder.path(""), &["init", "shop", "--no-install"]));
    let ignored = String::from_utf8(folder.bytes("shop/.gitignore")).expect("it is text");
    for name in ["*.new", "secrets.json", ".dev.vars", "*.key", "*.pem", "identity.json", "cards.csv"] {
        assert!(ignored.lines().any(|line| line == name), "{name} is not ignored");
    }
}

#[test]
fn a_folder_with_something_else_is_refused_and_stays_as_it_is() {
    let folder = Folder::new();
    folder.write("package.json", r#"{"name":"a shop"}"#);
    let refused = super::packed::edgepass(&folder.path(""), &["init", "."]).output().expect("it runs");
    assert!(!refused.status.success(), "{}", super::packed::text(&refused));
    assert_eq!(crate::util::files(&folder.path("")).len(), 1);
}
