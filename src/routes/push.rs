//! Push in the issuer API.

use super::{Handled, Route, passes::address};
use crate::{
    issuer::push::{BODY_LIMIT, PassPushState, PushOverview, PushTest, WalletSetup},
    platform::Fetch,
    wallet::Wallet,
};

/// `GET /issuer/v1/push`
pub(super) async fn show(route: &Route) -> Handled {
    let request = &route.data;
    let providers = request.settings().providers();
    let setup = |wallet| WalletSetup { wallet, unusable: providers.unusable(wallet) };
    request.serve(&PushOverview { setup: Wallet::ALL.map(setup).into(), now_ms: request.now_ms() }).await
}

/// `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/push`
pub(super) async fn show_of_pass(route: &Route) -> Handled {
    let address = address(route).await?;
    let providers = route.data.settings().providers();
    let usable: Vec<Wallet> = Wallet::ALL.into_iter().filter(|wallet| providers.serves(*wallet)).collect();
    route.data.serve(&PassPushState::new(address, &usable)).await
}

/// `POST /issuer/v1/push/test`
pub(super) async fn test(route: &Route) -> Handled {
    let request = &route.data;
    let test = PushTest::parse(&request.body(BODY_LIMIT).await?)?;
    let providers = request.settings().providers();
    let transport = Fetch::new(test.wallet, providers, request.env());
    Ok(test.run(providers, &transport, request.database()?).await?.into())
}
