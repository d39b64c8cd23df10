//! What several tests use: passes and templates of their own, requests to the shared server, and assertions.

mod assertions;
mod browser;
mod card;
mod folder;
mod issuer_routes;
mod made;
mod needles;
mod pages;
mod requests;
mod shell;
mod template;
mod token;
mod wait;

pub(crate) use self::{
    assertions::*,
    browser::{Visit, look},
    card::{Card, new_type},
    folder::{Folder, files},
    issuer_routes::issuer_routes,
    made::{Made, exported, identity, identity_ending_in, loyalty, stranger, without_details},
    needles::{Needles, der},
    pages::all_pages,
    requests::*,
    shell::Shell,
    template::Template,
    token::{HS256, new_pass_key, path_to_new, sign},
    wait::{next_second, until},
};
