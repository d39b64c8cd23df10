//! The wallets that speak Apple's protocol, and how a request tells its wallet.
//!
//! A push token belongs to the push service of the wallet that sent it. No other service may get it.

/// A wallet with a known name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wallet {
    /// Apple Wallet.
    Apple,
    /// Wallet Passes, of walletpasses.io.
    WalletPasses,
    /// Wallet, of walletunion.com, on phones with Google's services.
    WalletUnion,
    /// The same on Huawei's phones without them.
    WalletUnionHms,
    /// PassHub in Telegram, of passhub.io.
    Telegram,
    /// Pass2U Wallet, of pass2u.net.
    Pass2U,
}

/// The scheme of Apple Wallet's credentials.
const APPLE: &str = "ApplePass";

/// The name of all other wallets in registrations. They have no push service.
pub const UNKNOWN: &str = "unknown";

impl Wallet {
    /// All known wallets.
    pub const ALL: [Self; 6] =
        [Self::Apple, Self::WalletPasses, Self::WalletUnion, Self::WalletUnionHms, Self::Telegram, Self::Pass2U];

    /// The scheme of its credentials (RFC 9110, section 11.1), from its maker's page for developers.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        match self {
            Self::WalletPasses => "AndroidPass",
            Self::WalletUnion => "WalletUnionPass",
            Self::WalletUnionHms => "WalletUnionHMSPass",
            Self::Telegram => "TelegramPass",
            Self::Apple | Self::Pass2U => APPLE,
        }
    }

    /// Its name in the variable `CLIENTS`: its scheme. Pass2U sends Apple's scheme, so its name is what it sends in
    /// `X-Pass-Client`.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self == Self::Pass2U { "Passes" } else { self.scheme() }
    }

    /// Its name in a registration, in the column `client`. Apple Wallet is `None`.
    #[must_use]
    pub fn column(self) -> Option<&'static str> {
        (self != Self::Apple).then(|| self.name())
    }

    /// The wallet of a registration. `None` when it is not known.
    #[must_use]
    pub fn from_column(column: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|wallet| wallet.column() == column)
    }
}

/// The wallets that the operator let in. Apple Wallet, and all that send its scheme, are always let in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wallets {
    others: Vec<Wallet>,
}

/// The variable `CLIENTS` has words that name no wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWallets {
    /// The wallets that it names rightly. A typo in one name must not lock them out.
    pub understood: Wallets,
    /// The message for the operator.
    pub message: String,
}

/// The most characters of unknown words in the message.
const SHOWN: usize = 80;

impl Wallets {
    /// Parses the variable `CLIENTS`: [names](Wallet::name) with commas or spaces between them.
    ///
    /// # Errors
    /// [`UnknownWallets`] when a word is not a name.
    pub fn parse(text: &str) -> Result<Self, UnknownWallets> {
        let (mut understood, mut unknown) = (Self::default(), Vec::new());
        for word in text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()) {
            match Wallet::ALL.into_iter().find(|wallet| wallet.name() == word) {
                Some(wallet) if understood.contains(wallet) => {}
                Some(wallet) => understood.others.push(wallet),
                None => unknown.push(word),
            }
        }
        if unknown.is_empty() {
            return Ok(understood);
        }
        let shown: String = unknown.join(", ").chars().filter(|c| !c.is_control()).take(SHOWN).collect();
        let names = Wallet::ALL.map(Wallet::name).join(", ");
        let message = format!("The variable CLIENTS names unknown wallets: {shown}. There are: {names}.");
        Err(UnknownWallets { understood, message })
    }

    /// Whether the operator named it, or it is Apple Wallet.
    #[must_use]
    pub fn contains(&self, wallet: Wallet) -> bool {
        wallet == Wallet::Apple || self.others.contains(&wallet)
    }

    /// Whether its credentials are accepted.
    #[must_use]
    pub fn admits(&self, wallet: Wallet) -> bool {
        wallet.scheme() == APPLE || self.contains(wallet)
    }

    /// The wallet with this scheme, in upper or lower case (RFC 9110, section 11.1). Apple's scheme always means Apple Wallet.
    #[must_use]
    pub fn by_scheme(&self, scheme: &str) -> Option<Wallet> {
        Wallet::ALL.into_iter().find(|wallet| self.contains(*wallet) && wallet.scheme().eq_ignore_ascii_case(scheme))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_names_its_wallet() {
        for wallet in Wallet::ALL {
            assert_eq!(Wallet::from_column(wallet.column()), Some(wallet));
        }
        assert_eq!(Wallet::Apple.column(), None);
        assert_eq!(Wallet::Pass2U.column(), Some("Passes"));
        for unknown in ["ApplePass", "androidpass", "", "Passworks", UNKNOWN] {
            assert_eq!(Wallet::from_column(Some(unknown)), None, "{unknown}");
        }
    }

    #[test]
    fn a_mistyped_name_is_shown_and_takes_none_of_the_others_along() {
        let wrong = Wallets::parse("AndroidPass androidpass,Wallet\u{1b}Union").unwrap_err();
        assert_eq!(Ok(wrong.understood), Wallets::parse("AndroidPass"));
        assert!(wrong.message.contains(": androidpass, WalletUnion. There are: ApplePass,"), "{}", wrong.message);
        assert!(Wallets::parse(&"x".repeat(5000)).unwrap_err().message.len() < 300);
    }
}
