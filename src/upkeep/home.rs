//! `GET`, `HEAD /`: the page for whoever opens the address of the service. Anyone may read it, so it names no secret, and it
//! uses no storage. `static/home.html` has its HTML.

use crate::http::{Reply, html};
use askama::Template;

/// The page.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home<'a> {
    style: &'a str,
    version: &'a str,
    /// Where the health check is.
    health: &'a str,
    /// Where the documentation is on the web, if it is known.
    documentation: &'a str,
    parts: &'a [Part],
}

/// A part of the service that its operator sets up.
pub struct Part {
    /// What it does.
    pub name: &'static str,
    /// What is to be done first. `None` if it is set up.
    pub to_do: Option<&'static str>,
}

/// Its own style, behind that of all pages.
const HOME_STYLE: &str = include_str!("../../static/home.css");

impl<'a> Home<'a> {
    /// The page of these parts. `base_path` is the path at which the service is mounted, without slashes around it.
    #[must_use]
    pub fn reply(version: &'a str, documentation: &'a str, base_path: &str, parts: &'a [Part]) -> Reply {
        let health = if base_path.is_empty() { "/healthz?deep".to_owned() } else { format!("/{base_path}/healthz?deep") };
        let style = [html::STYLE, HOME_STYLE].concat();
        let home = Home { style: &style, version, health: &health, documentation, parts };
        // Writing to a `String` cannot fail.
        html::page(200, &style, home.render().unwrap_or_default())
    }

    fn is_ready(&self) -> bool {
        self.parts.iter().all(|part| part.to_do.is_none())
    }
}
