//! What a path may look like, and which methods it answers to.

use crate::util::{Card, is_problem, is_refused_pass, logged, new_phone, new_type, send};
use edgepass_support::{
    http::Body,
    issuer::Issuer,
    pass::Pass,
    phone::Phone,
    server::{ISSUER_KEY, Options, Server},
};
use std::sync::LazyLock;

/// A Worker mounted below the path `/wallet/passes`.
pub(crate) fn mounted() -> &'static Server {
    static MOUNTED: LazyLock<Server> = LazyLock::new(|| {
        Server::start(Options { vars: &[("BASE_PATH", "/wallet/passes")], without: &["SERVER_TIMING"], ..Options::default() })
    });
    &MOUNTED
}

/// Checks that this device is registered for this card and no other.
#[track_caller]
fn is_registered(card: &Card, device: &str) {
    let answer = send("GET", &card.list_path(device), &[], Body::Empty).expect(200);
    assert_eq!(answer.json()["serialNumbers"], serde_json::json!([card.serial()]));
}

const SERIALS: [&str; 16] = [
    "E5982H-I2", "17", "a.b.c", ".hidden", "with space", "a+b", "a&b=c;d,e:f@g!$'()*~", "ä ö/ü €", "日本 🎫", "a/b", "/a//b/",
    "100%", "50%25", "a%20b", "?x#y", "\"{}[]|\\^`<>",
];

/// All serial numbers, and a long one that triples its length each time it is encoded.
fn serials() -> impl Iterator<Item = String> {
    SERIALS.map(str::to_owned).into_iter().chain([format!("{}x", "ж".repeat(127))])
}

#[test]
fn serials_are_free_text() {
    for serial in serials() {
        let card = Card::published_as(&new_type(), &serial);
        let mut phone = new_phone();
        for (exchange, status) in [
            (phone.register(&card.pass), 201),
            (phone.register(&card.pass), 200),
            (phone.list(card.pass_type()), 200),
            (phone.fetch(&card.pass), 200),
            (phone.fetch_conditionally(&card.pass), 304),
            (phone.head(&card.pass), 200),
            (phone.unregister(&card.pass), 200),
        ] {
            assert_eq!((exchange.status(), exchange.complaints()), (status, &[][..]), "{serial}: {exchange}");
        }
        assert_eq!(card.metadata()["serialNumber"], serial);
    }
}

#[test]
fn phones_that_encode_twice_are_understood() {
    for serial in serials() {
        let card = Card::published_as(&new_type(), &serial);
        let mut phone = new_phone().with_double_encoding();
        assert_eq!(phone.register(&card.pass).status(), 201, "{serial}");
        is_registered(&card, phone.device());
        assert_eq!(phone.fetch(&card.pass).complaints(), [""; 0], "{serial}");
        assert_eq!(phone.unregister(&card.pass).status(), 200, "{serial}");
        assert_eq!(card.registrations().len(), 0, "{serial}");
    }
}

#[test]
fn a_serial_with_a_percent_sign_in_it_is_found_before_the_one_it_would_decode_to() {
    let pass_type = new_type();
    let token = "the same token for both";
    let cards = ["A%20B", "A B"].map(|serial| {
        let card = Card::new(&pass_type, serial);
        card.publish(&card.edited(|pass| pass.token(token))).expect(201);
        card
    });
    let phone = new_phone();
    let register = |path: &str| {
        let path = format!("{}/{path}", cards[0].list_path(phone.device()));
        let headers = [("Authorization", &*format!("ApplePass {token}"))];
        send("POST", &path, &headers, Body::Bytes(b"{\"pushToken\":\"ff\"}")).expect(201);
    };
    register("A%2520B"); // once decoded `A%20B`, twice `A B`
    assert_eq!((cards[0].registrations().len(), cards[1].registrations().len()), (1, 0));
    register("A%20B"); // once decoded `A B`
    assert_eq!((cards[0].registrations().len(), cards[1].registrations().len()), (1, 1));
}

#[test]
fn types_and_serials_are_case_sensitive() {
    let pass_type = new_type();
    let token = "the same token for both";
    for serial in ["abc", "ABC"] {
        let card = Card::new(&pass_type, serial);
        card.publish(&card.edited(|pass| pass.token(token))).expect(201);
    }
    let headers = [("Authorization", &*format!("ApplePass {token}"))];
    let get = |pass_type: &str, serial: &str| send("GET", &format!("/v1/passes/{pass_type}/{serial}"), &headers, Body::Empty);
    for serial in ["abc", "ABC"] {
        let pass = Pass::read(&get(&pass_type, serial).expect(200).body).unwrap();
        assert_eq!(pass.serial, serial);
        is_refused_pass(&get(&pass_type.to_uppercase(), serial));
    }
    is_refused_pass(&get(&pass_type, "Abc"));
}

#[test]
fn a_plus_is_a_plus_and_raw_utf_8_is_what_it_says() {
    let pass_type = new_type();
    let plus = Card::published_as(&pass_type, "a+b");
    plus.send("GET", &format!("/v1/passes/{pass_type}/a+b"), Body::Empty).expect(200);
    plus.send("GET", &format!("/v1/passes/{pass_type}/a%2Bb"), Body::Empty).expect(200);
    plus.send("GET", &format!("/v1/passes/{pass_type}/%61%2b%62"), Body::Empty).expect(200);
    is_refused_pass(&plus.send("GET", &format!("/v1/passes/{pass_type}/a%20b"), Body::Empty));
    let umlaut = Card::published_as(&pass_type, "ü");
    umlaut.send("GET", &format!("/v1/passes/{pass_type}/ü"), Body::Empty).expect(200);
    umlaut.send("GET", &format!("/v1/passes/{pass_type}/%c3%BC"), Body::Empty).expect(200);
}

#[test]
fn a_serial_is_everything_behind_the_type_slashes_encoded_or_not() {
    let pass_type = new_type();
    let card = Card::published_as(&pass_type, "a/b/c");
    let device = "a-device-that-sends-slashes";
    for serial in ["a/b/c", "a%2Fb/c", "a%2fb%2Fc", "a%252Fb%252Fc"] {
        card.send("GET", &format!("/v1/passes/{pass_type}/{serial}"), Body::Empty).expect(200);
        let path = format!("{}/{serial}", card.list_path(device));
        card.send("POST", &path, Body::Bytes(b"{\"pushToken\":\"ff\"}")).expect(201);
        is_registered(&card, device);
        card.send("DELETE", &path, Body::Empty).expect(200);
        assert_eq!(card.registrations().len(), 0, "{serial}");
    }
    for serial in ["a/b/c/", "a//b/c", "a/b", "/a/b/c"] {
        is_refused_pass(&card.send("GET", &format!("/v1/passes/{pass_type}/{serial}"), Body::Empty));
        let other = Card::published_as(&pass_type, serial);
        other.send("GET", &format!("/v1/passes/{pass_type}/{serial}"), Body::Empty).expect(200);
    }
}

#[test]
fn doubled_slashes_and_a_doubled_v1_are_what_they_are_without() {
    let card = Card::published();
    let device = "a-device-with-a-slash-too-many";
    let headers = [("Authorization", &*card.credentials())];
    for prefix in ["/", "//", "/v1", "//v1", "///v1/", "/v1//v1", "/v1/v1/v1"] {
        let send = |method: &str, path: &str, body| send(method, &format!("{prefix}{path}"), &headers, body);
        send("POST", &card.registration_path(device), Body::Bytes(b"{\"pushToken\":\"ff\"}")).expect(201);
        let listed = send("GET", &card.list_path(device), Body::Empty).expect(200);
        assert_eq!(listed.json()["serialNumbers"], serde_json::json!([card.serial()]), "{prefix}");
        let tag = listed.json()["lastUpdated"].as_str().unwrap().to_owned();
        let path = format!("{}?passesUpdatedSince={tag}", card.list_path(device));
        send("GET", &path, Body::Empty).expect(204);
        send("GET", &card.path(), Body::Empty).expect(200);
        send("HEAD", &card.path(), Body::Empty).expect(200);
        send("DELETE", &card.registration_path(device), Body::Empty).expect(200);
        send("POST", "/v1/log", Body::Bytes(b"{\"logs\":[]}")).expect(200);
    }
}

#[test]
fn a_type_and_a_device_may_be_percent_encoded_too() {
    let card = Card::published();
    let encoded: Vec<_> = card.pass_type().bytes().map(|byte| format!("%{byte:02X}")).collect();
    let encoded = encoded.concat();
    card.send("GET", &format!("/v1/passes/{encoded}/S-1"), Body::Empty).expect(200);
    let path = format!("/v1/devices/%64evice/registrations/{encoded}/%53-1");
    card.send("POST", &path, Body::Bytes(b"{\"pushToken\":\"ff\"}")).expect(201);
    is_registered(&card, "device");
}

#[test]
fn a_service_below_a_base_path_is_found_there() {
    let issuer = Issuer::new(&format!("{}/wallet/passes", mounted().base()), ISSUER_KEY);
    for base in ["/wallet/passes", "/wallet/passes/", "//wallet/passes"] {
        let base = format!("{}{base}", mounted().base());
        let card = Card::new(&new_type(), "a b/c").at(issuer.clone());
        card.publish(&card.file()).expect(201);
        let mut phone = Phone::new(&base);
        for (exchange, status) in [
            (phone.register(&card.pass), 201),
            (phone.list(card.pass_type()), 200),
            (phone.fetch(&card.pass), 200),
            (phone.log(&["a line"]), 200),
            (phone.unregister(&card.pass), 200),
        ] {
            assert_eq!((exchange.status(), exchange.complaints()), (status, &[][..]), "{base}: {exchange}");
        }
        let mut doubled = Phone::new(&format!("{base}/v1"));
        assert_eq!(doubled.register(&card.pass).status(), 201, "{base}/v1");
        assert_eq!(doubled.fetch(&card.pass).status(), 200, "{base}/v1");
    }
}

#[test]
fn besides_its_base_path_a_service_is_found_at_the_root_and_nowhere_else() {
    let get = |path: &str| mounted().request("GET", path, &[], Body::Empty);
    for path in ["/wallet/passes/healthz", "/healthz"] {
        get(path).expect(200);
    }
    for path in [
        "/wallet/healthz",
        "/passes/healthz",
        "/wallet/passeshealthz",
        "/wallet/passes/wallet/passes/healthz",
        "//wallet/passes/healthz",
        "/wallet//passes/healthz",
        "/wallet/passes//healthz",
        "//wallet/passes/issuer/v1/passes",
        "/wallet/passes//issuer/v1/passes",
        "/wallet/passes/v1/wallet/passes/issuer/v1/passes",
        "//issuer/v1/passes",
    ] {
        is_problem(&get(path), 404);
    }
}

#[test]
fn a_base_path_that_ends_in_v1_is_logged_and_phones_go_on() {
    let server = Server::start(Options { vars: &[("BASE_PATH", "/wallet/v1")], ..Options::default() });
    let base = format!("{}/wallet", server.base());
    let card = Card::new(&new_type(), "S-1").at(Issuer::new(&base, ISSUER_KEY));
    card.publish(&card.file()).expect(201);
    for url in [base.clone(), format!("{base}/v1")] {
        assert_eq!(Phone::new(&url).register(&card.pass).status(), 201, "{url}");
    }
    let line = logged(&server, "ends in /v1");
    let words = line["setting"].as_str().unwrap();
    assert!(words.starts_with("The variable BASE_PATH") && words.ends_with("mounted at /wallet."), "{line}");
}
