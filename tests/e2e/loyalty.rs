//! The commands of docs/loyalty.md, run as they are printed, and what phones make of them.

use crate::{
    push::shop::Shop,
    util::{Shell, identity, until},
};
use edgepass_support::{apns::Behaviour, pass::Pass, phone::Phone, server::ISSUER_KEY};

const TYPE: &str = "pass.com.example.coffee";

/// The shop of the document, with a shell for its commands.
struct Day<'a> {
    shop: &'a Shop,
    shell: Shell<'a>,
}

impl Day<'_> {
    #[track_caller]
    fn run(&self, section: &str) -> String {
        self.shell.run(&[self.shell.commands(""), self.shell.commands(section)].concat())
    }

    /// A phone with the card of a guest.
    #[track_caller]
    fn phone_of(&self, guest: &str) -> (Phone, Pass) {
        let cards = self.shell.run("cat cards.csv");
        let card = cards.lines().find(|card| card.split(',').nth(4) == Some(guest)).expect("the guest has a card");
        let serial = card.split(',').nth(3).expect("the card has a serial number");
        let file = self.shop.server.issuer().download(TYPE, serial).expect(200).body;
        let (mut phone, pass) = (self.shop.server.phone(), Pass::read(&file).expect("the service made a pass"));
        assert_eq!(phone.register(&pass).status(), 201);
        (phone, pass)
    }
}

#[test]
fn its_commands_give_200_cards_a_day_at_the_shop() {
    let shop = Shop::open(&[("PUSH_MIN_INTERVAL", "0")]);
    shop.server.issuer().store_identity(TYPE, &identity(TYPE)).expect(201);
    let shell = Shell::new(include_str!("../../docs/loyalty.md"), &shop.server, &format!("ISSUER_KEY={ISSUER_KEY}\n"));
    let day = Day { shop: &shop, shell };
    day.run("The template");
    let made = day.run("200 cards from a list");
    assert!(made.contains(r#""succeeded":200,"failed":0"#) && made.contains("/links/"), "{made}");
    let [(mut ada, card), (mut gone, removed), (lost, _)] = ["G-1", "G-2", "G-3"].map(|guest| day.phone_of(guest));
    gone.unregister(&removed).answer().clone().expect(200);

    let points = day.run("Points");
    assert!(points.contains(r#""points":11"#) && points.contains(r#""succeeded":200,"failed":0"#), "{points}");
    assert!(points.contains(r#""succeeded":3,"failed":1"#), "{points}");
    let _ = ada.update(TYPE);
    assert_eq!(ada.lock_screen().last(), Some(&"You now have 21 points."));

    let message = day.run("A message to all");
    assert!(message.contains(r#""passes":200"#), "{message}");
    assert!(message.contains(r#""lockScreen":["Free cake on Sunday"]"#), "{message}");
    assert!(message.contains(r#""succeeded":200,"failed":0"#), "{message}");
    let _ = ada.update(TYPE);
    assert_eq!(ada.lock_screen().last(), Some(&"Free cake on Sunday"));

    let told = shop.pushes_to(lost.push_token(), 1).len();
    let fails = std::iter::repeat_with(|| Behaviour::refuse("InternalServerError")).take(5);
    shop.apns.script(lost.push_token(), fails);
    let label = day.run("A changed label");
    assert!(label.contains(r#""changed":200,"unchanged":0,"failed":0"#), "{label}");
    shop.pushes_to(lost.push_token(), told + 1);
    let _ = ada.update(TYPE);
    let field = ada.pass(TYPE, &card.serial).map(|pass| pass.content["storeCard"]["primaryFields"][0].clone());
    assert_eq!(field.map(|field| (field["label"].clone(), field["value"].clone())), Some(("Beans".into(), 21.into())));

    until("the questions have their answers", || {
        let found = day.run("Who has the card");
        let lines: Vec<_> = found.lines().collect();
        let has = |line: usize, guest: &str| lines[line].contains(&format!(r#""externalId":"{guest}""#));
        let others = !has(1, "G-1") && !has(2, "G-1") && !has(3, "G-1");
        let untouched = lines[0].matches("\"externalId\"").count() == 2;
        (untouched && has(1, "G-2") && has(2, "G-3") && has(3, "G-3") && others).then_some(())
    });
}
