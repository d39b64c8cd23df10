//! Requests that mean nothing, and some that nearly do.

use edgepass_support::{
    chance::Chance,
    http::{Answer, Body, Connection},
    issuer::PKPASS,
    server::ISSUER_KEY,
};
use std::fmt;

fn one<'a>(chance: &Chance, among: &[&'a str]) -> &'a str {
    chance.pick(among).copied().unwrap_or_default()
}

pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    chunked: bool,
}

#[rustfmt::skip]
const METHODS: [&str; 10] = [
    "GET", "GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS",
];

#[rustfmt::skip]
const WORDS: [&str; 37] = [
    "v1", "v1", "v1", "devices", "registrations", "passes", "log", "personalize", "issuer", "healthz",
    "device-log", "", "", ".", "..", "%2e%2e", "%2F", "%00", "%FF", "%zz", "%", "%2520", "%25252525",
    "a%20b", "a+b", "ü", "pass.com.example.coffee", "S-1", ":type", "*serial", "null", "-1", "0", "'--",
    "\u{1F3AB}", "%E2%82", "eyJhbGciOiJub25lIn0.e30.",
];

#[rustfmt::skip]
const FORMS: [&str; 37] = [
    "/v1/devices/{}/registrations/{}/{}", "/v1/devices/{}/registrations/{}/{}/{}",
    "/v1/devices/{}/registrations/{}", "/v1/passes/{}/{}", "/v1/passes/{}/{}/personalize", "/v1/log",
    "/issuer/v1/passes", "/issuer/v1/passes/{}/{}", "/issuer/v1/passes/{}/{}/registrations",
    "/issuer/v1/device-log", "/healthz", "/{}/{}/{}/{}",
    "/issuer/v1/passes/{}/{}/links", "/issuer/v1/links", "/links/{}", "/links/{}/qr.svg", "/links/{}/logo.png",
    "/issuer/v1/pass-types",
    "/issuer/v1/pass-types/{}/signing-identity", "/issuer/v1/templates", "/issuer/v1/templates/{}",
    "/issuer/v1/templates/{}/republish", "/issuer/v1/passes/by-external-id/{}",
    "/issuer/v1/passes/by-external-id/{}/push",
    "/issuer/v1/passes/{}/{}/messages", "/issuer/v1/passes/{}/{}/diagnosis",
    "/issuer/v1/pass-types/{}/certificate-request", "/issuer/v1/pass-types/{}/certificate-request/{}",
    "/issuer/v1/pass-types/{}/certificate",
    "/issuer/v1/jobs", "/issuer/v1/jobs/{}", "/issuer/v1/jobs/{}/cancel", "/issuer/v1/jobs/{}/results",
    "/issuer/v1/links/key", "/links/new/{}", "/links/new/{}/qr.svg", "/links/new/{}/logo.png",
];

#[rustfmt::skip]
const QUERIES: [&str; 21] = [
    "", "", "", "?", "?passesUpdatedSince={}", "?passesUpdatedSince=1720426955",
    "?passesUpdatedSince={}&{}={}", "?limit={}", "?limit=2&cursor={}", "?cursor=7061730a53",
    "?passTypeIdentifier={}&limit=1", "?days={}", "?{}", "?template={}",
    "?changedSince={}&withdrawn=true", "?registered=removed&behind=true&push=failing&externalId={}",
    "?&=&%=%&passesUpdatedSince=2024-07-08T10:22:35+02:00", "?deep", "?dryRun=true",
    "?validate=only", "?template={}&passTypeIdentifier={}&link=true",
];

#[rustfmt::skip]
const VALUES: [&str; 26] = [
    "", "*", "0", "garbage", "application/json", "text/plain", PKPASS, "Bearer", "Bearer wrong",
    "ApplePass", "ApplePass wrong", "ApplePass ", "applepass x y", "AndroidPass x", "Basic eDp5",
    "\"etag\"", "W/\"a\", \"b\",,*", "Mon, 08 Jul 2024 08:22:35 GMT", "Monday, 08-Jul-24 08:22:35 GMT",
    "Mon, 99 Foo 9999 99:99:99 GMT", "ü\u{80}", ",,;;==\"", "application/zip",
    "application/merge-patch+json", "application/x-ndjson", "text/csv",
];

#[rustfmt::skip]
const NAMES: [&str; 11] = [
    "Authorization", "Authorization", "Content-Type", "Accept", "If-Match", "If-None-Match",
    "If-Modified-Since", "Range", "X-Pass-Client", "Cookie", "Idempotency-Key",
];

#[rustfmt::skip]
const BODIES: [&str; 24] = [
    "", "{}", "[]", "null", "{\"pushToken\":\"ff00\"}", "{\"pushToken\":\"\"}", "{\"pushToken\":{}}",
    "{\"logs\":[\"x\"]}", "{\"logs\":[{}]}", "{\"description\":\"Connection error\"}",
    "[\"(for device d, pass type p, serial number s;\"]", "PK\u{3}\u{4}PK\u{5}\u{6}",
    "{\"template\":\"t\",\"pass\":{}}", "{\"passes\":[{}],\"expiresIn\":1}", "{\"expiresIn\":60}",
    "{\"text\":\"x\"}",
    "{\"values\":{\"a\":1},\"increment\":{\"b\":1},\"pass\":{}}", "{\"increment\":{\"a\":\"x\"}}",
    "{\"certificate\":\"\",\"privateKey\":\"-----BEGIN PRIVATE KEY-----\",\"intermediate\":\"x\"}",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "0\u{3}\u{2}\u{1}\u{3}0",
    "{\"pkcs12\":\"MIACAQMwgAYJKoZIhvcNAQcBoIAkgAQAAAAAAAAAAA==\",\"password\":\"x\"}",
    "{\"op\":\"withdraw\",\"passTypeIdentifier\":\"pass.p\",\"serialNumber\":\"s\"}\n", "serialNumber,points\n1,2\n",
];

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, headers, body, chunked } = self;
        let beginning = String::from_utf8_lossy(body.get(..40).unwrap_or(body));
        write!(formatter, "{method} {path} {headers:?} {} bytes, chunked {chunked}: {beginning:?}", body.len())
    }
}

impl Request {
    pub(crate) fn random(chance: &Chance) -> Self {
        let method = one(chance, &METHODS);
        let path = fill(one(chance, &FORMS), chance) + &fill(one(chance, &QUERIES), chance);
        let slashes = one(chance, &["", "", "", "/", "//", "/v1", "/v1/v1"]);
        let mut headers = Vec::new();
        for _ in 0..chance.below(4) {
            let (name, value) = (one(chance, &NAMES), one(chance, &VALUES).to_owned());
            headers.push(if chance.below(4) == 0 {
                ("Authorization", one(chance, &[&format!("Bearer {ISSUER_KEY}"), "ApplePass a-token-of-16-bytes"]).to_owned())
            } else {
                (name, value)
            });
        }
        let mut body = one(chance, &BODIES).as_bytes().to_vec();
        match chance.below(24) {
            0 => body = (0..chance.below(300)).map(|_| chance.number().to_le_bytes()[0]).collect(),
            1 => body = body.repeat(chance.below(600)),
            2 => body.truncate(chance.below(body.len().max(1))),
            3 => body = vec![b'['; chance.below(70_000)],
            _ => {}
        }
        // GET and HEAD with a body are not HTTP's idea of a request, and `wrangler dev` refuses them itself.
        if matches!(method, "GET" | "HEAD") {
            body.clear();
        }
        Self { method, path: format!("{slashes}{path}"), headers, body, chunked: chance.below(3) == 0 }
    }

    pub(crate) fn send(&self, connection: &mut Connection) -> std::io::Result<Answer> {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = match (self.body.is_empty(), self.chunked) {
            (true, _) => Body::Empty,
            (false, true) => Body::Chunked(&self.body),
            (false, false) => Body::Bytes(&self.body),
        };
        connection.send(self.method, &self.path, &headers, body)
    }
}

fn fill(form: &str, chance: &Chance) -> String {
    let mut pieces = form.split("{}");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |path, piece| path + one(chance, &WORDS) + piece)
}
