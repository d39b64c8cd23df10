//! Files with several certificates and keys.

use super::{PASS_TYPE, PASSWORD, TEAM, authority, exported, identity, is_identity, open};
use pass_factory::{TestAuthority, Validity, clock, pkcs12::Pkcs12};

/// All orders of some things.
fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    (0..things.len())
        .flat_map(|at| {
            let mut rest = things.to_vec();
            let first = rest.remove(at);
            orders(&rest).into_iter().map(move |order| [vec![first.clone()], order].concat())
        })
        .collect()
}

#[test]
fn the_key_of_the_pass_type_is_chosen_in_whatever_order() {
    let stranger = TestAuthority::generate();
    let other = stranger.identity("pass.com.example.other", TEAM);
    let push = authority().identity("pass.com.example.push", TEAM);
    let certificates =
        [identity().certificate_der(), authority().intermediate_der(), other.certificate_der(), push.certificate_der()];
    let keys = [identity().key_der(), other.key_der(), TestAuthority::generate().identity(PASS_TYPE, TEAM).key_der()];
    for certificates in orders(&certificates) {
        for keys in orders(&keys) {
            let file = Pkcs12 { certificates: certificates.clone(), keys, iterations: 1, ..exported() };
            is_identity(&file.write(), PASSWORD, "an order");
        }
    }
}

#[test]
fn of_certificates_for_one_key_the_valid_one_that_ends_last_is_chosen() {
    let now = clock::unix_now().as_secs();
    let ending = |days: u64| Validity { not_before: now - 60, not_after: now + days * 24 * 60 * 60 };
    let later = Validity { not_before: now + 24 * 60 * 60, ..ending(800) };
    let of = |validity| authority().issue(PASS_TYPE, TEAM, validity).certificate_der();
    let renewed = of(ending(390));
    for others in orders(&[renewed.clone(), of(Validity::past()), of(later), of(ending(10))]) {
        let certificates = [others, vec![authority().intermediate_der()]].concat();
        let file = Pkcs12 { certificates, iterations: 1, ..exported() };
        assert_eq!(open(&file.write(), PASSWORD).unwrap().certificate.der(), renewed);
    }
}
