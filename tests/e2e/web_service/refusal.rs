//! Refused tokens, which are counted after the answer

use crate::util::{Card, is_refused_pass, new_type, until, used};
use edgepass_support::{
    http::Body,
    phone::Phone,
    server::{Options, Server, database},
};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// A server whose database the tests of this file look into.
fn server() -> &'static Server {
    static SERVER: LazyLock<Server> = LazyLock::new(|| Server::start(Options::default()));
    &SERVER
}

/// One test after the other: the Worker answers 503 while another process writes to its database.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn card() -> Card {
    let card = Card::new(&new_type(), "S-1").at(server().issuer());
    card.publish(&card.file()).expect(201);
    card
}

/// The count, and whether the first refusal was before the last.
fn counted(card: &Card) -> Option<(i64, bool)> {
    let query = "SELECT json_array(count, first_at < last_at) FROM token_refusals WHERE pass_type = ?1 AND serial = ?2";
    let parameters = (card.pass_type(), card.serial());
    let row: String = database(server().state()).query_row(query, parameters, |row| row.get(0)).ok()?;
    let (count, is_longer): (i64, i64) = serde_json::from_str(&row).ok()?;
    Some((count, is_longer != 0))
}

#[track_caller]
fn wait_for(card: &Card, count: i64) {
    until(&format!("{count} refusals"), || (counted(card)?.0 == count).then_some(()));
}

/// Moves the last refusal into the past.
fn age(card: &Card, seconds: i64) {
    let update = "UPDATE token_refusals SET last_at = last_at - ?2, first_at = first_at - ?2 WHERE pass_type = ?1";
    assert_eq!(database(server().state()).execute(update, (card.pass_type(), seconds)), Ok(1));
}

#[track_caller]
fn refuse(card: &Card, method: &str, path: &str) {
    let body = if method == "POST" { Body::Bytes(b"{\"pushToken\":\"ff00\"}") } else { Body::Empty };
    let answer = server().request(method, path, &[("Authorization", "ApplePass another-token-of-this-pass")], body);
    if method == "HEAD" {
        assert_eq!(answer.status, 401);
    } else {
        is_refused_pass(&answer);
    }
    // A serial number with two readings is asked for twice.
    used(&answer, if path.contains("%25") { 2 } else { 1 }, 0);
    assert!(card.registrations().is_empty());
}

#[test]
fn each_request_with_a_token_counts_and_costs_the_phone_nothing() {
    let _turn = turn();
    for method in ["POST", "DELETE", "GET", "HEAD"] {
        let card = card();
        let path = if matches!(method, "GET" | "HEAD") { card.path() } else { card.registration_path("d") };
        refuse(&card, method, &path);
        wait_for(&card, 1);
    }
}

#[test]
fn one_row_a_minute_and_pass_is_written_and_after_30_days_the_count_begins_again() {
    let _turn = turn();
    let card = card();
    for _ in 0..20 {
        refuse(&card, "GET", &card.path());
    }
    wait_for(&card, 1);
    age(&card, 61);
    refuse(&card, "GET", &card.path());
    wait_for(&card, 2);
    assert_eq!(counted(&card), Some((2, true)));
    age(&card, 31 * 86_400);
    refuse(&card, "GET", &card.path());
    until("the count begins again", || (counted(&card)? == (1, false)).then_some(()));
}

#[test]
fn an_unknown_pass_and_good_requests_write_nothing() {
    let _turn = turn();
    let card = card();
    let unknown = Card::new(&new_type(), "S-1").at(server().issuer());
    refuse(&card, "GET", &unknown.path());
    let mut phone: Phone = server().phone();
    assert_eq!(phone.register(&card.pass).status(), 201);
    assert_eq!(phone.unregister(&card.pass).status(), 200);
    card.withdraw();
    assert_eq!(phone.register(&card.pass).status(), 401, "its own token, but it is withdrawn");
    // The work after these answers is done before that after a later one.
    let fence = self::card();
    refuse(&fence, "GET", &fence.path());
    wait_for(&fence, 1);
    assert_eq!((counted(&card), counted(&unknown)), (None, None));
}

#[test]
fn both_readings_of_a_serial_number_count() {
    let _turn = turn();
    let pass_type = new_type();
    let card = Card::new(&pass_type, "A B").at(server().issuer());
    card.publish(&card.file()).expect(201);
    refuse(&card, "GET", &format!("/v1/passes/{pass_type}/A%2520B"));
    wait_for(&card, 1);
}
