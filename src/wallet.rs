//! The wallets that speak Apple's protocol, and how a request tells which one it is.
//!
//! Push tokens belong to the push service of the wallet that gave them: one of another wallet must never reach Apple's.

/// A wallet that is known by name.
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

/// How a registration names a wallet of which nothing is known but that it is not Apple's: nobody can push to it.
pub const UNKNOWN: &str = "unknown";

impl Wallet {
    /// All of them.
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

    /// What the variable `CLIENTS` calls it: its scheme; Pass2U, which sends Apple's, what it sends in `X-Pass-Client`.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self == Self::Pass2U { "Passes" } else { self.scheme() }
    }

    /// How a registration names it, in the column `client`. Apple Wallet is `None`.
    #[must_use]
    pub fn column(self) -> Option<&'static str> {
        (self != Self::Apple).then(|| self.name())
    }

    /// Which one a registration names. `None` when it is none that is known: nobody can push to it.
    #[must_use]
    pub fn from_column(column: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|client| client.column() == column)
    }
}

/// The wallets whose credentials are accepted. Apple Wallet is always among them, and so is everything that sends its
/// scheme.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wallets {
    others: Vec<Wallet>,
}

/// The variable `CLIENTS` has words that name no wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWallets {
    /// What its other words name. Whoever may be refused for a mistyped word, those must not be.
    pub understood: Wallets,
    /// What is wrong, for the operator.
    pub message: String,
}

/// How much of the unknown words the operator is shown, in characters.
const SHOWN: usize = 80;

impl Wallets {
    /// Reads the variable `CLIENTS`: [names](Wallet::name), as they are written here, with commas or spaces between them.
    ///
    /// # Errors
    /// [`UnknownWallets`] when a word is none of the names.
    pub fn read(text: &str) -> Result<Self, UnknownWallets> {
        let (mut understood, mut unknown) = (Self::default(), Vec::new());
        for word in text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()) {
            match Wallet::ALL.into_iter().find(|client| client.name() == word) {
                Some(client) => understood.add(client),
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

    fn add(&mut self, client: Wallet) {
        if client != Wallet::Apple && !self.others.contains(&client) {
            self.others.push(client);
        }
    }

    /// Whether the operator named it, or it is Apple Wallet.
    #[must_use]
    pub fn contains(&self, client: Wallet) -> bool {
        client == Wallet::Apple || self.others.contains(&client)
    }

    /// Whether its credentials are accepted: those of wallets that the operator named, and all that have Apple's scheme.
    #[must_use]
    pub fn admits(&self, client: Wallet) -> bool {
        client.scheme() == APPLE || self.contains(client)
    }

    /// The wallet whose scheme this is, matched without regard to case (RFC 9110, section 11.1). Apple's scheme is Apple
    /// Wallet here, whoever sends it.
    #[must_use]
    pub fn by_scheme(&self, scheme: &str) -> Option<Wallet> {
        Wallet::ALL.into_iter().find(|client| self.contains(*client) && client.scheme().eq_ignore_ascii_case(scheme))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_names_its_client() {
        for client in Wallet::ALL {
            assert_eq!(Wallet::from_column(client.column()), Some(client));
        }
        assert_eq!(Wallet::Apple.column(), None);
        assert_eq!(Wallet::Pass2U.column(), Some("Passes"));
        for unknown in ["ApplePass", "androidpass", "", "Passworks", UNKNOWN] {
            assert_eq!(Wallet::from_column(Some(unknown)), None, "{unknown}");
        }
    }

    #[test]
    fn names_may_stand_between_commas_and_spaces() {
        for text in ["AndroidPass,TelegramPass", " TelegramPass  AndroidPass\n", "AndroidPass,, TelegramPass ,"] {
            let clients = Wallets::read(text).unwrap();
            let named = Wallet::ALL.into_iter().filter(|client| clients.contains(*client));
            let expected = [Wallet::Apple, Wallet::WalletPasses, Wallet::Telegram];
            assert_eq!(named.collect::<Vec<_>>(), expected, "{text}");
        }
        for text in ["", " , ", "ApplePass"] {
            assert_eq!(Wallets::read(text), Ok(Wallets::default()));
        }
    }

    #[test]
    fn a_mistyped_name_is_shown_and_takes_none_of_the_others_along() {
        let wrong = Wallets::read("AndroidPass androidpass,Wallet\u{1b}Union").unwrap_err();
        assert_eq!(Ok(wrong.understood), Wallets::read("AndroidPass"));
        assert!(wrong.message.contains(": androidpass, WalletUnion. There are: ApplePass,"), "{}", wrong.message);
        assert!(Wallets::read(&"x".repeat(5000)).unwrap_err().message.len() < 300);
    }
}
