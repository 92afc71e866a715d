//! Many keys: the good ones are left alone, the time is bounded, and they do not get in each other's way.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use openssl::bn::{BigNum, BigNumContext, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use proptest::prelude::*;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::{Severity, audit_keys};
use tokenloupe::keys::{self, Key, KeyRing};

use super::{audit, found};
use crate::common::say;

/// Good keys of every kind, as files.
fn good_keys() -> Vec<Vec<u8>> {
    let curves = [
        Nid::X9_62_PRIME256V1,
        Nid::SECP384R1,
        Nid::SECP521R1,
        Nid::SECP256K1,
    ];
    let mut keys: Vec<PKey<Private>> = Vec::new();
    for _ in 0..20 {
        for curve in curves {
            let group = EcGroup::from_curve_name(curve).unwrap();
            keys.push(PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap());
        }
        keys.push(PKey::generate_ed25519().unwrap());
        keys.push(PKey::generate_ed448().unwrap());
        keys.push(PKey::generate_x25519().unwrap());
        keys.push(PKey::generate_x448().unwrap());
    }
    for bits in [2048, 2048, 2048, 3072] {
        keys.push(PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap());
    }
    let mut files: Vec<Vec<u8>> = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        files.push(match at % 3 {
            0 => key.public_key_to_pem().unwrap(),
            1 => key.private_key_to_pem_pkcs8().unwrap(),
            _ => key.public_key_to_der().unwrap(),
        });
    }
    for bytes in [32, 48, 64] {
        for _ in 0..12 {
            let mut secret = vec![0; bytes];
            openssl::rand::rand_bytes(&mut secret).unwrap();
            let alg = bytes * 8;
            files.push(
                format!(
                    r#"{{"kty":"oct","alg":"HS{alg}","k":"{}"}}"#,
                    encode(&secret)
                )
                .into_bytes(),
            );
        }
    }
    files
}

#[test]
fn two_hundred_fresh_keys_are_left_alone() {
    let files = good_keys();
    assert_eq!(files.len(), 200);
    let ring = KeyRing::new(
        (1..)
            .zip(&files)
            .flat_map(|(number, file)| keys::load(&format!("{number:03}.key"), file).unwrap()),
    );
    for audit in audit(&ring) {
        let worst = audit.worst();
        assert!(worst <= Some(Severity::Info), "{:?}", audit.findings);
        assert!(audit.assurance().is_some());
        assert_eq!(audit.not_run, Vec::<&str>::new());
    }
}

/// Numbers of 2048 bits that no small prime divides: as much work as keys.
fn moduli(count: usize) -> Vec<BigNum> {
    let mut small = BigNum::from_u32(1).unwrap();
    let is_prime = |number: &u32| {
        (2..*number)
            .take_while(|p| p * p <= *number)
            .all(|p| !number.is_multiple_of(p))
    };
    for prime in (2..=65_537).filter(is_prime) {
        small.mul_word(prime).unwrap();
    }
    let mut context = BigNumContext::new().unwrap();
    let mut random = || {
        let mut n = BigNum::new().unwrap();
        n.rand(2048, MsbOption::TWO_ONES, true).unwrap();
        let mut rest = BigNum::new().unwrap();
        rest.nnmod(&small, &n, &mut context).unwrap();
        let mut inverse = BigNum::new().unwrap();
        inverse
            .mod_inverse(&rest, &n, &mut context)
            .is_ok()
            .then_some(n)
    };
    std::iter::repeat_with(&mut random)
        .flatten()
        .take(count)
        .collect()
}

fn set_of(moduli: &[BigNum]) -> String {
    let keys: Vec<_> = moduli
        .iter()
        .enumerate()
        .map(|(at, n)| {
            let n = encode(&n.to_vec());
            format!(r#"{{"kty":"RSA","kid":"{at}","n":"{n}","e":"AQAB"}}"#)
        })
        .collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

#[test]
fn a_thousand_keys_are_done_in_bounded_time() {
    let mut moduli = moduli(999);
    // One prime of 64 bits that two of them have.
    let mut prime = BigNum::new().unwrap();
    prime.generate_prime(64, false, None, None).unwrap();
    for at in [1, 998] {
        moduli[at] = &moduli[at] * &prime;
    }
    let keys = keys::load("keys.json", set_of(&moduli).as_bytes()).unwrap();
    let start = Instant::now();
    let ring = KeyRing::new(keys.clone());
    let compared = start.elapsed();
    let start = Instant::now();
    let first = audit(&ring);
    let audited = start.elapsed();
    let start = Instant::now();
    assert_eq!(audit(&ring), first);
    let again = start.elapsed();
    say(&format!(
        "999 moduli compared in {compared:?}, audited in {audited:?}, again in {again:?}"
    ));
    assert!(compared + audited < Duration::from_mins(4));
    assert!(again < Duration::from_secs(20));
    for at in ["1", "998"] {
        let audit = first.iter().find(|audit| audit.id == at).unwrap();
        let is_found = audit
            .findings
            .iter()
            .any(|found| found.rule == "rsa-factorable");
        assert!(is_found, "{at}");
    }
    // Another ring of the same keys, as the thread has it that takes them over, compares nothing.
    let start = Instant::now();
    let other = KeyRing::new(keys);
    assert!(start.elapsed() < compared.max(Duration::from_millis(500)));
    assert_eq!(other.compared_with(&other.keys()[0]), Some(998));
}

/// Files with keys that have all kinds of faults.
fn files() -> Vec<Vec<Key>> {
    let prime = |bits| {
        let mut prime = BigNum::new().unwrap();
        prime.generate_prime(bits, false, None, None).unwrap();
        prime
    };
    let shared = prime(256);
    let rsa = |n: &BigNum| format!(r#"{{"kty":"RSA","n":"{}","e":"Aw"}}"#, encode(&n.to_vec()));
    let texts = [
        rsa(&(&shared * &prime(256))),
        rsa(&(&shared * &prime(256))),
        rsa(&(&prime(256) * &prime(256))),
        r#"{"kty":"oct","k":"c2VjcmV0","alg":"HS256"}"#.to_owned(),
        r#"{"keys":[{"kty":"oct","kid":"a","k":"AAAA"},{"kty":"OKP","kid":"a","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#.to_owned(),
        r#"{"kty":"OKP","crv":"X25519","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#.to_owned(),
    ];
    (1..)
        .zip(texts)
        .map(|(number, text)| keys::load(&format!("{number}.json"), text.as_bytes()).unwrap())
        .collect()
}

/// Findings by the place of their key: its id can change when others come.
fn by_place(ring: &KeyRing) -> BTreeMap<(String, usize), Vec<(&'static str, Severity)>> {
    let audits = audit_keys(ring, None);
    let places = ring
        .keys()
        .iter()
        .map(|key| (key.source.clone(), key.ordinal));
    places.zip(audits.iter().map(found)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn order_changes_nothing_and_no_key_hides_another(
        order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
        left_out in 0_usize..6,
    ) {
        let files = files();
        let all = KeyRing::new(files.concat());
        let mut ring = KeyRing::default();
        for &at in order.iter().filter(|at| **at != left_out) {
            ring.add(files[at].clone());
        }
        let before = by_place(&ring);
        ring.add(files[left_out].clone());
        let after = by_place(&ring);
        for (place, findings) in before {
            for finding in findings {
                prop_assert!(after[&place].contains(&finding), "{:?} {:?}", place, finding);
            }
        }
        prop_assert_eq!(&after, &by_place(&all));
        prop_assert_eq!(audit(&ring), audit(&all));
    }
}
