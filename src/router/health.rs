//! Whether the Worker runs, and which.

use super::{Understood, only_get};
use crate::{endpoint::Failure, http::Reply, shell::Visit, upkeep::Health};

/// `GET /healthz`: it asks no database, so that it may be asked often. `GET /healthz?deep` asks it, once.
pub(super) fn healthz(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    let (version, commit) = (env!("CARGO_PKG_VERSION"), env!("EDGEPASS_COMMIT"));
    if visit.query().split('&').any(|parameter| parameter == "deep" || parameter.starts_with("deep=")) {
        let policy = visit.settings().push_policy()?;
        return Ok(Health::new(version, commit, &policy, visit.now()).into());
    }
    let health = format!(r#"{{"status":"ok","version":"{version}","commit":"{commit}"}}"#);
    Ok(Understood::reply(Reply::json_text(200, health)))
}
