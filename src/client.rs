//! The wallets that speak Apple's protocol, and how a request tells which one it is.
//!
//! Push tokens belong to the push service of the wallet that gave them: one of another wallet must never reach Apple's.

/// A wallet that is known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
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

impl Client {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Apple,
        Self::WalletPasses,
        Self::WalletUnion,
        Self::WalletUnionHms,
        Self::Telegram,
        Self::Pass2U,
    ];

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
    pub fn of_column(column: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|client| client.column() == column)
    }
}

/// The wallets whose credentials are accepted. Apple Wallet is always among them, and so is everything that sends its
/// scheme.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clients {
    others: Vec<Client>,
}

/// The variable `CLIENTS` has words that name no wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownClients {
    /// What its other words name. Whoever may be refused for a mistyped word, those must not be.
    pub understood: Clients,
    /// What is wrong, for the operator.
    pub message: String,
}

/// How much of the unknown words the operator is shown, in characters.
const SHOWN: usize = 80;

impl Clients {
    /// Reads the variable `CLIENTS`: [names](Client::name), as they are written here, with commas or spaces between them.
    ///
    /// # Errors
    /// [`UnknownClients`] when a word is none of the names.
    pub fn read(text: &str) -> Result<Self, UnknownClients> {
        let (mut understood, mut unknown) = (Self::default(), Vec::new());
        for word in text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()) {
            match Client::ALL.into_iter().find(|client| client.name() == word) {
                Some(client) => understood.add(client),
                None => unknown.push(word),
            }
        }
        if unknown.is_empty() {
            return Ok(understood);
        }
        let shown: String = unknown.join(", ").chars().filter(|c| !c.is_control()).take(SHOWN).collect();
        let names = Client::ALL.map(Client::name).join(", ");
        let message = format!("The variable CLIENTS names unknown wallets: {shown}. There are: {names}.");
        Err(UnknownClients { understood, message })
    }

    fn add(&mut self, client: Client) {
        if client != Client::Apple && !self.others.contains(&client) {
            self.others.push(client);
        }
    }

    /// Whether the operator named it, or it is Apple Wallet.
    #[must_use]
    pub fn contains(&self, client: Client) -> bool {
        client == Client::Apple || self.others.contains(&client)
    }

    /// Whether its credentials are accepted: those of wallets that the operator named, and all that have Apple's scheme.
    #[must_use]
    pub fn admits(&self, client: Client) -> bool {
        client.scheme() == APPLE || self.contains(client)
    }

    /// The wallet whose scheme this is, matched without regard to case (RFC 9110, section 11.1). Apple's scheme is Apple
    /// Wallet here, whoever sends it.
    #[must_use]
    pub fn of_scheme(&self, scheme: &str) -> Option<Client> {
        Client::ALL
            .into_iter()
            .find(|client| self.contains(*client) && client.scheme().eq_ignore_ascii_case(scheme))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_names_its_client() {
        for client in Client::ALL {
            assert_eq!(Client::of_column(client.column()), Some(client));
        }
        assert_eq!(Client::Apple.column(), None);
        assert_eq!(Client::Pass2U.column(), Some("Passes"));
        for unknown in ["ApplePass", "androidpass", "", "Passworks", UNKNOWN] {
            assert_eq!(Client::of_column(Some(unknown)), None, "{unknown}");
        }
    }

    #[test]
    fn names_may_stand_between_commas_and_spaces() {
        for text in
            ["AndroidPass,TelegramPass", " TelegramPass  AndroidPass\n", "AndroidPass,, TelegramPass ,"]
        {
            let clients = Clients::read(text).unwrap();
            let named = Client::ALL.into_iter().filter(|client| clients.contains(*client));
            let expected = [Client::Apple, Client::WalletPasses, Client::Telegram];
            assert_eq!(named.collect::<Vec<_>>(), expected, "{text}");
        }
        for text in ["", " , ", "ApplePass"] {
            assert_eq!(Clients::read(text), Ok(Clients::default()));
        }
    }

    #[test]
    fn a_mistyped_name_is_shown_and_takes_none_of_the_others_along() {
        let wrong = Clients::read("AndroidPass androidpass,Wallet\u{1b}Union").unwrap_err();
        assert_eq!(Ok(wrong.understood), Clients::read("AndroidPass"));
        assert!(
            wrong.message.contains(": androidpass, WalletUnion. There are: ApplePass,"),
            "{}",
            wrong.message
        );
        assert!(Clients::read(&"x".repeat(5000)).unwrap_err().message.len() < 300);
    }
}
