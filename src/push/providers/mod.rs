//! The push services, one per wallet, as the operator configured them.
//!
//! Each service takes a list of push tokens. It gets a list of one, so that the answer is about one device.

mod account;
mod apple;
mod pass2u;
mod passhub;
mod wallet_passes;
mod wallet_union;

use self::{
    account::Account,
    apple::Apple,
    wallet_union::System::{Google, Huawei},
};
use super::{Answer, Request, Verdict};
use crate::wallet::Wallet;

/// Looks up a variable or secret of the operator.
type Settings<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Why a push service cannot be used, for the operator.
#[derive(Clone, Copy)]
enum Problem {
    /// It is not configured.
    Absent(&'static str),
    /// It is configured wrongly.
    Broken(&'static str),
}

/// All push services.
pub struct Providers {
    apple: Result<Apple, Problem>,
    wallet_passes: Result<Account, Problem>,
    wallet_union: Result<Account, Problem>,
    passhub: Result<Account, Problem>,
    pass2u: Result<Account, Problem>,
}

impl Providers {
    /// Looks up and parses the operator's settings. A wrong setting affects only its own service. `certificate` says whether
    /// the pass certificate is bound. It is used if there is no key, since the key serves all pass types of the team.
    #[must_use]
    pub fn new(settings: &dyn Fn(&str) -> Option<String>, certificate: bool) -> Self {
        Self {
            apple: Apple::parse(settings, certificate),
            wallet_passes: wallet_passes::parse(settings),
            wallet_union: wallet_union::parse(settings),
            passhub: passhub::parse(settings),
            pass2u: pass2u::parse(settings),
        }
    }

    /// Whether devices of this wallet can be pushed to.
    #[must_use]
    pub fn serves(&self, wallet: Wallet) -> bool {
        self.problem(wallet).is_none()
    }

    /// Why they cannot: a setting is missing or wrong. For the operator.
    #[must_use]
    pub fn unusable(&self, wallet: Wallet) -> Option<&'static str> {
        let (Problem::Absent(message) | Problem::Broken(message)) = self.problem(wallet)?;
        Some(message)
    }

    /// Which of the operator's settings for this wallet is wrong. `None` also when nothing is set.
    #[must_use]
    pub fn broken(&self, wallet: Wallet) -> Option<&'static str> {
        if let Problem::Broken(message) = self.problem(wallet)? { Some(message) } else { None }
    }

    /// Whether requests to Apple need the pass certificate.
    #[must_use]
    pub fn needs_certificate(&self) -> bool {
        self.apple.as_ref().is_ok_and(Apple::needs_certificate)
    }

    /// The request that tells a device of `wallet` that its passes of this type changed.
    ///
    /// # Errors
    /// The verdict, if nothing can be sent: [`Verdict::Held`] when the wallet is not [served](Self::serves), [`Verdict::Never`]
    /// when its service cannot have issued this push token.
    pub fn request(&self, wallet: Wallet, pass_type: &str, push_token: &str, now_ms: i64) -> Result<Request, Verdict> {
        Ok(match wallet {
            Wallet::Apple => return ready(&self.apple)?.request(pass_type, push_token, now_ms),
            Wallet::WalletPasses => wallet_passes::request(ready(&self.wallet_passes)?, pass_type, push_token),
            Wallet::WalletUnion => wallet_union::request(ready(&self.wallet_union)?, Google, pass_type, push_token),
            Wallet::WalletUnionHms => wallet_union::request(ready(&self.wallet_union)?, Huawei, pass_type, push_token),
            Wallet::Telegram => passhub::request(ready(&self.passhub)?, pass_type, push_token),
            Wallet::Pass2U => pass2u::request(ready(&self.pass2u)?, pass_type, push_token),
        })
    }

    /// The meaning of the answer to such a request.
    #[must_use]
    pub fn verdict(&self, wallet: Wallet, answer: &Answer, now_ms: i64) -> Verdict {
        match wallet {
            Wallet::Apple => apple::verdict(self.needs_certificate(), answer, now_ms),
            Wallet::WalletUnion | Wallet::WalletUnionHms => wallet_union::verdict(answer, now_ms),
            Wallet::WalletPasses | Wallet::Telegram | Wallet::Pass2U => account::verdict(answer, now_ms),
        }
    }

    /// Changes the provider token after an answer that calls it too old or too new, unless it was changed a short time ago.
    /// Returns whether it did: in that case the request should be sent again.
    pub fn change_credentials(&self, verdict: &Verdict, now_ms: i64) -> bool {
        let Some(token) = self.apple.as_ref().ok().and_then(Apple::token) else { return false };
        match verdict {
            Verdict::ExpiredCredentials => token.renew(now_ms),
            verdict if verdict.is_about_credentials() => token.keep(now_ms),
            _ => false,
        }
    }

    fn problem(&self, wallet: Wallet) -> Option<Problem> {
        match wallet {
            Wallet::Apple => self.apple.as_ref().err(),
            Wallet::WalletPasses => self.wallet_passes.as_ref().err(),
            Wallet::WalletUnion | Wallet::WalletUnionHms => self.wallet_union.as_ref().err(),
            Wallet::Telegram => self.passhub.as_ref().err(),
            Wallet::Pass2U => self.pass2u.as_ref().err(),
        }
        .copied()
    }
}

fn ready<T>(service: &Result<T, Problem>) -> Result<&T, Verdict> {
    service.as_ref().map_err(|_| Verdict::misconfigured("NotConfigured", None))
}
