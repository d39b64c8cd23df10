//! Requests, as endpoints for SQLite and over HTTP for D1.

use crate::{
    names::{self, PASS_TYPE, Serials, mix},
    population::{Population, Registration},
};
use edgepass::{
    device::{
        Latest, PassAddress, Register, RegistrationAddress, Unregister, Updatable, register::PushToken,
    },
    endpoint::Endpoint,
    http::{
        Headers,
        conditional::{ReadConditions, WriteConditions},
        credentials::TokenHash,
        path::Serial,
    },
    issuer::{
        Address,
        publish::{Publish, Version},
    },
    revision,
};
use pkpass::Pass;
use serde_json::{Value, json};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    New,
    Repeated,
    Rotated,
    /// By a device with so many passes, all of which are listed.
    List(u64),
    Send,
    NotModified,
    /// A registration with the token of another pass.
    Refused,
    /// What was registered in this round.
    Unregister,
    /// By the issuer: a pass that ten devices hold changed.
    Publish,
}

/// All of them, in the order of a round.
pub(crate) const KINDS: [Kind; 11] = [
    Kind::New,
    Kind::Repeated,
    Kind::Rotated,
    Kind::List(1),
    Kind::List(10),
    Kind::List(100),
    Kind::Send,
    Kind::NotModified,
    Kind::Refused,
    Kind::Unregister,
    Kind::Publish,
];

impl Kind {
    pub(crate) fn name(self) -> String {
        match self {
            Self::New => "register, new".to_owned(),
            Self::Repeated => "register, repeated".to_owned(),
            Self::Rotated => "register, rotated".to_owned(),
            Self::List(passes) => format!("list of {passes}"),
            Self::Send => "send, 200".to_owned(),
            Self::NotModified => "send, 304".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::Unregister => "unregister".to_owned(),
            Self::Publish => "publish, changed".to_owned(),
        }
    }

    /// The status of the answer.
    pub(crate) fn expected(self) -> u16 {
        match self {
            Self::New => 201,
            Self::NotModified => 304,
            Self::Refused => 401,
            _ => 200,
        }
    }
}

/// A request of somebody, somewhere in the population.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    pub(crate) kind: Kind,
    device: u64,
    pass: u64,
    /// Rises with each request: a push token or a version of a pass that nobody had before.
    version: u64,
}

impl Request {
    /// One of at most a hundred thousand requests of a round. A device that rotated its push token is not among those that
    /// repeat theirs, nor a pass that changed among those that are sent.
    pub(crate) fn of(kind: Kind, population: Population, round: u64, number: u64) -> Self {
        let version = round * 100_000 + number + 1;
        let choice = mix(1_000 + round, number);
        let odd = u64::from(matches!(kind, Kind::Rotated | Kind::Publish));
        let registration = population.registration(choice % (population.registrations / 2) * 2 + odd);
        let pass = choice % (population.passes() / 2) * 2 + odd;
        let Registration { device, pass } = match kind {
            Kind::New | Kind::Unregister => Registration { device: population.devices() + version, pass },
            Kind::List(passes) => Registration { device: population.holder_of(passes, choice), pass },
            Kind::Send | Kind::NotModified | Kind::Publish => Registration { device: 0, pass },
            Kind::Repeated | Kind::Rotated | Kind::Refused => registration,
        };
        Self { kind, device, pass, version }
    }

    /// The endpoint with this request in it; `now` in unix seconds.
    pub(crate) fn endpoint(&self, now: i64) -> Box<dyn Endpoint> {
        match self.kind {
            Kind::New | Kind::Repeated | Kind::Rotated | Kind::Refused => Box::new(Register {
                address: self.registration(),
                token: TokenHash::of(&self.token()),
                push_token: PushToken { push_token: self.push_token() },
                client: None,
                now,
            }),
            Kind::Unregister => {
                Box::new(Unregister { address: self.registration(), token: TokenHash::of(&self.token()) })
            }
            Kind::List(_) => Box::new(Updatable {
                device: names::device(self.device),
                pass_type: PASS_TYPE.to_owned(),
                since: revision::NONE,
            }),
            Kind::Send | Kind::NotModified => Box::new(Latest {
                address: self.address(),
                token: TokenHash::of(&self.token()),
                conditions: ReadConditions::of(self),
                head: true, // the bucket has no files
            }),
            Kind::Publish => Box::new(self.publication(now)),
        }
    }

    /// The same over HTTP, as bench/load.mjs sends it; of the issuer's nothing.
    pub(crate) fn http(&self) -> Value {
        let list = format!("/v1/devices/{}/registrations/{PASS_TYPE}", names::device(self.device));
        let registration = format!("{list}/{}", self.serial());
        let pass = format!("/v1/passes/{PASS_TYPE}/{}", self.serial());
        let headers = json!({ "Authorization": format!("ApplePass {}", self.token()) });
        let expect = self.kind.expected();
        match self.kind {
            Kind::New | Kind::Repeated | Kind::Rotated | Kind::Refused => json!({
                "method": "POST", "path": registration, "headers": headers, "expect": expect,
                "body": json!({ "pushToken": self.push_token() }).to_string(),
            }),
            Kind::Unregister => {
                json!({ "method": "DELETE", "path": registration, "headers": headers, "expect": expect })
            }
            Kind::List(_) => json!({ "path": list, "expect": expect }),
            Kind::Send => json!({ "method": "HEAD", "path": pass, "headers": headers, "expect": expect }),
            Kind::NotModified => json!({
                "path": pass, "expect": expect,
                "headers": { "Authorization": headers["Authorization"], "If-None-Match": self.etag() },
            }),
            Kind::Publish => Value::Null,
        }
    }

    fn serial(&self) -> String {
        Serials::Uuid.of(self.pass)
    }

    fn token(&self) -> String {
        names::token(if self.kind == Kind::Refused { self.pass + 1 } else { self.pass })
    }

    fn push_token(&self) -> String {
        names::push_token(self.device, if self.kind == Kind::Rotated { self.version } else { 0 })
    }

    fn etag(&self) -> String {
        format!("\"{}\"", names::file_sha256(self.pass, 0))
    }

    fn address(&self) -> PassAddress {
        let serial = Serial::from_path(&self.serial()).unwrap();
        PassAddress { pass_type: PASS_TYPE.to_owned(), serial }
    }

    fn registration(&self) -> RegistrationAddress {
        RegistrationAddress { device: names::device(self.device), pass: self.address() }
    }

    fn publication(&self, now: i64) -> Publish {
        let pass = Pass {
            authentication_token: Some(self.token()),
            manifest_sha256: names::manifest_sha256(self.pass, self.version),
            file_sha256: names::file_sha256(self.pass, self.version),
        };
        let address = Address { pass_type: PASS_TYPE.to_owned(), serial: self.serial() };
        let version =
            Version { address, pass, file: Vec::new(), conditions: WriteConditions::default(), made: None };
        Publish::new(version, names::publication(self.pass, self.version), now * 1000)
    }
}

/// A phone that has the version it was given first.
impl Headers for Request {
    fn get(&self, name: &str) -> Option<String> {
        (self.kind == Kind::NotModified && name == "if-none-match").then(|| self.etag())
    }
}
