//! The push services, one per wallet, as far as the operator set them up.
//!
//! Each takes a list of push tokens; all get lists of one, so that an answer is about one device.

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

/// What the operator set, as it is written in variables and secrets.
#[derive(Default)]
pub struct ProviderSettings {
    /// Secret `APNS_KEY`: the .p8 file.
    pub apns_key: Option<String>,
    /// Variable `APNS_KEY_ID`.
    pub apns_key_id: Option<String>,
    /// Variable `APNS_TEAM_ID`.
    pub apns_team_id: Option<String>,
    /// Variable `APNS_URL`: another address than Apple's, for tests.
    pub apns_url: Option<String>,
    /// Whether requests to Apple go out with the pass certificate. A key, where there is one, comes first: it is good
    /// for all pass types of the team.
    pub certificate: bool,
    /// Secret `WALLET_PASSES_KEY`.
    pub wallet_passes_key: Option<String>,
    /// Variable `WALLET_PASSES_URL`: another address than the maker's.
    pub wallet_passes_url: Option<String>,
    /// Secret `WALLET_UNION_KEY`.
    pub wallet_union_key: Option<String>,
    /// Variable `WALLET_UNION_URL`: another address than the maker's.
    pub wallet_union_url: Option<String>,
    /// Secret `PASSHUB_KEY`.
    pub passhub_key: Option<String>,
    /// Variable `PASSHUB_URL`: another address than the maker's.
    pub passhub_url: Option<String>,
    /// Secret `PASS2U_KEY`.
    pub pass2u_key: Option<String>,
    /// Variable `PASS2U_URL`: another address than the maker's.
    pub pass2u_url: Option<String>,
}

/// A push service, and why it cannot be used. The words are for the operator.
enum Service<T> {
    Ready(T),
    /// Nothing is set for it.
    Absent(&'static str),
    /// What is set for it is wrong.
    Broken(&'static str),
}

impl<T> Service<T> {
    fn ready(&self) -> Option<&T> {
        if let Self::Ready(service) = self { Some(service) } else { None }
    }

    fn unusable(&self) -> Option<&'static str> {
        match self {
            Self::Ready(_) => None,
            Self::Absent(why) | Self::Broken(why) => Some(why),
        }
    }

    fn broken(&self) -> Option<&'static str> {
        if let Self::Broken(why) = self { Some(why) } else { None }
    }
}

/// All push services.
pub struct Providers {
    apple: Service<Apple>,
    wallet_passes: Service<Account>,
    wallet_union: Service<Account>,
    passhub: Service<Account>,
    pass2u: Service<Account>,
}

impl Providers {
    /// Reads the settings. What is wrong with those of one service does not touch the others.
    #[must_use]
    pub fn new(settings: &ProviderSettings) -> Self {
        Self {
            apple: apple::read(settings),
            wallet_passes: wallet_passes::read(settings),
            wallet_union: wallet_union::read(settings),
            passhub: passhub::read(settings),
            pass2u: pass2u::read(settings),
        }
    }

    /// Whether devices of this client can be pushed to.
    #[must_use]
    pub fn serves(&self, client: Wallet) -> bool {
        self.unusable(client).is_none()
    }

    /// Why they cannot: what is missing or wrong, for the operator.
    #[must_use]
    pub fn unusable(&self, client: Wallet) -> Option<&'static str> {
        match self.account(client) {
            None => self.apple.unusable(),
            Some(account) => account.unusable(),
        }
    }

    /// What is wrong with what the operator set for this client. `None` as well when nothing was set.
    #[must_use]
    pub fn broken(&self, client: Wallet) -> Option<&'static str> {
        match self.account(client) {
            None => self.apple.broken(),
            Some(account) => account.broken(),
        }
    }

    /// Whether requests to Apple have to go out with the pass certificate.
    #[must_use]
    pub fn needs_certificate(&self) -> bool {
        self.apple.ready().is_some_and(Apple::needs_certificate)
    }

    /// What tells a device of `client` that something changed of its passes of this type.
    ///
    /// # Errors
    /// What it means that nothing can be sent: [`Verdict::Held`] when the client is not [served](Self::serves);
    /// [`Verdict::Never`] when its service could have given nobody this push token, which is one device's matter and must
    /// not stop the others.
    pub fn request(&self, client: Wallet, pass_type: &str, push_token: &str, now_ms: i64) -> Result<Request, Verdict> {
        let absent = || Verdict::misconfigured("NotConfigured", None);
        let Some(account) = self.account(client) else {
            return self.apple.ready().ok_or_else(absent)?.request(pass_type, push_token, now_ms);
        };
        let account = account.ready().ok_or_else(absent)?;
        Ok(match client {
            Wallet::Apple => return Err(absent()),
            Wallet::WalletPasses => wallet_passes::request(account, pass_type, push_token),
            Wallet::WalletUnion => wallet_union::request(account, Google, pass_type, push_token),
            Wallet::WalletUnionHms => wallet_union::request(account, Huawei, pass_type, push_token),
            Wallet::Telegram => passhub::request(account, pass_type, push_token),
            Wallet::Pass2U => pass2u::request(account, pass_type, push_token),
        })
    }

    /// What the answer to such a request means.
    #[must_use]
    pub fn verdict(&self, client: Wallet, answer: &Answer, now_ms: i64) -> Verdict {
        match client {
            Wallet::Apple => apple::verdict(self.needs_certificate(), answer, now_ms),
            Wallet::WalletUnion | Wallet::WalletUnionHms => wallet_union::verdict(answer, now_ms),
            Wallet::WalletPasses | Wallet::Telegram | Wallet::Pass2U => account::verdict(answer, now_ms),
        }
    }

    /// After an answer that refuses the provider token as too old, or as new too soon: takes another one, unless that was done
    /// a short time ago. Whether it was done now, so that it is worth while to send the request again.
    pub fn change_credentials(&self, verdict: &Verdict, now_ms: i64) -> bool {
        let Some(apple) = self.apple.ready() else { return false };
        match verdict {
            Verdict::ExpiredCredentials => apple.renew(now_ms),
            verdict if verdict.is_about_credentials() => apple.keep(now_ms),
            _ => false,
        }
    }

    /// `None` for Apple, which has other credentials.
    fn account(&self, client: Wallet) -> Option<&Service<Account>> {
        match client {
            Wallet::Apple => None,
            Wallet::WalletPasses => Some(&self.wallet_passes),
            Wallet::WalletUnion | Wallet::WalletUnionHms => Some(&self.wallet_union),
            Wallet::Telegram => Some(&self.passhub),
            Wallet::Pass2U => Some(&self.pass2u),
        }
    }
}
