//! Looks at pages in a real browser: `tests/browser/visit.mjs` visits them in Chromium.

use edgepass_support::server::Server;
use serde::Deserialize;
use serde_json::json;
use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// A visit to a page of the shared server.
#[derive(Debug, Clone)]
pub(crate) struct Visit<'a> {
    pub(crate) path: &'a str,
    pub(crate) agent: &'a str,
    pub(crate) language: &'a str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
    /// The name of a picture of the page in `target/screenshots/`.
    pub(crate) name: Option<&'a str>,
    /// Whether to press the button.
    pub(crate) download: bool,
}

impl<'a> Visit<'a> {
    pub(crate) fn of(path: &'a str) -> Self {
        Self { path, agent: "", language: "en-US", width: 1280, height: 800, dark: false, name: None, download: false }
    }
}

/// What a person would notice.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Found {
    status: u16,
    pub(crate) lang: String,
    heading: String,
    is_too_wide: bool,
    images: Vec<Image>,
    scripts: u32,
    /// What a camera reads in the QR code.
    pub(crate) code: Option<String>,
    /// The texts of what the tabulator key reaches.
    pub(crate) focused: Vec<String>,
    pub(crate) downloaded: Option<Downloaded>,
    /// What the browser complained of, such as what the page's policy forbids.
    complaints: Vec<String>,
    requests: Vec<String>,
    /// What axe found.
    violations: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    is_loaded: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Downloaded {
    pub(crate) name: String,
    pub(crate) bytes: usize,
}

impl Found {
    /// Checks that the page has this status, and nothing that keeps anybody from it.
    #[track_caller]
    pub(crate) fn is_fine(&self, visit: &Visit<'_>, status: u16) {
        assert_eq!(self.status, status, "{visit:?}: {self:#?}");
        assert_eq!(self.violations, Vec::<String>::new(), "{visit:?}");
        // Chromium itself says that a page was not found.
        let complaints = self.complaints.iter().filter(|complaint| status == 200 || !complaint.contains("404"));
        assert_eq!(complaints.collect::<Vec<_>>(), Vec::<&String>::new(), "{visit:?}");
        assert!(!self.is_too_wide && self.scripts == 0 && !self.heading.is_empty(), "{visit:?}: {self:#?}");
        assert!(self.images.iter().all(|image| image.is_loaded), "{visit:?}: {self:#?}");
        // Nothing but the page and its pictures.
        assert_eq!(self.requests.len(), 1 + self.images.len(), "{visit:?}: {self:#?}");
    }
}

/// Makes these visits, one after the other.
#[track_caller]
pub(crate) fn look(visits: &[Visit<'_>]) -> Vec<Found> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pictures = repository.join("target/screenshots");
    fs::create_dir_all(&pictures).expect("target/ is writable");
    let orders = visits.iter().map(|visit| {
        let Visit { path, agent, language, width, height, dark, name, download } = visit;
        json!({
            "url": format!("{}{path}", Server::shared().base()),
            "agent": agent, "language": language, "width": width, "height": height, "dark": dark, "download": download,
            "screenshot": name.map(|name| pictures.join(format!("{name}.png"))),
        })
    });
    let orders = orders.collect::<serde_json::Value>().to_string();
    let mut browser = Command::new(repository.join("node_modules/.bin/node"))
        .arg(repository.join("tests/browser/visit.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node is in node_modules/: scripts/tools.sh installs it");
    browser.stdin.take().expect("a pipe was asked for").write_all(orders.as_bytes()).expect("the browser reads");
    let output = browser.wait_with_output().expect("the browser ends");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "no browser (tests/browser/setup.sh installs one):\n{complaints}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {complaints}"))
}
