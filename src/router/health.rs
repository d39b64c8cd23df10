//! Whether the Worker runs, and which.

use super::{Understood, only_get};
use crate::{
    crypto::subtle::SubtleCrypto,
    endpoint::Failure,
    http::{Refusal, Reply},
    shell::{Limit, Visit, binding},
    upkeep::{Health, Setup},
};

/// `GET /healthz`: it asks nothing, so that it may be asked often. `GET /healthz?deep` asks what requests need.
pub(super) async fn healthz(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    let (version, commit) = (env!("CARGO_PKG_VERSION"), env!("EDGEPASS_COMMIT"));
    if !visit.query().split('&').any(|parameter| parameter == "deep" || parameter.starts_with("deep=")) {
        let health = format!(r#"{{"status":"ok","version":"{version}","commit":"{commit}"}}"#);
        return Ok(Understood::reply(Reply::json_text(200, health)));
    }
    visit.admit_client(Limit::Health).await?;
    let settings = visit.settings();
    let policy = settings.push_policy().ok();
    let setup = Setup {
        faults: settings.faults(),
        warnings: settings.warnings(),
        master_key: settings.master_key().map_err(|refusal| Refusal::detail(&refusal)),
        wrong_public_url: settings.public_url().err().map(|refusal| Refusal::detail(&refusal)),
        policy: policy.as_deref(),
        queue: binding::queue(visit.env()).is_ok(),
    };
    let health = Health::new(version, commit, setup, visit.now());
    let (database, objects) = (visit.database().ok(), visit.objects().ok());
    let (reply, trouble) = health.check(database, objects.as_ref(), &SubtleCrypto).await?;
    if let Some(trouble) = trouble {
        visit.call.note(trouble.into());
    }
    Ok(Understood::reply(reply))
}
