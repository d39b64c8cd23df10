//! A service with a push service of its own.

use crate::util::{Card, new_type, until};
use edgepass_support::{
    apns::{self, Apns, Behaviour, Received},
    http::{Answer, Body},
    phone::Phone,
    server::{Options, Server},
};
use serde_json::{Value, json};
use std::{path::Path, sync::LazyLock, time::Duration};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const NO_DEVICE: &str = "0000000000000000000000000000000000000000000000000000000000000000";
pub(crate) const RESUME: &str = "* * * * *";

pub(crate) struct Shop {
    pub(crate) server: Server,
    pub(crate) apns: Apns,
}

impl Shop {
    /// One that all tests share which script nothing but their own push tokens. It pushes each change at once, and can push to
    /// all wallets but Telegram's.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: LazyLock<Shop> = LazyLock::new(|| {
            let apns = apns();
            let [passes, union, pass2u] =
                ["walletpasses", "walletunion", "pass2u"].map(|path| format!("{}/{path}", apns.url()));
            let vars = [
                ("PUSH_MIN_INTERVAL", "0"),
                ("CLIENTS", "AndroidPass, WalletUnionPass, WalletUnionHMSPass, TelegramPass, Passes"),
                ("WALLET_PASSES_KEY", "key-of-wallet-passes"),
                ("WALLET_PASSES_URL", passes.as_str()),
                ("WALLET_UNION_KEY", "key-of-wallet-union"),
                ("WALLET_UNION_URL", union.as_str()),
                ("PASS2U_KEY", "key-of-pass2u"),
                ("PASS2U_URL", pass2u.as_str()),
            ];
            let server = with_key(&apns, &vars, Server::start);
            Shop { server, apns }
        });
        &SHARED
    }

    pub(crate) fn open(vars: &[(&str, &str)]) -> Self {
        let apns = apns();
        let server = with_key(&apns, vars, Server::start);
        Self { server, apns }
    }

    /// Restarts the Worker on its state, with these variables. `meanwhile` runs in between.
    pub(crate) fn restart(self, vars: &[(&str, &str)], meanwhile: impl FnOnce(&Path)) -> Self {
        let Self { server, apns } = self;
        let server = with_key(&apns, vars, |options| server.restart_after(options, meanwhile));
        Self { server, apns }
    }

    /// A published card of a new type, and phones that registered it, in the order in which they are pushed to.
    #[track_caller]
    pub(crate) fn card(&self, phones: usize) -> (Card, Vec<Phone>) {
        let mut phones: Vec<Phone> = (0..phones).map(|_| self.server.phone()).collect();
        // Older registrations first, and by push token within a second.
        phones.sort_by(|a, b| a.push_token().cmp(b.push_token()));
        let card = self.card_as(&new_type(), "S-1", &mut phones);
        (card, phones)
    }

    #[track_caller]
    pub(crate) fn card_as(&self, pass_type: &str, serial: &str, phones: &mut [Phone]) -> Card {
        let card = Card::new(pass_type, serial).at(self.server.issuer());
        card.publish(&card.file()).expect(201);
        for phone in phones {
            assert_eq!(phone.register(&card.pass).status(), 201);
        }
        card
    }

    #[track_caller]
    pub(crate) fn pushes(&self, pass_type: &str, count: usize) -> Vec<Received> {
        self.those(count, |push| push.topic.as_deref() == Some(pass_type) && push.token != NO_DEVICE)
    }

    #[track_caller]
    pub(crate) fn pushes_to(&self, push_token: &str, count: usize) -> Vec<Received> {
        self.those(count, |push| push.token == push_token)
    }

    #[track_caller]
    fn those(&self, count: usize, wanted: impl Fn(&Received) -> bool) -> Vec<Received> {
        let pushes = self.apns.wait_for_those(count, PATIENCE, wanted);
        assert!(pushes.len() >= count, "{} of {count} pushes came:\n{}", pushes.len(), self.server.log());
        pushes
    }

    /// Makes a change and waits until it was pushed. Then everything older was pushed as well.
    #[track_caller]
    pub(crate) fn fence(&self) {
        let (card, _) = self.card(1);
        card.change(1);
        self.pushes(card.pass_type(), 1);
    }

    #[track_caller]
    pub(crate) fn progress(&self, card: &Card) -> Value {
        self.get(&format!("{}/push", card.issuer_path())).json()
    }

    /// Waits until a card's devices have these numbers, without those of 0. Returns the progress.
    #[track_caller]
    pub(crate) fn progress_with(&self, card: &Card, devices: &Value) -> Value {
        let mut seen = Value::Null;
        let fine = || {
            seen = self.progress(card);
            let numbers = seen["devices"].as_object()?.iter();
            let numbers = numbers.filter(|(_, number)| number.as_i64().is_some_and(|number| number > 0));
            let numbers: Value = numbers.map(|(name, number)| (name.clone(), number.clone())).collect();
            (numbers == *devices && seen["jobsWaiting"] == 0).then_some(())
        };
        until(&format!("{} with {devices}", card.issuer_path()), fine);
        seen
    }

    #[track_caller]
    pub(crate) fn overview(&self, client: &str) -> Value {
        overview(&self.server, client)
    }

    #[track_caller]
    pub(crate) fn health(&self) -> String {
        health(&self.server)
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.server.issuer().send("GET", path, &[], Body::Empty).expect(200)
    }

    /// The hold on a pass type of Apple's wallet, or on all types if it is null.
    pub(crate) fn hold(&self, pass_type: &Value) -> Option<Value> {
        let overview = self.overview("ApplePass");
        let mut held = overview["held"].as_array().into_iter().flatten();
        held.find(|held| held["passTypeIdentifier"] == *pass_type).cloned()
    }

    #[track_caller]
    pub(crate) fn try_out(&self, pass_type: &str) -> Value {
        let trial = self.say(&json!({ "passTypeIdentifier": pass_type }));
        assert_eq!((&trial["client"], &trial["passTypeIdentifier"]), (&json!("ApplePass"), &json!(pass_type)));
        json!([trial["accepted"], trial["status"], trial["reason"]])
    }

    #[track_caller]
    pub(crate) fn say(&self, body: &Value) -> Value {
        let body = body.to_string();
        let body = Body::Bytes(body.as_bytes());
        self.server.issuer().send("POST", "/issuer/v1/push/test", &[], body).expect(200).json()
    }
}

#[track_caller]
pub(crate) fn overview(server: &Server, client: &str) -> Value {
    let answer = server.issuer().send("GET", "/issuer/v1/push", &[], Body::Empty).expect(200).json();
    let clients = answer["clients"].as_array().into_iter().flatten();
    let mut named = clients.filter(|state| state["client"] == client).cloned();
    named.next().unwrap_or_else(|| panic!("no {client} in {answer}"))
}

#[track_caller]
pub(crate) fn health(server: &Server) -> String {
    let health = server.request("GET", "/healthz?deep", &[], Body::Empty).expect(200).json();
    let push = health["push"]["status"].as_str().unwrap_or_default().to_owned();
    assert_eq!(health["status"] == "ok", push == "ok", "{health}");
    push
}

pub(crate) fn is_date(moment: &Value) -> bool {
    moment.as_str().is_some_and(|text| httpdate::parse_http_date(text).is_ok())
}

pub(crate) fn tokens(pushes: &[Received]) -> Vec<&str> {
    let mut tokens: Vec<&str> = pushes.iter().map(|push| push.token.as_str()).collect();
    tokens.sort_unstable();
    tokens
}

pub(crate) fn tokens_of(phones: &[Phone]) -> Vec<&str> {
    let mut tokens: Vec<&str> = phones.iter().map(Phone::push_token).collect();
    tokens.sort_unstable();
    tokens
}

pub(crate) fn apns() -> Apns {
    // Provider tokens are made by the half-hour, so that two may come soon after another when that ends during the tests.
    let options = apns::Options { updates_every: Duration::ZERO, ..apns::Options::default() };
    let apns = Apns::with(options).expect("there is a free port");
    apns.script(NO_DEVICE, [Behaviour::refuse("BadDeviceToken")]);
    apns
}

pub(crate) fn with_key<T>(apns: &Apns, vars: &[(&str, &str)], start: impl FnOnce(Options<'_>) -> T) -> T {
    let url = apns.url();
    let usual = [
        ("APNS_URL", url.as_str()),
        ("APNS_KEY", apns.key_pem()),
        ("APNS_KEY_ID", apns.key_id()),
        ("APNS_TEAM_ID", apns.team_id()),
    ];
    let vars = [&usual, vars].concat();
    start(Options { vars: &vars, ..Options::default() })
}
