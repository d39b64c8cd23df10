//! The device: what it remembers, and how it asks.

use super::{
    Exchange,
    complaints::{self, Wanted},
};
use crate::{
    http::{self, Answer, Body, query_value, segment},
    pass::Pass,
    random,
};
use pkpass::card::{Difference, difference};
use serde_json::json;
use std::collections::{HashMap, HashSet};

const USER_AGENT: &str = "passd/1.0 CFNetwork/3826.500.111.2.2 Darwin/24.4.0";

/// A simulated phone. A clone is the same phone, about to do two things at once.
#[derive(Debug, Clone)]
pub struct Phone {
    base: String,
    device: String,
    push_token: String,
    double_encoding: bool,
    /// By pass type: the tag of the last list.
    tags: HashMap<String, String>,
    held: HashMap<(String, String), Held>,
    /// What it showed of each new version, in the order in which they came.
    shown: Vec<Difference>,
}

#[derive(Debug, Clone)]
struct Held {
    pass: Pass,
    last_modified: Option<String>,
    registered: bool,
}

impl Phone {
    /// A new phone, all of whose passes name this address as their `webServiceURL`.
    pub fn new(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            device: random::hex(16),
            push_token: random::hex(32),
            double_encoding: false,
            tags: HashMap::new(),
            held: HashMap::new(),
            shown: Vec::new(),
        }
    }

    /// The same phone, encoding serial numbers twice, as many are believed to do.
    pub fn with_double_encoding(mut self) -> Self {
        self.double_encoding = true;
        self
    }

    /// The same phone under another device library identifier.
    pub fn with_device(mut self, device: &str) -> Self {
        device.clone_into(&mut self.device);
        self
    }

    pub fn with_push_token(mut self, push_token: &str) -> Self {
        push_token.clone_into(&mut self.push_token);
        self
    }

    pub fn device(&self) -> &str {
        &self.device
    }

    pub fn push_token(&self) -> &str {
        &self.push_token
    }

    /// Gets a new push token from Apple, of which the service learns by the next registration.
    pub fn rotate_push_token(&mut self) {
        self.push_token = random::hex(32);
    }

    /// The version of a pass that is on the phone.
    pub fn pass(&self, pass_type: &str, serial: &str) -> Option<&Pass> {
        self.held.get(&key(pass_type, serial)).map(|held| &held.pass)
    }

    /// The texts that it showed on its lock screen, the oldest first.
    pub fn lock_screen(&self) -> Vec<&str> {
        self.shown.iter().flat_map(|difference| &difference.lock_screen).map(String::as_str).collect()
    }

    /// The tag that the next list of a pass type will be asked with.
    pub fn tag(&self, pass_type: &str) -> Option<&str> {
        self.tags.get(pass_type).map(String::as_str)
    }

    /// Registers for the updates of a pass, and holds it from now on.
    pub fn register(&mut self, pass: &Pass) -> Exchange {
        let body = json!({ "pushToken": self.push_token }).to_string();
        let headers = [("Content-Type", "application/json")];
        let path = self.registration_path(pass);
        let exchange = self.send("register", "POST", path, Some(pass), &headers, Body::Bytes(body.as_bytes()));
        let held = self.hold(pass);
        held.registered |= matches!(exchange.status(), 200 | 201);
        exchange.judge(|answer| complaints::about_status(answer, &[200, 201]))
    }

    /// Ends the registration; the pass is deleted from the phone.
    pub fn unregister(&mut self, pass: &Pass) -> Exchange {
        let path = self.registration_path(pass);
        let exchange = self.send("unregister", "DELETE", path, Some(pass), &[], Body::Empty);
        self.held.remove(&key(&pass.pass_type, &pass.serial));
        exchange.judge(|answer| complaints::about_status(answer, &[200, 201]))
    }

    /// Asks which passes of a type changed since the last time it asked.
    pub fn list(&mut self, pass_type: &str) -> Exchange {
        let tag = self.tags.get(pass_type).cloned();
        let exchange = self.list_since(pass_type, tag.as_deref());
        self.tags.extend(exchange.tag().map(|tag| (pass_type.to_owned(), tag)));
        exchange
    }

    /// Asks which passes of a type changed since a tag, and remembers nothing of the answer.
    pub fn list_since(&self, pass_type: &str, tag: Option<&str>) -> Exchange {
        let query = tag.map_or_else(String::new, |tag| format!("?passesUpdatedSince={}", query_value(tag)));
        let path = format!("/v1/devices/{}/registrations/{}{query}", segment(&self.device), segment(pass_type));
        let registered = self.registered(pass_type);
        self.send("list", "GET", path, None, &[], Body::Empty).judge(|answer| complaints::about_list(answer, tag, &registered))
    }

    /// Asks for a pass, whatever version of it is on the phone.
    pub fn fetch(&mut self, pass: &Pass) -> Exchange {
        self.fetch_if(pass, None, false)
    }

    /// Asks for a pass if it changed since it was last fetched; unconditionally if it never was.
    pub fn fetch_conditionally(&mut self, pass: &Pass) -> Exchange {
        self.fetch_as_known(pass, false)
    }

    /// Asks for the headers of a pass.
    pub fn head(&self, pass: &Pass) -> Exchange {
        self.send("head", "HEAD", self.pass_path(pass), Some(pass), &[], Body::Empty)
            .judge(|answer| complaints::about_status(answer, &[200]))
    }

    /// Sends lines to the service's log.
    pub fn log(&self, lines: &[&str]) -> Exchange {
        let body = json!({ "logs": lines }).to_string();
        let headers = [("Content-Type", "application/json")];
        self.send("log", "POST", "/v1/log".to_owned(), None, &headers, Body::Bytes(body.as_bytes()))
            .judge(|answer| complaints::about_status(answer, &[200]))
    }

    /// What Wallet does upon a push for a pass type: lists what changed, then fetches it.
    ///
    /// The list comes first, the fetches behind it in the list's order.
    pub fn update(&mut self, pass_type: &str) -> Vec<Exchange> {
        let tag = self.tags.get(pass_type).cloned();
        let mut list = self.list(pass_type);
        if let (204, Some(tag)) = (list.status(), &tag) {
            list.complaints.push(format!(
                "Device received spurious push. Request for passesUpdatedSince '{tag}' returned no serial numbers. \
                 (Device = {})",
                self.device
            ));
        }
        let passes: Vec<_> = list.serials().iter().filter_map(|serial| self.pass(pass_type, serial).cloned()).collect();
        // Without a tag the service cannot know what the phone has, and lists all of its passes.
        let fetches = passes.iter().map(|pass| self.fetch_as_known(pass, tag.is_some()));
        let fetches: Vec<_> = fetches.collect();
        [vec![list], fetches].concat()
    }

    fn fetch_as_known(&mut self, pass: &Pass, listed: bool) -> Exchange {
        let held = self.held.get(&key(&pass.pass_type, &pass.serial));
        let condition = held.and_then(|held| held.last_modified.clone());
        self.fetch_if(pass, condition.as_deref(), listed)
    }

    fn fetch_if(&mut self, pass: &Pass, condition: Option<&str>, listed: bool) -> Exchange {
        let headers: Vec<_> = condition.map(|date| ("If-Modified-Since", date)).into_iter().collect();
        let exchange = self.send("send", "GET", self.pass_path(pass), Some(pass), &headers, Body::Empty);
        let received = match &exchange.answer {
            Some(answer) if answer.status == 200 => Pass::read(&answer.body).ok(),
            _ => None,
        };
        let held = self.held.get(&key(&pass.pass_type, &pass.serial)).map(|held| held.pass.clone());
        let wanted = Wanted { pass, held: held.as_ref(), condition, listed, received: received.as_ref() };
        let exchange = exchange.judge(|answer| wanted.complaints(answer));
        if let Some(received) = received.filter(|received| received.serial == pass.serial) {
            let before = held.as_ref().and_then(|held| held.content.as_object());
            self.shown.extend(received.content.as_object().map(|after| difference(before, after)));
            let held = self.hold(&received);
            held.pass = received;
            held.last_modified = exchange.header("Last-Modified").map(str::to_owned);
        }
        exchange
    }

    fn hold(&mut self, pass: &Pass) -> &mut Held {
        let new = || Held { pass: pass.clone(), last_modified: None, registered: false };
        self.held.entry(key(&pass.pass_type, &pass.serial)).or_insert_with(new)
    }

    fn registered(&self, pass_type: &str) -> HashSet<String> {
        let held = self.held.values().filter(|held| held.registered && held.pass.pass_type == pass_type);
        held.map(|held| held.pass.serial.clone()).collect()
    }

    fn registration_path(&self, pass: &Pass) -> String {
        let (device, pass_type) = (segment(&self.device), segment(&pass.pass_type));
        format!("/v1/devices/{device}/registrations/{pass_type}/{}", self.serial_segment(pass))
    }

    fn pass_path(&self, pass: &Pass) -> String {
        format!("/v1/passes/{}/{}", segment(&pass.pass_type), self.serial_segment(pass))
    }

    fn serial_segment(&self, pass: &Pass) -> String {
        let encoded = segment(&pass.serial);
        if self.double_encoding { segment(&encoded) } else { encoded }
    }

    fn send(
        &self,
        title: &str,
        method: &'static str,
        path: String,
        credentials: Option<&Pass>,
        headers: &[(&str, &str)],
        body: Body<'_>,
    ) -> Exchange {
        let authorization = credentials.map(|pass| format!("ApplePass {}", pass.token));
        let mut all = vec![("Accept", "*/*"), ("User-Agent", USER_AGENT)];
        all.extend(authorization.as_deref().map(|value| ("Authorization", value)));
        all.extend(headers);
        let answer = http::send(&self.base, method, &path, &all, body).ok();
        Exchange { title: title.to_owned(), method, path, answer, complaints: Vec::new() }
    }
}

impl Exchange {
    /// Fills in the complaints: those about any answer, and those about answers of its kind.
    fn judge(mut self, judge: impl FnOnce(&Answer) -> Vec<String>) -> Self {
        self.complaints = match &self.answer {
            Some(answer) => [judge(answer), complaints::about_framing(answer, self.method)].concat(),
            None => vec!["Connection error".to_owned()],
        };
        self
    }
}

fn key(pass_type: &str, serial: &str) -> (String, String) {
    (pass_type.to_owned(), serial.to_owned())
}
