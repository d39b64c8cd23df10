//! The page for whoever opens the address of the service.

use super::{Handled, Route};
use crate::{
    http::ClientError,
    upkeep::{Home, Part},
    wallet::Wallet,
};

/// Where the documentation may be on the web. Empty while `Cargo.toml` names no page.
const DOCUMENTATION: [&str; 2] = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")];

/// `GET /`. It uses no storage.
pub(super) async fn show(route: &Route) -> Handled {
    let settings = route.data.settings();
    let detail = |error: ClientError| error.detail();
    let signing = settings.master_key().err().or_else(|| settings.public_url().err());
    let parts = [
        Part { name: "The issuer API", to_do: settings.issuer_key().err().map(detail) },
        Part { name: "Making passes, and links to them", to_do: signing.map(detail) },
        Part { name: "Push to Apple Wallet", to_do: settings.providers().unusable(Wallet::Apple) },
    ];
    let documentation = DOCUMENTATION.into_iter().find(|page| !page.is_empty()).unwrap_or_default();
    Ok(Home::reply(env!("CARGO_PKG_VERSION"), documentation, &settings.base_path, &parts).into())
}
