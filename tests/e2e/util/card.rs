//! Passes for one test, which no other test meets.

use edgepass_support::{
    http::{Answer, Body, segment},
    issuer::Issuer,
    pass::{Pass, PassBuilder},
    phone::Phone,
    random,
    server::Server,
};
use serde_json::Value;

/// A pass type that no other test uses.
pub(crate) fn new_type() -> String {
    format!("pass.com.example.{}", random::hex(8))
}

/// A store card. Its issuer has all versions, phones have the published ones.
pub(crate) struct Card {
    builder: PassBuilder,
    issuer: Issuer,
    pub(crate) pass: Pass,
}

impl Card {
    pub(crate) fn new(pass_type: &str, serial: &str) -> Self {
        let builder = PassBuilder::new(pass_type, serial);
        Self { pass: builder.pass(), builder, issuer: Server::shared().issuer() }
    }

    pub(crate) fn unpublished() -> Self {
        Self::new(&new_type(), "S-1")
    }

    #[track_caller]
    pub(crate) fn published() -> Self {
        Self::published_as(&new_type(), "S-1")
    }

    #[track_caller]
    pub(crate) fn published_as(pass_type: &str, serial: &str) -> Self {
        let card = Self::new(pass_type, serial);
        card.publish(&card.file()).expect(201);
        card
    }

    pub(crate) fn at(mut self, issuer: Issuer) -> Self {
        self.issuer = issuer;
        self
    }

    pub(crate) fn pass_type(&self) -> &str {
        &self.pass.pass_type
    }

    pub(crate) fn serial(&self) -> &str {
        &self.pass.serial
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        self.builder.build()
    }

    pub(crate) fn file_with(&self, cups: u32) -> Vec<u8> {
        self.edited(|builder| builder.field("/storeCard/primaryFields/0/value", cups))
    }

    pub(crate) fn edited(&self, edit: impl FnOnce(PassBuilder) -> PassBuilder) -> Vec<u8> {
        edit(self.builder.clone()).build()
    }

    #[track_caller]
    pub(crate) fn file_of_devices(&self) -> Vec<u8> {
        self.send("GET", &self.path(), Body::Empty).expect(200).body
    }

    #[track_caller]
    pub(crate) fn publish(&self, file: &[u8]) -> Answer {
        self.issuer.publish(self.pass_type(), self.serial(), file)
    }

    #[track_caller]
    pub(crate) fn publish_if(&self, file: &[u8], conditions: &[(&str, &str)]) -> Answer {
        self.issuer.publish_if(self.pass_type(), self.serial(), file, conditions)
    }

    #[track_caller]
    pub(crate) fn change(&self, cups: u32) -> i64 {
        let published = self.publish(&self.file_with(cups)).expect(200).json();
        assert_eq!(published["changed"], true, "{published}");
        published["revision"].as_i64().unwrap_or_else(|| panic!("no revision: {published}"))
    }

    #[track_caller]
    pub(crate) fn withdraw(&self) {
        self.issuer.withdraw(self.pass_type(), self.serial()).expect(204);
    }

    #[track_caller]
    pub(crate) fn metadata(&self) -> Value {
        self.issuer.inspect(self.pass_type(), self.serial()).expect(200).json()
    }

    #[track_caller]
    pub(crate) fn is_unknown(&self) {
        self.issuer.inspect(self.pass_type(), self.serial()).expect(404);
    }

    #[track_caller]
    pub(crate) fn registrations(&self) -> Vec<Value> {
        let answer = self.issuer.registrations(self.pass_type(), self.serial()).expect(200).json();
        answer["registrations"].as_array().cloned().unwrap_or_default()
    }

    pub(crate) fn etag(&self) -> String {
        self.metadata()["etag"].as_str().unwrap_or_default().to_owned()
    }

    /// A new phone that registers the card at the shared server.
    #[track_caller]
    pub(crate) fn register_phone(&self) -> Phone {
        let mut phone = Server::shared().phone();
        assert_eq!(phone.register(&self.pass).status(), 201);
        phone
    }

    /// Sends a request with the credentials of a phone that has the card.
    #[track_caller]
    pub(crate) fn send(&self, method: &str, path: &str, body: Body<'_>) -> Answer {
        Server::shared().request(method, path, &[("Authorization", &*self.credentials())], body)
    }

    pub(crate) fn credentials(&self) -> String {
        format!("ApplePass {}", self.pass.token)
    }

    pub(crate) fn path(&self) -> String {
        format!("/v1/passes/{}/{}", segment(self.pass_type()), segment(self.serial()))
    }

    pub(crate) fn registration_path(&self, device: &str) -> String {
        format!("{}/{}", self.list_path(device), segment(self.serial()))
    }

    pub(crate) fn list_path(&self, device: &str) -> String {
        format!("/v1/devices/{}/registrations/{}", segment(device), segment(self.pass_type()))
    }

    pub(crate) fn issuer_path(&self) -> String {
        format!("/issuer/v1/passes/{}/{}", segment(self.pass_type()), segment(self.serial()))
    }
}
