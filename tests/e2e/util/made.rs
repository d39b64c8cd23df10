//! Passes that the service makes, for one test, which no other test meets.

use super::{Template, new_type};
use edgepass_support::{
    clock,
    http::{Answer, segment},
    issuer::{Issuer, Pem},
    pass::{DEFAULT_TEAM, Pass, PassBuilder, TestAuthority, Validity, pkcs12::Pkcs12, unpack},
    server::Server,
};
use serde_json::{Value, json};
use std::{fmt::Display, sync::OnceLock};

pub(crate) fn identity(pass_type: &str) -> Pem {
    let authority = TestAuthority::shared();
    Pem::new(&authority.identity(pass_type, DEFAULT_TEAM), authority)
}

/// What Keychain Access exports of an identity for a pass type.
pub(crate) fn exported<'p>(pass_type: &str, password: &'p str) -> Pkcs12<'p> {
    let authority = TestAuthority::shared();
    let identity = authority.identity(pass_type, DEFAULT_TEAM);
    let certificates = vec![identity.certificate_der(), authority.intermediate_der()];
    Pkcs12 { certificates, keys: vec![identity.key_der()], password, ..Pkcs12::default() }
}

/// Another authority than the one of all other passes.
pub(crate) fn stranger() -> &'static TestAuthority {
    static STRANGER: OnceLock<TestAuthority> = OnceLock::new();
    STRANGER.get_or_init(TestAuthority::generate)
}

/// A pass that the service makes from a template.
pub(crate) struct Made {
    pub(crate) pass_type: String,
    pub(crate) serial: String,
    pub(crate) template: Template,
    pub(crate) issuer: Issuer,
}

impl Made {
    /// A pass that can be made: its type has an identity, and its template is stored.
    #[track_caller]
    pub(crate) fn ready() -> Self {
        Self::ready_at(Server::shared())
    }

    /// A loyalty card that can be made, with points, a level, and a barcode with placeholders.
    #[track_caller]
    pub(crate) fn loyalty() -> Self {
        Self::loyalty_at(Server::shared())
    }

    #[track_caller]
    pub(crate) fn loyalty_at(server: &Server) -> Self {
        let made = Self::ready_at(server);
        let template = made.template.clone().field("storeCard", loyalty("Points")).field(
            "barcodes",
            json!([{
                "format": "PKBarcodeFormatQR",
                "messageEncoding": "iso-8859-1",
                "message": "{{serialNumber}}/{{level}}/{{points}}",
            }]),
        );
        template.store().expect(200);
        Self { template, ..made }
    }

    #[track_caller]
    pub(crate) fn ready_at(server: &Server) -> Self {
        let (pass_type, issuer) = (new_type(), server.issuer());
        issuer.store_identity(&pass_type, &identity(&pass_type)).expect(201);
        let template = Template::new().at(server.issuer());
        template.store().expect(201);
        Self { pass_type, serial: "S-1".to_owned(), template, issuer }
    }

    /// A published pass without fields of its own.
    #[track_caller]
    pub(crate) fn published() -> Self {
        let made = Self::ready();
        made.make(&"{}").expect(201);
        made
    }

    /// An uploaded pass of a type that has a signing identity. Its token and its address are not those that the
    /// service would give it.
    #[track_caller]
    pub(crate) fn uploaded() -> Self {
        let made = Self::ready();
        let upload = PassBuilder::new(&made.pass_type, &made.serial).file("logo.png", *b"a logo of its own");
        made.issuer.publish(&made.pass_type, &made.serial, &upload.build()).expect(201);
        made
    }

    pub(crate) fn sibling(&self, serial: &str) -> Self {
        Self {
            pass_type: self.pass_type.clone(),
            serial: serial.to_owned(),
            template: self.template.clone(),
            issuer: self.issuer.clone(),
        }
    }

    #[track_caller]
    pub(crate) fn make(&self, fields: &impl Display) -> Answer {
        self.issuer.make(&self.pass_type, &self.serial, &self.template.name, fields)
    }

    #[track_caller]
    pub(crate) fn make_if(&self, fields: &impl Display, conditions: &[(&str, &str)]) -> Answer {
        self.issuer.make_if(&self.pass_type, &self.serial, &self.template.name, fields, conditions)
    }

    #[track_caller]
    pub(crate) fn patch(&self, patch: &impl Display) -> Answer {
        self.issuer.patch(&self.pass_type, &self.serial, patch)
    }

    #[track_caller]
    pub(crate) fn patch_if(&self, patch: &impl Display, conditions: &[(&str, &str)]) -> Answer {
        self.issuer.patch_if(&self.pass_type, &self.serial, patch, conditions)
    }

    /// Makes the pass with values of its own.
    #[track_caller]
    pub(crate) fn make_with(&self, values: &Value) -> Answer {
        self.order(&json!({ "template": self.template.name, "values": values }))
    }

    #[track_caller]
    pub(crate) fn order(&self, body: &Value) -> Answer {
        self.issuer.send_order(&self.pass_type, &self.serial, body.to_string().as_bytes(), &[])
    }

    #[track_caller]
    pub(crate) fn change(&self, change: &impl Display) -> Answer {
        self.issuer.change(&self.pass_type, &self.serial, change, &[])
    }

    #[track_caller]
    pub(crate) fn change_if(&self, change: &impl Display, headers: &[(&str, &str)]) -> Answer {
        self.issuer.change(&self.pass_type, &self.serial, change, headers)
    }

    #[track_caller]
    pub(crate) fn metadata(&self) -> Value {
        self.issuer.inspect(&self.pass_type, &self.serial).expect(200).json()
    }

    /// The same without what the pass is made from.
    #[track_caller]
    pub(crate) fn version(&self) -> Value {
        let mut version = without_details(self.metadata());
        for member in ["template", "externalId"] {
            version.as_object_mut().and_then(|members| members.remove(member));
        }
        version
    }

    #[track_caller]
    pub(crate) fn etag(&self) -> String {
        self.metadata()["etag"].as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub(crate) fn is_unknown(&self) {
        self.issuer.inspect(&self.pass_type, &self.serial).expect(404);
    }

    #[track_caller]
    pub(crate) fn withdraw(&self) {
        self.issuer.withdraw(&self.pass_type, &self.serial).expect(204);
    }

    #[track_caller]
    pub(crate) fn file(&self) -> Vec<u8> {
        self.issuer.download(&self.pass_type, &self.serial).expect(200).body
    }

    #[track_caller]
    pub(crate) fn pass(&self) -> Pass {
        Pass::read(&self.file()).unwrap_or_else(|error| panic!("{error}"))
    }

    #[track_caller]
    pub(crate) fn content(&self) -> Value {
        self.pass().content
    }

    #[track_caller]
    pub(crate) fn entry(&self, name: &str) -> Vec<u8> {
        let mut files = unpack(&self.file());
        files.remove(name).unwrap_or_else(|| panic!("{name} is not in the pass"))
    }

    /// The pass.json of a pass without fields of its own.
    #[track_caller]
    pub(crate) fn expected(&self, web_service_url: &str, token: &str) -> Value {
        let mut content = self.template.content().clone();
        for (key, value) in [
            ("passTypeIdentifier", self.pass_type.as_str()),
            ("serialNumber", self.serial.as_str()),
            ("teamIdentifier", DEFAULT_TEAM),
            ("webServiceURL", web_service_url),
            ("authenticationToken", token),
        ] {
            content[key] = json!(value);
        }
        content
    }

    pub(crate) fn path(&self) -> String {
        format!("/issuer/v1/passes/{}/{}", segment(&self.pass_type), segment(&self.serial))
    }
}

/// What lists tell of a pass, of what its own address tells.
pub(crate) fn without_details(mut metadata: Value) -> Value {
    for member in ["values", "patches", "pass"] {
        metadata.as_object_mut().and_then(|members| members.remove(member));
    }
    metadata
}

/// The fields of a loyalty card, with this label of the points.
pub(crate) fn loyalty(label: &str) -> Value {
    json!({
        "primaryFields": [{ "key": "points", "label": label, "value": 0, "changeMessage": "You have %@ points" }],
        "secondaryFields": [{ "key": "level", "label": "Level", "value": "Bronze" }],
    })
}

/// An identity whose certificate is valid from yesterday until so many seconds from now.
pub(crate) fn identity_ending_in(pass_type: &str, seconds: u64) -> Pem {
    let now = clock::unix_now().as_secs();
    let validity = Validity { not_before: now - 24 * 60 * 60, not_after: now + seconds };
    let authority = TestAuthority::shared();
    Pem::new(&authority.issue(pass_type, DEFAULT_TEAM, validity), authority)
}
