//! Phones register, rotate their push tokens, unregister, and are wiped. They list changes after a push or a registration,
//! as Wallet does, and at no other time.

use super::{service::Token, shadow::Who, simulation::Simulation};
use crate::{
    issued::{PASSES, TYPES},
    spelling::{self, device},
};
use edgepass::{
    http::{Body, credentials::TokenHash},
    revision,
    web_service::{ListUpdatablePasses, Register, RegistrationAddress, Unregister, register::PushToken},
};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Phone {
    pub(crate) number: usize,
    pub(crate) push_token: String,
    word: String,
    /// The wallet, if not Apple's.
    pub(crate) client: Option<&'static str>,
    /// Its passes, and whether the registration with the present push token was acknowledged.
    pub(crate) held: BTreeMap<usize, bool>,
    /// Passes deleted on the phone, which tries to unregister them.
    pub(crate) leaving: BTreeSet<usize>,
    pub(crate) tags: BTreeMap<&'static str, String>,
    pub(crate) told: BTreeSet<&'static str>,
    /// The number of the last list, by pass type.
    pub(crate) listed: BTreeMap<&'static str, u64>,
}

impl Simulation {
    pub(crate) fn phone(&mut self, client: Option<&'static str>, unreachable: bool, word: &str) -> Phone {
        self.phones_made += 1;
        let number = self.phones_made;
        let push_token = self.push_token(number, word, unreachable);
        Phone {
            number,
            push_token,
            word: word.to_owned(),
            client,
            held: BTreeMap::new(),
            leaving: BTreeSet::new(),
            tags: BTreeMap::new(),
            told: BTreeSet::new(),
            listed: BTreeMap::new(),
        }
    }

    fn push_token(&self, phone: usize, word: &str, unreachable: bool) -> String {
        let name = self.world.name(word);
        let text = if word.starts_with("..") { name } else { spelling::push_token(phone, &name) };
        let token = Token { unreachable, ..Token::alive(phone) };
        self.world.service.tokens.borrow_mut().insert(text.clone(), token);
        text
    }

    pub(crate) fn use_a_phone(&mut self) {
        let at = self.world.chance.below(self.phones.len());
        let held: Vec<usize> = self.phones[at].held.keys().copied().collect();
        let some = self.world.chance.pick(&held).copied();
        match (self.world.chance.below(20), some) {
            (0..4, _) => self.add(at),
            (4, Some(pass)) => self.unregister(at, pass),
            (5, _) if self.phones[at].client.is_none() => self.rotate(at),
            (6, _) if self.phones[at].client.is_none() && self.world.chance.percent(20) => self.wipe(at),
            (7..10, Some(pass)) => self.register(at, pass),
            (10, _) if self.phones[at].client.is_none() => self.lapse(at),
            (11, _) if self.phones[at].client != Some("unknown") => self.change_wallet(at),
            _ => self.look(at),
        }
    }

    fn add(&mut self, at: usize) {
        let pass = self.world.chance.below(PASSES);
        if self.is_available(pass) && !self.phones[at].leaving.contains(&pass) {
            self.phones[at].held.entry(pass).or_insert(false);
            self.register(at, pass);
        }
    }

    /// The phone gets a new push token. The old one dies now, or a while later.
    pub(crate) fn rotate(&mut self, at: usize) {
        self.kill(at);
        let phone = &self.phones[at];
        let unreachable = self.world.service.tokens.borrow()[&phone.push_token].unreachable;
        self.phones[at].push_token = self.push_token(phone.number, &phone.word, unreachable);
        self.world.event(|| format!("phone {at} has the push token {} now", self.phones[at].push_token));
        self.register_some(at);
    }

    fn register_some(&mut self, at: usize) {
        for acknowledged in self.phones[at].held.values_mut() {
            *acknowledged = false;
        }
        for pass in self.phones[at].held.keys().copied().collect::<Vec<_>>() {
            if self.world.chance.percent(70) {
                self.register(at, pass);
            }
        }
    }

    /// Some of the phones that workers push to just now rotate.
    pub(crate) fn rotate_what_is_pushed_to(&mut self) {
        for at in 0..self.phones.len() {
            let known = self.phones[at].client.is_none() && self.is_handed_out(self.phones[at].number);
            if known && self.world.chance.percent(50) {
                self.rotate(at);
            }
        }
    }

    fn is_handed_out(&self, phone: usize) -> bool {
        let devices = TYPES.map(|pass_type| device(phone, pass_type));
        let database = self.world.database.borrow();
        let sql = "SELECT count(*) FROM push_pages AS g CROSS JOIN json_each(g.devices) AS e WHERE e.value ->> 1 IN (?1, ?2)";
        database.sqlite.connection().query_row(sql, devices, |row| row.get(0)).unwrap()
    }

    /// The push token dies, until the phone registers it again.
    fn lapse(&self, at: usize) {
        let mut tokens = self.world.service.tokens.borrow_mut();
        tokens.get_mut(&self.phones[at].push_token).unwrap().died_ms = Some(self.world.now_ms());
        self.world.event(|| format!("the push token of phone {at} lapses"));
    }

    /// The passes move to another wallet on the same phone, one by one. The old push token lives on.
    fn change_wallet(&mut self, at: usize) {
        if self.world.chance.percent(70) || self.phones[at].word.starts_with("..") {
            return;
        }
        let (client, word) = match self.phones[at].client {
            None => (Some("AndroidPass"), "android"),
            Some(_) => (None, "apple"),
        };
        self.phones[at].client = client;
        word.clone_into(&mut self.phones[at].word);
        self.phones[at].push_token = self.push_token(self.phones[at].number, word, false);
        self.world.event(|| format!("phone {at} has another wallet: {client:?}"));
        self.register_some(at);
    }

    fn kill(&self, at: usize) {
        let after = if self.world.chance.percent(50) { 0 } else { self.world.some_ms(60_000) };
        let mut tokens = self.world.service.tokens.borrow_mut();
        let token = tokens.get_mut(&self.phones[at].push_token).unwrap();
        token.died_ms = Some(self.world.now_ms() + after);
    }

    /// All its passes are gone, and the service does not learn of it. A new phone replaces it.
    fn wipe(&mut self, at: usize) {
        self.kill(at);
        let word = self.phones[at].word.clone();
        self.phones[at] = self.phone(self.phones[at].client, false, &word);
        self.world.event(|| format!("phone {at} is wiped"));
    }

    fn address(&self, at: usize, pass: usize) -> RegistrationAddress {
        let issued = &self.passes[pass];
        issued.registration_address(device(self.phones[at].number, issued.pass_type))
    }

    pub(crate) fn register(&mut self, at: usize, pass: usize) {
        let phone = &self.phones[at];
        self.world.service.tokens.borrow_mut().get_mut(&phone.push_token).unwrap().died_ms = None;
        let register = Register {
            address: self.address(at, pass),
            token: TokenHash::from_token(&self.passes[pass].token),
            push_token: PushToken { push_token: phone.push_token.clone() },
            wallet: phone.client.map(str::to_owned),
            now: self.world.now_ms() / 1000,
        };
        let answer = self.world.serve(&register, Who::Register);
        let status = answer.as_ref().map(|answer| answer.reply.status);
        self.world.event(|| format!("phone {at} registers {pass} with {}: {status:?}", phone.push_token));
        if answer.is_some_and(|answer| matches!(answer.reply.status, 200 | 201)) {
            let pass_type = self.passes[pass].pass_type;
            self.phones[at].held.insert(pass, true);
            self.phones[at].told.insert(pass_type);
        } else if status.is_none()
            && let Some(acknowledged) = self.phones[at].held.get_mut(&pass)
        {
            // The phone tries again, even if it only repeated a registration.
            *acknowledged = false;
        }
    }

    pub(crate) fn unregister(&mut self, at: usize, pass: usize) {
        self.phones[at].held.remove(&pass);
        self.phones[at].leaving.insert(pass);
        let token = TokenHash::from_token(&self.passes[pass].token);
        let unregister = Unregister { address: self.address(at, pass), token, now: self.world.now_ms() / 1000 };
        let answer = self.world.serve(&unregister, Who::Unregister);
        self.world.event(|| format!("phone {at} unregisters {pass}"));
        if answer.is_some() {
            self.phones[at].leaving.remove(&pass);
        }
    }

    pub(crate) fn hear(&mut self) {
        for (number, pass_type) in self.world.service.heard.take() {
            let Some(phone) = self.phones.iter_mut().find(|phone| phone.number == number) else { continue };
            let pass_type = TYPES.into_iter().find(|known| *known == pass_type).unwrap();
            phone.told.insert(pass_type);
        }
    }

    /// Lists the changes of the types for which it was pushed to, or registered.
    pub(crate) fn look(&mut self, at: usize) {
        for pass_type in self.phones[at].told.clone() {
            let since = self.phones[at].tags.get(pass_type).map_or(revision::NONE, |tag| revision::parse_tag(tag));
            let device = device(self.phones[at].number, pass_type);
            let list = ListUpdatablePasses { device, pass_type: pass_type.to_owned(), since, noted_at: None };
            let answer = self.world.serve(&list, Who::Reader);
            let Some(answer) = answer else { continue };
            let phone = &mut self.phones[at];
            if let Body::Text(body) = &answer.reply.body {
                let body: serde_json::Value = serde_json::from_str(body).unwrap();
                phone.tags.insert(pass_type, body["lastUpdated"].as_str().unwrap().to_owned());
            }
            phone.told.remove(pass_type);
            phone.listed.insert(pass_type, self.world.sequence());
        }
    }
}
