//! Phones hold passes, register, rotate their push tokens, list, fetch and retry, as Wallet does.

use crate::{
    files,
    issued::TYPES,
    ledger,
    spelling::{device, spelled},
    world::World,
};
use edgepass::{
    http::{Body, conditional::ReadConditions, credentials::TokenHash},
    revision,
    web_service::{ListUpdatablePasses, Register, RegistrationAddress, SendUpdatedPass, Unregister, register::PushToken},
};
use edgepass_support::storage::Fields;
use std::collections::BTreeMap;

#[derive(Default)]
pub(crate) struct Phone {
    pub(crate) name: usize,
    pub(crate) push_token: String,
    pub(crate) held: BTreeMap<usize, Held>,
    pub(crate) tags: BTreeMap<&'static str, Tag>,
}

/// A pass on a phone.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) content: u64,
    pub(crate) last_modified: Option<String>,
    /// The push token of the last successful registration.
    pub(crate) acknowledged: Option<String>,
    /// Push tokens that were sent later and got no answer.
    pub(crate) attempted: Vec<String>,
    /// Whether the phone must fetch it: it was listed, or just registered.
    pub(crate) fetch: bool,
    /// Whether it was deleted on the phone, which tries to unregister it.
    pub(crate) leaving: bool,
}

/// The update tag for the next list.
#[derive(Clone)]
pub(crate) struct Tag {
    pub(crate) text: String,
    /// Whether this service sent it, and not another server.
    pub(crate) ours: bool,
}

impl World {
    pub(crate) fn use_a_phone(&mut self) {
        let phone = self.chance.below(self.phones.len());
        let held: Vec<usize> = self.phones[phone].held.keys().copied().collect();
        let some = self.chance.pick(&held).copied();
        match (self.chance.below(12), some) {
            (0 | 1, _) => self.add(phone),
            (2, Some(pass)) => self.unregister(phone, pass),
            (3, _) => self.rotate(phone),
            (4, _) => self.bring_another_servers_tag(phone),
            (5 | 6, Some(pass)) => self.register(phone, pass),
            _ => {
                let pass_type = *self.chance.pick(&TYPES).unwrap();
                self.update(phone, pass_type);
            }
        }
    }

    /// Somebody adds the newest version of a pass.
    fn add(&mut self, phone: usize) {
        let number = self.chance.below(self.passes.len());
        let Some(stored) = self.stored(number).filter(|stored| !stored.withdrawn) else { return };
        if !self.phones[phone].held.contains_key(&number) {
            let content = self.content_of(&stored);
            self.phones[phone].held.insert(number, Held { content, ..Held::default() });
            self.register(phone, number);
        }
    }

    fn rotate(&mut self, phone: usize) {
        self.tokens += 1;
        self.phones[phone].push_token = spelled(self.tokens, &format!("push-token-{}", self.tokens / 3));
        for pass in self.phones[phone].held.keys().copied().collect::<Vec<_>>() {
            self.register(phone, pass);
        }
    }

    /// Tags of other servers, older than this service or from a clock in the future.
    fn bring_another_servers_tag(&mut self, phone: usize) {
        const TAGS: [&str; 8] = [
            "", "1500000000", "1500000000123", "2017-07-14T02:40:00Z", "2017-07-14 02:40:00 0200", "99999999999999",
            "W/\"etag\"", "tag&=+ ü",
        ];
        let pass_type = *self.chance.pick(&TYPES).unwrap();
        let text = (*self.chance.pick(&TAGS).unwrap()).to_owned();
        self.phones[phone].tags.insert(pass_type, Tag { text, ours: false });
    }

    fn address(&self, phone: usize, pass: usize) -> RegistrationAddress {
        let issued = &self.passes[pass];
        issued.registration_address(device(phone, issued.pass_type))
    }

    fn row(&self, phone: usize, pass: usize) -> Option<String> {
        let issued = &self.passes[pass];
        let device = device(phone, issued.pass_type);
        ledger::push_token(&self.database.sqlite, &device, issued.pass_type, &issued.serial)
    }

    pub(crate) fn register(&mut self, phone: usize, pass: usize) {
        if self.phones[phone].held[&pass].leaving {
            return;
        }
        let wrong = self.chance.percent(3);
        let token = if wrong { "not the pass's token" } else { self.passes[pass].token.as_str() };
        let push_token = self.phones[phone].push_token.clone();
        let before = self.row(phone, pass);
        let register = Register {
            address: self.address(phone, pass),
            token: TokenHash::from_token(token),
            push_token: PushToken { push_token: push_token.clone() },
            wallet: None,
            now: self.clock_ms / 1000,
        };
        let answer = self.serve(&register);
        self.event(&format!("phone {phone} registers {pass}: {}", World::show(answer.as_ref())));
        let after = self.row(phone, pass);
        let status = answer.map(|answer| answer.reply.status);
        if wrong || self.stored(pass).is_none_or(|stored| stored.withdrawn) {
            assert_eq!(before, after, "an unauthorized registration changed something");
            assert!(matches!(status, None | Some(401)), "{status:?}");
            return;
        }
        let held = self.phones[phone].held.get_mut(&pass).unwrap();
        match status {
            None => held.attempted.push(push_token),
            Some(status) => {
                assert!(matches!(status, 200 | 201), "register: {status}");
                assert!(status == 200 || before.is_none(), "201 for a registration that was there");
                assert_eq!(after.as_ref(), Some(&push_token), "acknowledged, but not stored");
                // A phone that registers late may have missed a change, so it fetches once.
                held.fetch |= held.acknowledged.is_none();
                held.acknowledged = Some(push_token);
                held.attempted.clear();
            }
        }
    }

    pub(crate) fn unregister(&mut self, phone: usize, pass: usize) {
        self.phones[phone].held.get_mut(&pass).unwrap().leaving = true;
        let token = TokenHash::from_token(&self.passes[pass].token);
        let answer = self.serve(&Unregister { address: self.address(phone, pass), token, now: self.clock_ms / 1000 });
        self.event(&format!("phone {phone} unregisters {pass}: {}", World::show(answer.as_ref())));
        let Some(answer) = answer else { return };
        assert_eq!(answer.reply.status, if self.stored(pass).is_some() { 200 } else { 401 });
        assert_eq!(self.row(phone, pass), None, "unregistered, but still there");
        self.phones[phone].held.remove(&pass);
    }

    /// A pushed phone lists the changes and fetches them.
    pub(crate) fn update(&mut self, phone: usize, pass_type: &'static str) {
        self.list(phone, pass_type);
        let wanted: Vec<usize> = self.phones[phone]
            .held
            .iter()
            .filter(|(pass, held)| held.fetch && !held.leaving && self.passes[**pass].pass_type == pass_type)
            .map(|(pass, _)| *pass)
            .collect();
        for pass in wanted {
            self.fetch(phone, pass);
        }
    }

    fn list(&mut self, phone: usize, pass_type: &'static str) {
        let tag = self.phones[phone].tags.get(pass_type).cloned();
        let device = device(phone, pass_type);
        let since = tag.as_ref().map_or(revision::NONE, |tag| revision::parse_tag(&tag.text));
        let noted_at = Some(self.clock_ms / 1000);
        let list = ListUpdatablePasses { device: device.clone(), pass_type: pass_type.to_owned(), since, noted_at };
        let answer = self.serve(&list);
        self.event(&format!("phone {phone} lists {pass_type}: {}", World::show(answer.as_ref())));
        let Some(answer) = answer else { return };
        let registered = ledger::registered(&self.database.sqlite, &device, pass_type);
        let newest = ledger::type_revision(&self.database.sqlite, pass_type).unwrap_or_default();
        let expected: Vec<&String> = registered
            .iter()
            .filter(|(_, revision)| match &tag {
                Some(tag) if tag.ours => tag.text.parse::<i64>().unwrap() > newest || *revision > tag.text.parse().unwrap(),
                _ => true,
            })
            .map(|(serial, _)| serial)
            .collect();
        if expected.is_empty() {
            assert_eq!(answer.reply.status, 204, "nothing changed");
            return;
        }
        assert_eq!(answer.reply.status, 200, "{expected:?} changed");
        let Body::Text(body) = &answer.reply.body else { panic!("no body") };
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let mut serials: Vec<&str> =
            body["serialNumbers"].as_array().unwrap().iter().map(|serial| serial.as_str().unwrap()).collect();
        serials.sort_unstable();
        assert_eq!(serials, expected, "listed, against what changed");
        let text = body["lastUpdated"].as_str().unwrap().to_owned();
        assert_eq!(ledger::noted(&self.database.sqlite, &device, pass_type).map(|it| it.to_string()).as_ref(), Some(&text));
        assert_ne!(Some(&text), tag.as_ref().map(|tag| &tag.text), "the tag remained the same");
        self.check_tag(&device, pass_type, &text);
        for (pass, held) in &mut self.phones[phone].held {
            let issued = &self.passes[*pass];
            held.fetch |= issued.pass_type == pass_type && serials.contains(&issued.serial.as_str());
        }
        self.phones[phone].tags.insert(pass_type, Tag { text, ours: true });
    }

    fn check_tag(&mut self, device: &str, pass_type: &str, tag: &str) {
        let (device, pass_type, since) = (device.to_owned(), pass_type.to_owned(), revision::parse_tag(tag));
        let again = ListUpdatablePasses { device, pass_type, since, noted_at: Some(self.clock_ms / 1000) };
        let answer = self.without_faults(|world| world.serve(&again)).unwrap();
        assert_eq!(answer.reply.status, 204, "a tag just handed out lists something");
    }

    pub(crate) fn fetch(&mut self, phone: usize, pass: usize) {
        let held = &self.phones[phone].held[&pass];
        let since = held.last_modified.iter().map(|date| ("if-modified-since", date.clone()));
        let latest = SendUpdatedPass {
            address: self.passes[pass].pass_address(),
            token: TokenHash::from_token(&self.passes[pass].token),
            conditions: ReadConditions::from_headers(&Fields(since.collect())),
            head: false,
        };
        let (content, had) = (held.content, held.last_modified.is_some());
        let answer = self.serve(&latest);
        self.event(&format!("phone {phone} fetches {pass}: {}", World::show(answer.as_ref())));
        let Some(answer) = answer else { return };
        let Some(stored) = self.stored(pass) else {
            assert_eq!(answer.reply.status, 401);
            return;
        };
        let newest = self.content_of(&stored);
        match answer.reply.status {
            304 => assert!(had && content == newest, "304 for content {content}, newest {newest}"),
            status => {
                assert_eq!(status, 200);
                // After a restore the issuer published the same content with another Last-Modified.
                assert!(!had || content != newest || self.restored, "200 with the content the phone has");
                assert_eq!(files::content(answer.object.as_deref().unwrap()), newest);
            }
        }
        let held = self.phones[phone].held.get_mut(&pass).unwrap();
        held.content = newest;
        held.last_modified = answer.reply.header("last-modified").map(str::to_owned);
        held.fetch = false;
    }

    /// The stored push token is the last acknowledged one, or a later one that got no answer.
    pub(crate) fn check_registrations(&self) {
        for (phone, model) in self.phones.iter().enumerate() {
            for (pass, held) in model.held.iter().filter(|(_, held)| !held.leaving) {
                let row = self.row(phone, *pass);
                let Some(acknowledged) = &held.acknowledged else { continue };
                let row = row.unwrap_or_else(|| panic!("phone {phone}'s registration of {pass} is gone"));
                assert!(
                    row == *acknowledged || held.attempted.contains(&row),
                    "the push token is neither the last acknowledged nor a later one"
                );
            }
        }
    }
}
