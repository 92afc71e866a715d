//! That each rule of keys is tried on a key that has the fault, and on one that has not.

use std::cell::RefCell;
use std::collections::BTreeMap;

use openssl::pkey::PKey;
use openssl::symm::Cipher;
use tokenloupe::judge::Severity;

use super::trials::{rsa_jwk, says};
use super::{audit, ring_of, trials};
use crate::rules::roca_modulus;

/// Every trial of a rule; most are tests by themselves too.
const ALL: &[fn()] = &[
    trials::sizes_of_rsa,
    trials::exponents_of_rsa,
    trials::primes_that_lie_close_together_are_seen_in_private_keys,
    trials::points_off_their_curve,
    trials::points_of_small_order,
    trials::members_that_do_not_fit_together,
    trials::secrets_and_private_keys_in_published_sets,
    trials::names_in_sets,
    trials::published_keys,
    trials::what_a_key_says_that_it_is_for,
    trials::algorithms_that_a_key_cannot_do,
    trials::secrets_that_are_short,
    trials::secrets_that_can_be_guessed,
    trials::secrets_that_everybody_has,
    trials::certificates_of_keys,
    moduli_of_a_bad_generator,
];

thread_local! {
    /// Of each rule that was asked about a key: whether it found something once, and whether it found nothing once.
    static ASKED: RefCell<BTreeMap<String, [bool; 2]>> = RefCell::default();
}

/// Notes what a rule said of a key that it was tried on.
pub(super) fn note(rule: &str, is_found: bool) {
    ASKED.with_borrow_mut(|asked| {
        asked.entry(rule.to_owned()).or_default()[usize::from(!is_found)] = true;
    });
}

/// The ids of all rules: of a locked key none of them can say anything.
fn rules() -> Vec<&'static str> {
    let key = PKey::generate_ed25519().unwrap();
    let locked = key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_128_cbc(), b"never told");
    // Beside a key that is not locked.
    let both = [key.public_key_to_pem().unwrap(), locked.unwrap()].concat();
    let audits = audit(&ring_of(&[("keys.pem", &both)])).into_iter();
    let not_run = audits.map(|audit| audit.not_run);
    not_run.max_by_key(Vec::len).unwrap()
}

#[test]
fn every_rule_of_keys_is_tried_on_both() {
    for trial in ALL {
        trial();
    }
    let rules = rules();
    assert!(rules.contains(&"rsa-roca"), "{rules:?}");
    ASKED.with_borrow(|asked| {
        for rule in &rules {
            let tried = asked.get(*rule).copied().unwrap_or_default();
            assert!(tried[0], "{rule} finds nothing");
            assert!(tried[1], "{rule} spares nothing");
        }
        for rule in asked.keys() {
            assert!(rules.contains(&rule.as_str()), "there is no rule {rule}");
        }
    });
}

/// CVE-2017-15361.
#[test]
fn moduli_of_a_bad_generator() {
    let bad = roca_modulus();
    let mut other = roca_modulus();
    other.add_word(2).unwrap();
    for (modulus, expected) in [(bad, Some(Severity::Critical)), (other, None)] {
        let jwk = rsa_jwk(&modulus, "AQAB");
        assert_eq!(says("rsa-roca", "keys.json", &jwk), expected);
    }
}
