//! Somebody who opens a link, and the form in which they get what it opens.
//!
//! Who does not ask for HTML gets the file. A person with a browser gets it too where the browser hands it over to Wallet, and
//! a page everywhere else.

use super::{
    NotOpened, Opened,
    client::Client,
    code,
    open::{NOTHING, file_name},
    page::{self, Shown},
    texts::Texts,
};
use crate::http::{Headers, Reply, accepts, conditional::ReadConditions, file::StoredFile};
use pkpass::cover::Cover;

/// Somebody who opens a link.
pub(crate) struct Visit {
    /// The address of the link. `None` if `PUBLIC_URL` is not set.
    address: Option<String>,
    /// Its last segment.
    name: String,
    /// Whether it is a person with a browser.
    is_person: bool,
    /// Whether they asked for the file itself.
    is_download: bool,
    user_agent: String,
    accept_language: String,
    conditions: ReadConditions,
    head: bool,
}

/// What a visitor gets.
pub(crate) enum Found {
    /// An answer.
    Reply(Reply),
    /// Files to be [packed](super::pack) into a bundle, and the serial numbers after which they are named there.
    Bundle(Vec<(String, StoredFile)>),
    /// A page about so many passes, of which `file` is the first one.
    Page { file: StoredFile, passes: usize, is_bundle: bool, client: Client },
}

impl Visit {
    /// Reads a request. `path` is the path of the link below `PUBLIC_URL`, such as `links/{link}`.
    pub(crate) fn new(path: &str, query: &str, public_url: Option<&str>, headers: &impl Headers, head: bool) -> Self {
        let field = |name| headers.get(name).unwrap_or_default();
        let is_download = |parameter: &str| parameter == "download" || parameter.starts_with("download=");
        Self {
            address: public_url.map(|url| format!("{}/{path}", url.trim_end_matches('/'))),
            name: path.rsplit('/').next().unwrap_or_default().to_owned(),
            is_person: accepts(headers, "text/html"),
            is_download: query.split('&').any(is_download),
            user_agent: field("user-agent"),
            accept_language: field("accept-language"),
            conditions: ReadConditions::from_headers(headers),
            head,
        }
    }

    /// What the visitor gets of the passes that a link opens.
    pub(crate) fn choose(&self, opened: Opened) -> Result<Found, NotOpened> {
        let Opened { files, is_bundle } = opened;
        let client = Client::from_user_agent(&self.user_agent, is_bundle);
        let passes = files.len();
        let is_page = self.is_person && !self.is_download && client != Client::Wallet;
        if is_bundle && !is_page {
            return Ok(Found::Bundle(files));
        }
        let (serial, file) = files.into_iter().next().ok_or(NotOpened::Withdrawn)?;
        Ok(if is_page { Found::Page { file, passes, is_bundle, client } } else { Found::Reply(self.send(&serial, file)) })
    }

    fn send(&self, serial: &str, file: StoredFile) -> Reply {
        let name = file_name(serial);
        file.reply(&self.conditions, self.head)
            .with("content-disposition", format!("attachment; filename=\"{name}.pkpass\""))
            .with("x-robots-tag", "noindex")
    }

    /// The page about passes. `file` is the first of them. `now` is unix seconds.
    pub(crate) fn show(&self, file: &[u8], passes: usize, is_bundle: bool, client: Client, now: i64) -> Reply {
        let code = self.address.as_deref().is_some_and(code::fits);
        let Self { name, accept_language, .. } = self;
        let shown = Shown { passes, is_bundle, client, name, code, accept_language, now };
        page::show(Cover::from_file(file).as_ref(), &shown)
    }

    /// The QR code of the link.
    pub(crate) fn code(&self) -> Reply {
        self.address.as_deref().map_or_else(|| NOTHING.into(), code::picture)
    }

    /// Whether the answers to errors are pages.
    pub(crate) fn is_person(&self) -> bool {
        self.is_person
    }

    /// The page that says why a link opens nothing. `reply` is the answer to others.
    pub(crate) fn explain(&self, why: &NotOpened, reply: &Reply) -> Reply {
        let texts = Texts::for_person(&self.accept_language);
        let page = page::explain(reply.status, why.trouble(texts), texts.lang);
        match reply.headers.iter().find(|(name, _)| *name == "retry-after") {
            Some((name, value)) => page.with(name, value.clone()),
            None => page,
        }
    }

    /// Notes in an answer to a person that it depends on who asks.
    pub(crate) fn vary(&self, reply: Reply) -> Reply {
        if self.is_person { reply.with("vary", "accept, user-agent, accept-language") } else { reply }
    }
}
