//! Variables and secrets, read once per isolate: they change only by a deployment, which starts new isolates.

use super::binding::variable;
use std::cell::OnceCell;
use worker::Env;

/// What the operator set.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Secret `ISSUER_KEY`. An empty one counts as none: the issuer API is never open.
    pub(crate) issuer_key: Option<String>,
    /// Variable `BASE_PATH`: the path the service is mounted at, if not the root.
    pub(crate) base_path: String,
    /// Variable `SERVER_TIMING`: whether answers tell what they asked of the database.
    pub(crate) server_timing: bool,
}

thread_local! {
    static SETTINGS: OnceCell<Settings> = const { OnceCell::new() };
}

impl Settings {
    /// The settings of this isolate.
    pub(crate) fn of(env: &Env) -> Self {
        SETTINGS.with(|settings| settings.get_or_init(|| Self::read(env)).clone())
    }

    fn read(env: &Env) -> Self {
        Self {
            issuer_key: variable(env, "ISSUER_KEY"),
            base_path: variable(env, "BASE_PATH").unwrap_or_default(),
            server_timing: variable(env, "SERVER_TIMING").is_some_and(|value| value == "true"),
        }
    }
}
