//! The operator's settings. An isolate reads them once, and again when it gets another `env`: a deployment that changes only
//! bindings may keep isolates (Cloudflare, "Bindings", "Making changes to bindings").

use super::{
    bindings::{self, is_bound, is_not_text, variable},
    log::log_setting,
};
use crate::{
    crypto::MasterKey,
    http::{
        ClientError,
        path::{WrongBasePath, parse_base_path},
    },
    push::{Policy, Providers},
    storage::d1::PreparedDatabase,
    wallet::{UnknownWallets, Wallet, Wallets},
};
use js_sys::Object;
use pkpass::{is_web_service_url, signature::Trust};
use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};
use worker::{Bucket, Env};

/// The fewest characters of `ISSUER_KEY`: 18 random bytes in base64. The number of guesses is not limited.
const FEWEST_KEY_CHARACTERS: usize = 24;

/// The operator's settings.
pub(crate) struct Settings {
    env: Env,
    database: OnceCell<Rc<PreparedDatabase>>,
    bucket: OnceCell<Bucket>,
    issuer_key: Option<String>,
    /// Variable `BASE_PATH`: the path the service is mounted at, if not the root.
    pub(crate) base_path: String,
    /// Variable `CLIENTS`: the wallets that are let in besides Apple's.
    pub(crate) wallets: Wallets,
    /// Variable `SERVER_TIMING`: whether answers show their use of the database.
    pub(crate) server_timing: bool,
    /// Variable `LOG_ALL`: whether every request is logged.
    pub(crate) log_all: bool,
    /// Variable `TRACK_LISTS`: whether lists to devices are noted.
    pub(crate) track_lists: bool,
    master_key: Option<String>,
    previous_master_key: Option<String>,
    public_url: Option<String>,
    /// Messages about a wrong `BASE_PATH`, `CLIENTS` and `TRACK_LISTS`. The service works without them.
    wrong: Vec<&'static str>,
    /// `None`: the variable is not a text. That must not count as "no anchors".
    trust_anchors: Option<String>,
    /// Variables `PUSH_MIN_INTERVAL` and `PUSH_PAGE`.
    push: (Option<String>, Option<String>),
    /// Parsed when they are first needed: phones do not wait for them.
    parsed: Parsed,
}

#[derive(Default)]
struct Parsed {
    providers: OnceCell<Providers>,
    policy: OnceCell<Result<Rc<Policy>, &'static str>>,
    master_key: OnceCell<Option<MasterKey>>,
    wrong_previous_key: OnceCell<&'static str>,
    trust: OnceCell<Option<Trust>>,
}

thread_local! {
    static SETTINGS: RefCell<Option<Rc<Settings>>> = const { RefCell::new(None) };
}

impl Settings {
    /// The settings in `env`.
    pub(crate) fn from_env(env: &Env) -> Rc<Self> {
        let kept = SETTINGS.with_borrow(Clone::clone);
        kept.filter(|settings| Object::is(&settings.env, env)).unwrap_or_else(|| {
            let read = Rc::new(Self::read(env));
            SETTINGS.set(Some(Rc::clone(&read)));
            read
        })
    }

    /// The database, with its prepared statements.
    pub(crate) fn database(&self) -> Result<Rc<PreparedDatabase>, ClientError> {
        if let Some(database) = self.database.get() {
            return Ok(Rc::clone(database));
        }
        bindings::database(&self.env).map(|database| Rc::clone(self.database.get_or_init(|| database)))
    }

    /// The bucket.
    pub(crate) fn bucket(&self) -> Result<Bucket, ClientError> {
        if let Some(bucket) = self.bucket.get() {
            return Ok(bucket.clone());
        }
        bindings::bucket(&self.env).map(|bucket| self.bucket.get_or_init(|| bucket).clone())
    }

    fn read(env: &Env) -> Self {
        let ((base_path, wrong_base), (wallets, wrong_wallets)) = (base_path(env), parse_wallets(env));
        let (track_lists, wrong_track_lists) = parse_track_lists(env);
        Self {
            env: env.clone(),
            database: OnceCell::new(),
            bucket: OnceCell::new(),
            issuer_key: variable(env, "ISSUER_KEY"),
            base_path,
            wallets,
            server_timing: is_true(env, "SERVER_TIMING"),
            log_all: is_true(env, "LOG_ALL"),
            track_lists,
            master_key: variable(env, "MASTER_KEY"),
            previous_master_key: variable(env, "MASTER_KEY_PREVIOUS"),
            public_url: variable(env, "PUBLIC_URL"),
            wrong: [wrong_base, wrong_wallets, wrong_track_lists].into_iter().flatten().collect(),
            trust_anchors: variable(env, "TRUST_ANCHORS").or_else(|| (!is_bound(env, "TRUST_ANCHORS")).then(String::new)),
            push: (variable(env, "PUSH_MIN_INTERVAL"), variable(env, "PUSH_PAGE")),
            parsed: Parsed::default(),
        }
    }

    /// Secret `ISSUER_KEY`. Without it, or with one that is easy to guess, the issuer API refuses everybody.
    pub(crate) fn issuer_key(&self) -> Result<&str, ClientError> {
        let key = self.issuer_key.as_deref().ok_or(ClientError::NotConfigured(
            "The issuer API is not configured. Set its key: \
             node -p 'require(\"crypto\").randomBytes(32).toString(\"hex\")' | \
             tee issuer.key | npx wrangler secret put ISSUER_KEY",
        ))?;
        let long_enough = key.chars().count() >= FEWEST_KEY_CHARACTERS;
        long_enough.then_some(key).ok_or(ClientError::NotConfigured(
            "The secret ISSUER_KEY is shorter than 24 characters. Set another: \
             node -p 'require(\"crypto\").randomBytes(32).toString(\"hex\")' | \
             tee issuer.key | npx wrangler secret put ISSUER_KEY",
        ))
    }

    /// Secret `MASTER_KEY`. It seals private keys, and makes tokens and links.
    pub(crate) fn master_key(&self) -> Result<&MasterKey, ClientError> {
        let secret = self.master_key.as_deref().ok_or(ClientError::NotConfigured(
            "Passes cannot be signed without a master key. Set one, and keep the file in a safe place: \
             node -p 'require(\"crypto\").randomBytes(32).toString(\"hex\")' | \
             tee master.key | npx wrangler secret put MASTER_KEY",
        ))?;
        self.parsed.master_key.get_or_init(|| self.parse_master_key(secret)).as_ref().ok_or(ClientError::NotConfigured(
            "The secret MASTER_KEY is shorter than 32 characters. Set another, and keep the file in a safe place: \
             node -p 'require(\"crypto\").randomBytes(32).toString(\"hex\")' | \
             tee master.key | npx wrangler secret put MASTER_KEY",
        ))
    }

    /// A wrong `MASTER_KEY_PREVIOUS` is logged. `MASTER_KEY` works without it.
    fn parse_master_key(&self, secret: &str) -> Option<MasterKey> {
        let master_key = MasterKey::from_secret(secret)?;
        let Some(previous) = self.previous_master_key.as_deref() else { return Some(master_key) };
        Some(master_key.with_previous(previous).unwrap_or_else(|wrong| {
            log_setting(wrong);
            let _ = self.parsed.wrong_previous_key.set(wrong);
            master_key
        }))
    }

    /// Messages about missing or wrong settings that every issuer needs.
    pub(crate) fn faults(&self) -> Vec<&'static str> {
        let refusals = [self.issuer_key().err(), self.trust().err(), self.push_policy().err()];
        refusals.iter().flatten().map(ClientError::detail).collect()
    }

    /// Messages about wrong settings that the service does not need: `MASTER_KEY_PREVIOUS`, `BASE_PATH`, `CLIENTS`
    /// and `TRACK_LISTS`.
    pub(crate) fn warnings(&self) -> Vec<&'static str> {
        let _ = self.master_key();
        self.parsed.wrong_previous_key.get().into_iter().chain(&self.wrong).copied().collect()
    }

    /// Variable `PUBLIC_URL`: the `webServiceURL` of the passes that this service makes.
    pub(crate) fn public_url(&self) -> Result<&str, ClientError> {
        let url = self.public_url.as_deref().ok_or(ClientError::NotConfigured(
            "The variable PUBLIC_URL is missing in wrangler.toml: the https address at which phones reach this service.",
        ))?;
        is_web_service_url(url).then_some(url).ok_or(ClientError::NotConfigured(
            "The variable PUBLIC_URL is not an address for phones: https, without query and without /v1 at its end.",
        ))
    }

    /// Variable `TRUST_ANCHORS`: certificates in PEM, or `any`. The certificates of an uploaded pass must lead to one of them;
    /// by default to Apple's root.
    pub(crate) fn trust(&self) -> Result<&Trust, ClientError> {
        let read = || Trust::from_pem(self.trust_anchors.as_deref()?).ok();
        self.parsed.trust.get_or_init(read).as_ref().ok_or(ClientError::NotConfigured(
            "The variable TRUST_ANCHORS must be certificates in PEM, each with an RSA key, or the word any.",
        ))
    }

    /// The push services.
    pub(crate) fn providers(&self) -> &Providers {
        let certificate = || bindings::certificate(&self.env).is_some();
        self.parsed.providers.get_or_init(|| Providers::new(&|name| variable(&self.env, name), certificate()))
    }

    /// The wallets that are let in, or whose push service the operator configured, even wrongly. Their registrations stay.
    pub(crate) fn wanted_wallets(&self) -> Vec<Wallet> {
        let is_set_up = |wallet| self.providers().serves(wallet) || self.providers().broken(wallet).is_some();
        Wallet::ALL.into_iter().filter(|wallet| self.wallets.admits(*wallet) || is_set_up(*wallet)).collect()
    }

    /// How many devices are pushed to, and how often.
    pub(crate) fn push_policy(&self) -> Result<Rc<Policy>, ClientError> {
        let read = || {
            let usable = Wallet::ALL.into_iter().filter(|wallet| self.providers().serves(*wallet));
            let expected = Wallet::ALL.into_iter().filter(|wallet| self.wallets.contains(*wallet));
            let (interval, page) = &self.push;
            Policy::from_settings(interval.as_deref(), page.as_deref(), usable.collect(), expected.collect()).map(Rc::new)
        };
        self.parsed.policy.get_or_init(read).clone().map_err(ClientError::NotConfigured)
    }
}

fn is_true(env: &Env, name: &str) -> bool {
    variable(env, name).is_some_and(|value| value == "true")
}

/// The variable `BASE_PATH`, and a message if it is wrong. That is logged too.
fn base_path(env: &Env) -> (String, Option<&'static str>) {
    // Another type than text is a wrong path, too.
    let text = if is_not_text(env, "BASE_PATH") { Some("?".to_owned()) } else { variable(env, "BASE_PATH") };
    match parse_base_path(&text.unwrap_or_default()) {
        Ok(base) => (base, None),
        Err(WrongBasePath { understood, message }) => {
            log_setting(&message);
            (understood, Some(WRONG_BASE))
        }
    }
}

/// The variable `CLIENTS`, and a message if it is wrong. That is logged too. The wallets that it names rightly, and Apple's,
/// are let in.
fn parse_wallets(env: &Env) -> (Wallets, Option<&'static str>) {
    let is_not_text = is_not_text(env, "CLIENTS");
    if is_not_text {
        log_setting("The variable CLIENTS must be a text, such as \"AndroidPass, Passes\".");
    }
    match Wallets::parse(&variable(env, "CLIENTS").unwrap_or_default()) {
        Ok(wallets) => (wallets, is_not_text.then_some(WRONG_CLIENTS)),
        Err(UnknownWallets { understood, message }) => {
            log_setting(&message);
            (understood, Some(WRONG_CLIENTS))
        }
    }
}

/// The variable `TRACK_LISTS`, and a message if it is wrong. That is logged too.
fn parse_track_lists(env: &Env) -> (bool, Option<&'static str>) {
    match variable(env, "TRACK_LISTS").as_deref() {
        Some("off") => (false, None),
        None | Some("on") if !is_not_text(env, "TRACK_LISTS") => (true, None),
        _ => {
            log_setting(WRONG_TRACK_LISTS);
            (true, Some(WRONG_TRACK_LISTS))
        }
    }
}

const WRONG_TRACK_LISTS: &str = "The variable TRACK_LISTS must be \"on\" or \"off\". Lists to phones are noted.";

// Anyone may read these, so only the log shows the value.
const WRONG_BASE: &str =
    "The variable BASE_PATH is wrong. The log line with \"setting\" says how, and where the service is mounted.";
const WRONG_CLIENTS: &str =
    "The variable CLIENTS is wrong. The log line with \"setting\" says how. Wallets that it names rightly are let in.";
