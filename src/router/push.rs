//! What issuers learn of push.

use super::{Understood, only_get, only_post};
use crate::{
    client::Client,
    endpoint::Failure,
    issuer::{
        Address,
        push::{BODY_LIMIT, OfPass, Overview, Setup, Trial},
    },
    shell::{Fetch, Visit},
};

/// `GET /issuer/v1/push`
pub(super) fn overview(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    let settings = visit.settings();
    let setup = |client| Setup { client, unusable: settings.providers().unusable(client) };
    Ok(Overview { setup: Client::ALL.map(setup).into(), now_ms: visit.now_ms() }.into())
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/push`
pub(super) fn of_pass(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_get(visit)?;
    let address = Address::decode(visit.segment("type"), visit.segment("serial"))?;
    let providers = visit.settings().providers();
    let usable: Vec<Client> = Client::ALL.into_iter().filter(|client| providers.serves(*client)).collect();
    Ok(OfPass::new(address, &usable).into())
}

/// `POST /issuer/v1/push/test`
pub(super) async fn test(visit: &Visit<'_>) -> Result<Understood, Failure> {
    only_post(visit)?;
    let trial = Trial::read(&visit.body(BODY_LIMIT).await?)?;
    let settings = visit.settings();
    let providers = settings.providers();
    let transport = Fetch::to(trial.client, providers, visit.env());
    Ok(Understood::reply(trial.run(providers, &transport, visit.database()?).await?))
}
