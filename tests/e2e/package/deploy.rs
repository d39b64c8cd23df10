//! `edgepass deploy`, and `make deploy`, against a stand-in for wrangler and the account: the order of steps, and what a crash
//! between two of them leaves.

use super::packed::{REPOSITORY, command, edgepass, run, text};
use crate::util::Folder;
use serde_json::{Value, json};
use std::{env, fs, os::unix::fs::PermissionsExt, path::Path, process::Command, thread};

const WRANGLER: &str = include_str!("wrangler.mjs");
const ADDRESS: &str = "https://edgepass.shop.workers.dev";

/// A folder with a project, beside an account of Cloudflare.
struct Shop(Folder);

impl Shop {
    /// `account` is what is in the account already.
    fn new(account: &Value) -> Self {
        let folder = Folder::new();
        fs::create_dir(folder.path("bin")).expect("the temporary directory is writable");
        folder.write("bin/wrangler", WRANGLER);
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path("bin/wrangler"), executable).expect("the temporary directory is writable");
        let mut cloud = json!({ "accounts": [{ "id": "a1", "name": "Shop" }], "secrets": {}, "commands": [] });
        cloud.as_object_mut().expect("an object").extend(account.as_object().cloned().unwrap_or_default());
        folder.write("cloud.json", cloud.to_string());
        run(&mut edgepass(&folder.path(""), &["init", "shop", "--no-install"]));
        Self(folder)
    }

    fn with_wrangler<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let path = command.get_envs().find_map(|(name, value)| (name == "PATH").then_some(value?)).expect("there is a PATH");
        let folders = [self.0.path("bin")].into_iter().chain(env::split_paths(path)).collect::<Vec<_>>();
        command.env("PATH", env::join_paths(folders).expect("folders of a PATH")).env("CLOUD", self.0.path("cloud.json"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = edgepass(&self.0.path("shop"), arguments);
        self.with_wrangler(&mut command);
        command
    }

    #[track_caller]
    fn deploy(&self, options: &[&str]) -> String {
        run(&mut self.command(&[&["deploy"], options].concat()))
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.0.bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn cloud(&self) -> Value {
        self.json("cloud.json")
    }

    /// The commands to wrangler since the last call.
    fn commands(&self) -> Vec<String> {
        let mut cloud = self.cloud();
        let commands = cloud["commands"].take();
        cloud["commands"] = json!([]);
        self.0.write("cloud.json", cloud.to_string());
        serde_json::from_value(commands).expect("a list of texts")
    }

    #[track_caller]
    fn is_deployed_at(&self, address: &str) {
        let cloud = self.cloud();
        assert_eq!((&cloud["database"], &cloud["migrated"]), (&json!("edgepass"), &json!(true)), "{cloud}");
        assert_eq!(cloud["worker"]["publicUrl"], address, "{cloud}");
        assert_eq!(cloud["secrets"], self.json("shop/secrets.json"));
        for key in ["ISSUER_KEY", "MASTER_KEY"] {
            assert_eq!(cloud["secrets"][key].as_str().map(str::len), Some(64), "{cloud}");
        }
        let mode = fs::metadata(self.0.path("shop/secrets.json")).map(|metadata| metadata.permissions().mode() & 0o777);
        assert_eq!(mode.ok(), Some(0o600));
    }
}

#[test]
fn the_first_deployment_makes_the_database_its_tables_the_worker_and_secrets_in_this_order() {
    let shop = Shop::new(&json!({}));
    let printed = shop.deploy(&["--location", "weur"]);
    assert!(printed.contains(&format!("is deployed at {ADDRESS}")) && printed.contains("Keep secrets.json"), "{printed}");
    shop.is_deployed_at(ADDRESS);
    assert_eq!(shop.cloud()["location"], "weur");
    let commands = [
        "whoami --json",
        "d1 list --json",
        "d1 create edgepass --location weur --update-config=false",
        "d1 migrations apply DB --remote",
        "deploy",
        "secret list --format json",
        "secret bulk",
        // Now the address is known, and the Worker learns it.
        "deploy",
    ];
    assert_eq!(shop.commands(), commands);
}

#[test]
fn a_later_deployment_applies_migrations_before_the_worker_and_leaves_secrets_alone() {
    let shop = Shop::new(&json!({}));
    shop.deploy(&[]);
    let (before, _) = (shop.cloud()["secrets"].take(), shop.commands());
    shop.deploy(&[]);
    shop.is_deployed_at(ADDRESS);
    assert_eq!(shop.cloud()["secrets"], before);
    let commands =
        ["whoami --json", "d1 list --json", "d1 migrations apply DB --remote", "deploy", "secret list --format json"];
    assert_eq!(shop.commands(), commands);
}

#[test]
fn a_crash_after_any_step_is_completed_by_the_next_run() {
    let crash = |after: usize| {
        let shop = Shop::new(&json!({}));
        let crashed = shop.command(&["deploy"]).env("CRASH_AFTER", after.to_string()).output().expect("it runs");
        assert!(!crashed.status.success(), "it went on after {after}: {}", text(&crashed));
        assert_eq!(shop.commands().len(), after);
        shop.deploy(&[]);
        shop.is_deployed_at(ADDRESS);
    };
    // The commands of the first deployment, but the last one.
    thread::scope(|scope| {
        for after in 1..8 {
            scope.spawn(move || crash(after));
        }
    });
}

#[test]
fn secrets_that_the_service_has_are_never_replaced_and_those_of_the_project_that_it_lacks_are_set() {
    let shop = Shop::new(&json!({ "worker": {}, "database": "edgepass", "secrets": { "MASTER_KEY": "of the service" } }));
    shop.0.write("shop/secrets.json", json!({ "MASTER_KEY": "another", "APNS_KEY": "a key" }).to_string());
    shop.deploy(&["--adopt"]);
    let secrets = shop.cloud()["secrets"].take();
    assert_eq!((&secrets["MASTER_KEY"], &secrets["APNS_KEY"]), (&json!("of the service"), &json!("a key")));
    assert_eq!(secrets["ISSUER_KEY"], shop.json("shop/secrets.json")["ISSUER_KEY"]);
    // Nor is one made for the file, where it would look like the service's.
    let without = Shop::new(&json!({ "worker": {}, "secrets": { "MASTER_KEY": "of the service", "ISSUER_KEY": "its key" } }));
    let printed = without.deploy(&["--adopt"]);
    assert!(!without.0.path("shop/secrets.json").exists() && printed.contains("the service keeps its own"), "{printed}");
}

#[test]
fn a_worker_that_another_project_deployed_is_left_alone() {
    let shop = Shop::new(&json!({ "worker": { "publicUrl": "https://passes.example.com" } }));
    let refused = shop.command(&["deploy"]).output().expect("it runs");
    assert!(!refused.status.success() && text(&refused).contains("--adopt"), "{}", text(&refused));
    assert_eq!(shop.commands(), ["whoami --json", "secret list --format json"]);
    assert_eq!(shop.cloud()["worker"]["publicUrl"], "https://passes.example.com");
}

#[test]
fn a_domain_becomes_the_address_in_passes_with_one_upload() {
    let shop = Shop::new(&json!({}));
    let printed = shop.deploy(&["--domain", "passes.example.com"]);
    assert!(printed.contains("doctor https://passes.example.com"), "{printed}");
    shop.is_deployed_at("https://passes.example.com");
    assert_eq!(shop.commands().iter().filter(|command| *command == "deploy").count(), 1);
}

#[test]
fn with_several_accounts_it_asks_for_one_and_changes_nothing() {
    let shop = Shop::new(&json!({ "accounts": [{ "id": "a1", "name": "Shop" }, { "id": "b2", "name": "Other" }] }));
    let refused = shop.command(&["deploy"]).output().expect("it runs");
    assert!(!refused.status.success() && text(&refused).contains("b2  Other"), "{}", text(&refused));
    assert_eq!(shop.commands(), ["whoami --json"]);
    run(shop.command(&["deploy"]).env("CLOUDFLARE_ACCOUNT_ID", "b2"));
}

#[test]
fn a_project_that_is_deployed_in_one_account_is_not_deployed_in_another() {
    let shop = Shop::new(&json!({}));
    shop.deploy(&[]);
    let mut cloud = shop.cloud();
    cloud["accounts"] = json!([{ "id": "b2", "name": "Other" }]);
    shop.0.write("cloud.json", cloud.to_string());
    shop.commands();
    let refused = shop.command(&["deploy"]).output().expect("it runs");
    assert!(!refused.status.success() && text(&refused).contains("in the account a1"), "{}", text(&refused));
    assert_eq!(shop.commands(), ["whoami --json"]);
}

#[test]
fn wrong_options_and_files_are_refused_before_anything_is_changed() {
    let shop = Shop::new(&json!({}));
    let before = [shop.0.bytes("shop/package.json"), shop.0.bytes("shop/wrangler.jsonc")];
    let is_refused = |options: &[&str], reason: &str| {
        let refused = shop.command(&[&["deploy"], options].concat()).output().expect("it runs");
        assert!(!refused.status.success() && text(&refused).contains(reason), "{}", text(&refused));
    };
    is_refused(&["--domain", "https://passes.example.com"], "is no domain");
    is_refused(&["--location", "mars"], "takes one of weur");
    shop.0.write("shop/secrets.json", "{");
    is_refused(&[], "secrets.json is no JSON");
    assert_eq!(before, [shop.0.bytes("shop/package.json"), shop.0.bytes("shop/wrangler.jsonc")]);
    assert_eq!(shop.commands(), Vec::<String>::new());
}

#[test]
fn two_runs_at_once_are_refused_and_a_crash_locks_nobody_out() {
    let shop = Shop::new(&json!({}));
    fs::create_dir(shop.0.path("shop/.wrangler")).expect("the temporary directory is writable");
    let lock = "shop/.wrangler/deploy.lock";
    shop.0.write(lock, std::process::id().to_string());
    let refused = shop.command(&["deploy"]).output().expect("it runs");
    assert!(!refused.status.success() && text(&refused).contains("is at it"), "{}", text(&refused));
    assert_eq!(shop.commands(), Vec::<String>::new());
    let mut ended = command("true", &shop.0.path("")).spawn().expect("there is true");
    let process = ended.id();
    ended.wait().expect("it ends");
    shop.0.write(lock, process.to_string());
    shop.deploy(&[]);
    assert!(!shop.0.path(lock).exists());
}

#[test]
fn what_wrangler_indents_with_tabs_stays_so() {
    let shop = Shop::new(&json!({}));
    let config = String::from_utf8(shop.0.bytes("shop/wrangler.jsonc")).expect("it is text");
    shop.0.write("shop/wrangler.jsonc", config.replace("  ", "\t"));
    shop.deploy(&[]);
    let config = String::from_utf8(shop.0.bytes("shop/wrangler.jsonc")).expect("it is text");
    assert!(config.contains("\n\t\t\"PUBLIC_URL\""), "{config}");
}

#[test]
fn an_address_below_a_path_of_a_domain_is_taken_for_the_workers() {
    let shop = Shop::new(&json!({}));
    let config = String::from_utf8(shop.0.bytes("shop/wrangler.jsonc")).expect("it is text");
    let vars = r#""routes": ["example.com/wallet/*"], "vars": { "PUBLIC_URL": "https://example.com/wallet" }"#;
    shop.0.write("shop/wrangler.jsonc", config.replace(r#""vars": {}"#, vars));
    let printed = shop.deploy(&[]);
    assert!(!printed.contains("is not an address of the Worker"), "{printed}");
}

/// A checkout with what `make deploy` needs.
fn checkout(shop: &Shop, wrangler_toml: &str) -> String {
    let toml = Path::new("node_modules/smol-toml");
    let copy = "cp -R --parents scripts/deploy.mjs package node_modules/smol-toml";
    let target = shop.0.path("checkout");
    fs::create_dir_all(target.join(toml)).expect("the temporary directory is writable");
    run(command("sh", Path::new(REPOSITORY)).args(["-c", &format!("{copy} \"$0\"")]).arg(&target));
    fs::write(target.join("wrangler.toml"), wrangler_toml).expect("the temporary directory is writable");
    run(shop.with_wrangler(command("node", &target).arg("scripts/deploy.mjs").env("LOCATION", "apac")));
    shop.commands().join(", ")
}

#[test]
fn make_deploy_makes_a_database_in_a_new_account_and_keeps_the_one_of_an_existing_deployment() {
    let text = fs::read_to_string(Path::new(REPOSITORY).join("wrangler.toml")).expect("it is readable");
    let new = checkout(&Shop::new(&json!({})), &text);
    let steps = "d1 create edgepass --location apac --update-config=false, d1 migrations apply DB --remote, deploy";
    assert_eq!(new, format!("whoami --json, d1 list --json, {steps}"));
    let same_name = checkout(&Shop::new(&json!({ "database": "edgepass" })), &text);
    assert_eq!(same_name, "whoami --json, d1 list --json, d1 migrations apply DB --remote, deploy");
    let with_id = text.replace("binding = \"DB\"", "binding = \"DB\"\ndatabase_id = \"5a52c3d3\"");
    let named_otherwise = checkout(&Shop::new(&json!({ "database": "passes" })), &with_id);
    assert_eq!(named_otherwise, "whoami --json, d1 migrations apply DB --remote, deploy");
}
