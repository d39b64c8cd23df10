//! What a page shows of a pass: its names, its colors and its logo.

use super::{
    archive::{self, Archive, Entry},
    color::{self, Color},
    date::parse_w3c,
    kind::Kind,
    link_page::LinkPage,
    parts::content_of,
    report::Notes,
};
use serde_json::{Map, Value};

/// What a page shows of a stored pass.
pub struct Cover {
    content: Map<String, Value>,
}

impl Cover {
    /// Reads a stored pass. `None` when its `pass.json` cannot be read.
    #[must_use]
    pub fn from_file(file: &[u8]) -> Option<Self> {
        content_of(file).map(Self::from_content)
    }

    /// The same from the content of `pass.json`.
    #[must_use]
    pub fn from_content(content: Map<String, Value>) -> Self {
        Self { content }
    }

    /// A text at the top of `pass.json`, such as `organizationName`. An empty one is its absence.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.content.get(key)?.as_str().filter(|text| !text.trim().is_empty())
    }

    /// A color, such as `backgroundColor`. `None` when it is missing or malformed.
    #[must_use]
    pub fn color(&self, key: &str) -> Option<Color> {
        color::parse(self.text(key)?)
    }

    /// Whether Wallet shows it as expired at this time, in unix seconds: it is voided, or its `expirationDate` is over.
    #[must_use]
    pub fn has_ended(&self, now: i64) -> bool {
        let is_voided = self.content.get("voided").and_then(Value::as_bool) == Some(true);
        is_voided || self.text("expirationDate").and_then(parse_w3c).is_some_and(|end| end < now)
    }

    /// What the issuer says on the page of a link.
    #[must_use]
    pub fn link_page(&self) -> LinkPage<'_> {
        LinkPage::new(&self.content)
    }
}

/// The images that can stand for a logo, the best one first. Every pass has an icon. Posters have a primary logo.
const LOGOS: [&str; 3] = ["logo", "primaryLogo", "icon"];

/// The resolutions of an image, the best one first.
const SCALES: [&str; 3] = ["@3x.png", "@2x.png", ".png"];

/// The most bytes of a logo. A page does not wait for a larger one.
const MOST_BYTES: u32 = 1024 * 1024;

/// The logo of a stored pass in its best resolution, as PNG. `None` when it has no usable one.
#[must_use]
pub fn logo(file: &[u8]) -> Option<Vec<u8>> {
    let archive = archive::scan(file, Kind::Pass, &mut Notes::default())?;
    let names = LOGOS.into_iter().flat_map(|stem| SCALES.into_iter().map(move |scale| format!("{stem}{scale}")));
    names.filter_map(|name| find(&archive, &name)).find_map(|entry| read_png(&archive, entry))
}

/// The file of this name at the top, or else in a folder of a language.
fn find<'a>(archive: &'a Archive<'_>, name: &str) -> Option<&'a Entry> {
    let is_localized = |entry: &&Entry| entry.name().split_once(".lproj/").is_some_and(|(_, file)| file == name);
    archive.find(name).or_else(|| archive.entries().iter().find(is_localized))
}

fn read_png(archive: &Archive<'_>, entry: &Entry) -> Option<Vec<u8>> {
    let bytes = (entry.size() <= MOST_BYTES).then(|| archive.read(entry).ok())??;
    bytes.starts_with(b"\x89PNG\r\n\x1a\n").then_some(bytes)
}
