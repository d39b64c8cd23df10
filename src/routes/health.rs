//! The health check.

use super::{Handled, Route};
use crate::{
    crypto::subtle::SubtleCrypto,
    http::{ClientError, Reply},
    platform::{RateLimit, bindings},
    upkeep::{Health, Setup},
};

/// `GET /healthz` uses no storage, so it can be called often. `GET /healthz?deep` checks everything that requests need.
pub(super) async fn healthz(route: &Route) -> Handled {
    let request = &route.data;
    let (version, commit) = (env!("CARGO_PKG_VERSION"), env!("EDGEPASS_COMMIT"));
    if !request.query().split('&').any(|parameter| parameter == "deep" || parameter.starts_with("deep=")) {
        let health = format!(r#"{{"status":"ok","version":"{version}","commit":"{commit}"}}"#);
        return Ok(Reply::json_text(200, health).into());
    }
    request.admit_client(RateLimit::Health).await?;
    let settings = request.settings();
    let policy = settings.push_policy().ok();
    let setup = Setup {
        faults: settings.faults(),
        warnings: settings.warnings(),
        master_key: settings.master_key().map_err(|error| ClientError::detail(&error)),
        wrong_public_url: settings.public_url().err().map(|error| ClientError::detail(&error)),
        policy: policy.as_deref(),
        queue: bindings::queue(request.env()).is_ok(),
    };
    let health = Health::new(version, commit, setup, request.now());
    let (database, objects) = (request.database().ok(), request.objects().ok());
    let (reply, error) = health.check(database, objects.as_ref(), &SubtleCrypto).await?;
    if let Some(error) = error {
        request.note(error.into());
    }
    Ok(reply.into())
}
