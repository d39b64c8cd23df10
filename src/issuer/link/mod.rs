//! Links: addresses at which a person gets a pass, or several at once.
//!
//! A link names its passes and the time when it expires, and has a mark that only this service can make. So it needs no row,
//! and nobody else can make or change a link. It is as secret as the passes: everybody who has it gets them.
//!
//! | Module | Knows |
//! |---|---|
//! | `create` | the request that creates a link |
//! | `token` | what a link contains |
//! | `new_pass`, `show_key` | the token of a link to a new pass, and the key for it |
//! | `open` | the passes of a link, and why it opens nothing |
//! | `visit` | who opens it, and what they get |
//! | `client` | what they open it with |
//! | `page`, `texts` | the page for those whose browser does not hand passes over to Wallet |
//! | `code` | the QR code |
//! | `bundle` | several passes in one file |

mod bundle;
mod client;
mod code;
mod create;
mod new_pass;
mod open;
mod page;
mod show_key;
mod texts;
mod token;
mod visit;

pub(crate) use bundle::pack;
pub(crate) use create::{BODY_LIMIT, CreateLink, DEFAULT_SECONDS, check_seconds};
pub(crate) use new_pass::NewPass;
pub(in crate::issuer) use open::file_name;
pub(crate) use open::{NotOpened, Opened, read};
pub(crate) use show_key::show_key;
pub(crate) use token::Link;
pub(crate) use visit::{Found, Visit};

use super::Address;

/// The most passes of one link (Apple, "Distributing and updating a pass": a bundle has at most 10).
pub(crate) const MOST_PASSES: usize = 10;

/// The passes as a JSON array of `[passType, serial]`, for the statement.
fn to_parameter(passes: &[Address]) -> String {
    let passes: Vec<_> = passes.iter().map(|pass| (&pass.pass_type, &pass.serial)).collect();
    serde_json::to_string(&passes).unwrap_or_default()
}
