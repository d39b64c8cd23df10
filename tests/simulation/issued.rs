//! A pass as its issuer knows it.

use crate::{
    files::{self, File},
    ledger::{self, Stored},
};
use edgepass::{
    http::{conditional::WriteConditions, path::Serial},
    issuer::{Address, publish::Version},
    web_service::{PassAddress, RegistrationAddress},
};
use edgepass_support::storage::Sqlite;
use pkpass::{Expected, inspect_all_but_signature, sha256_hex};

pub(crate) const TYPES: [&str; 2] = ["pass.com.example.coffee", "pass.com.example.tea"];
pub(crate) const PASSES: usize = 6;

pub(crate) struct Issued {
    pub(crate) pass_type: &'static str,
    pub(crate) serial: String,
    pub(crate) token: String,
    /// The newest content that an answer confirmed.
    pub(crate) confirmed: Option<u64>,
    /// Contents that were sent later and got no answer. Any of them may be stored.
    pub(crate) uncertain: Vec<u64>,
    /// The newest content that was sent.
    pub(crate) sent: u64,
    /// Whether the newest content must be published again, as the database was restored.
    pub(crate) replay: bool,
}

impl Issued {
    pub(crate) fn new(number: usize) -> Self {
        let pass_type = TYPES[number % TYPES.len()];
        let serial = format!("S {number}/ü");
        let token = format!("token-of-pass-number-{number}");
        Self { pass_type, serial, token, confirmed: None, uncertain: Vec::new(), sent: 0, replay: false }
    }

    pub(crate) fn address(&self) -> Address {
        Address { pass_type: self.pass_type.to_owned(), serial: self.serial.clone() }
    }

    /// The address as phones write it.
    pub(crate) fn pass_address(&self) -> PassAddress {
        let serial = Serial { once: self.serial.clone(), twice: self.serial.clone() };
        PassAddress { pass_type: self.pass_type.to_owned(), serial }
    }

    pub(crate) fn registration_address(&self, device: String) -> RegistrationAddress {
        RegistrationAddress { device, pass: self.pass_address() }
    }

    pub(crate) fn stored(&self, sqlite: &Sqlite) -> Option<Stored> {
        ledger::stored(sqlite, self.pass_type, &self.serial)
    }

    pub(crate) fn file(&self, content: u64) -> File {
        files::file(self.pass_type, &self.serial, &self.token, content)
    }

    /// An upload. The simulation does not sign.
    pub(crate) fn version(&self, file: Vec<u8>, conditions: WriteConditions) -> Version {
        let expected = Expected { pass_type: self.pass_type, serial: &self.serial };
        let pass = inspect_all_but_signature(&file, Some(&expected)).unwrap();
        Version { address: self.address(), pass, file_sha256: sha256_hex(&file), file, conditions, made: None }
    }
}
