//! What holds for every token and key.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use tokenloupe::find::find;
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::base64url::{decode, encode};
use tokenloupe::judge::{Policy, VerdictOutcome};
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::{Outcome, Setting};

use crate::common::{inspect, judge};
use crate::way::{KEYS, Secret, keys_of};

/// An algorithm and its key.
fn signer() -> impl Strategy<Value = &'static (&'static str, Secret)> {
    select(KEYS.iter().collect::<Vec<_>>())
}

/// Claims, or any bytes.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => ("[a-zA-Z ]{0,30}", any::<i64>(), "\\PC{0,20}").prop_map(|(sub, number, text)| {
            json!({"sub": sub, "exp": 4_102_444_800_u64, "n": number, "t": text}).to_string().into_bytes()
        }),
        // What begins like claims is held to be some.
        1 => prop::collection::vec(any::<u8>(), 1..60).prop_map(|bytes| [b"x", &bytes[..]].concat()),
    ]
}

fn is_accepted(inspection: &Inspection) -> bool {
    judge(inspection, None).verdict.outcome == VerdictOutcome::Accept
}

/// Everything that a report says, but for how long it took.
fn said(inspection: &Inspection) -> String {
    let judgement = judge(inspection, None);
    let proof = &inspection.proof.signatures[0];
    let used = proof.key.as_ref();
    let used = used.map(|used| (&used.key.id, used.provenance, used.read_as));
    format!(
        "{:?} {used:?} {:?} {:?} {:?} {:?}",
        proof.outcome, proof.diagnosis, judgement.verdict, judgement.checks, judgement.findings
    )
}

/// The same JSON value with its members in another order.
fn reordered(value: &Value, rounds: usize) -> Value {
    let mut members: Vec<_> = value.as_object().unwrap().iter().collect();
    let count = members.len();
    members.rotate_left(rounds % count);
    if rounds.is_multiple_of(2) {
        members.reverse();
    }
    members
        .into_iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Every byte in turn, by a character that may stand there, by one that joins or splits, and by none.
#[test]
fn no_byte_of_a_token_can_be_another() {
    for (alg, key) in KEYS.iter() {
        let ring = key.ring();
        let token = key.plain_token(alg, r#"{"exp":4102444800}"#);
        for (at, character) in token.char_indices() {
            let near = if character == 'A' { "B" } else { "A" };
            for other in [near, ".", "=", ""] {
                let (start, end) = token.split_at(at);
                let changed = format!("{start}{other}{}", &end[1..]);
                if changed == token {
                    continue;
                }
                let inspection = inspect(&changed, &ring);
                assert!(!is_accepted(&inspection), "{alg} {at} {other:?} {changed}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        // The keys are others each time: a seed brings nothing back.
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_token_of_ours_is_accepted((alg, key) in signer(), payload in payload()) {
        let token = key.plain_token(alg, payload);
        prop_assert!(is_accepted(&inspect(&token, &key.ring())), "{}", alg);
    }

    /// Any character of it becomes any other byte.
    #[test]
    fn a_token_with_one_other_byte_is_never_accepted(
        (alg, key) in signer(),
        payload in payload(),
        at in any::<Index>(),
        byte in any::<u8>(),
        swaps_alphabet in any::<bool>(),
    ) {
        let token = key.plain_token(alg, payload);
        let mut bytes = token.clone().into_bytes();
        let at = at.index(bytes.len());
        // Mostly a character that may stand there.
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
        let byte = if swaps_alphabet { alphabet[usize::from(byte) % alphabet.len()] } else { byte };
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        let ring = key.ring();
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        let inspection = inspect(&changed, &ring);
        prop_assert!(!is_accepted(&inspection), "{} {}", alg, changed);
        // Nor is anything else in it, wherever the finder looks; unless what was changed is no longer there.
        for candidate in find(&bytes, "test") {
            if candidate.text.as_str() == token {
                continue;
            }
            let inspection = Inspection::new(candidate, &ring, &Setting::default());
            prop_assert!(!is_accepted(&inspection), "{} {}", alg, changed);
        }
    }

    /// One other bit of what the characters stand for.
    #[test]
    fn a_token_with_one_other_bit_is_not_valid(
        (alg, key) in signer(),
        payload in payload(),
        part in 0..3_usize,
        at in any::<Index>(),
        bit in 0..8_u8,
    ) {
        let token = key.plain_token(alg, payload);
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let mut bytes = decode(&parts[part]).bytes.to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        parts[part] = encode(&bytes);
        let inspection = inspect(&parts.join("."), &key.ring());
        let outcome = inspection.proof.signatures[0].outcome;
        prop_assert_ne!(outcome, Outcome::Valid, "{} part {} byte {} bit {}", alg, part, at, bit);
        prop_assert!(!is_accepted(&inspection));
    }

    #[test]
    fn the_order_of_header_parameters_changes_no_verdict(
        (alg, key) in signer(),
        payload in payload(),
        rounds in 0..10_usize,
    ) {
        let header = json!({"alg": alg, "typ": "JWT", "kid": "k", "cty": "text", "x": {"b": 1, "a": 2}});
        let ring = keys_of([key.jwk(&json!({"kid": "k"})).to_string().as_str()]);
        let verdict = |header: &Value| {
            let token = key.token(alg, &header.to_string(), &payload);
            judge(&inspect(&token, &ring), None).verdict
        };
        prop_assert_eq!(verdict(&header), verdict(&reordered(&header, rounds)));
    }

    /// Neither that of the keys nor that of the members of each.
    #[test]
    fn the_order_of_keys_changes_nothing(
        (alg, key) in signer(),
        payload in payload(),
        others in prop::collection::vec(signer(), 0..6),
        rounds in 0..20_usize,
        names in any::<bool>(),
    ) {
        let mut keys: Vec<Value> = others
            .iter()
            .enumerate()
            .map(|(at, (_, other))| other.jwk(&json!({"kid": format!("k{at}")})))
            .collect();
        keys.push(key.jwk(&json!({"kid": "own"})));
        let kid = if names { r#","kid":"own""# } else { "" };
        let token = key.token(alg, &format!(r#"{{"alg":"{alg}"{kid}}}"#), &payload);
        let said_with = |keys: &[Value]| {
            let files: Vec<String> = keys.iter().map(Value::to_string).collect();
            said(&inspect(&token, &keys_of(files.iter().map(String::as_str))))
        };
        let expected = said_with(&keys);
        let count = keys.len();
        keys.rotate_left(rounds % count);
        let mixed: Vec<Value> = keys.iter().rev().map(|key| reordered(key, rounds)).collect();
        prop_assert_eq!(said_with(&mixed), expected);
    }

    #[test]
    fn more_keys_never_turn_valid_into_invalid(
        (alg, key) in signer(),
        payload in payload(),
        others in prop::collection::vec((signer(), any::<bool>()), 1..6),
        names in any::<bool>(),
    ) {
        let kid = if names { r#","kid":"own""# } else { "" };
        let token = key.token(alg, &format!(r#"{{"alg":"{alg}"{kid}}}"#), &payload);
        let own = key.jwk(&json!({"kid": "own"})).to_string();
        let mut ring = keys_of([own.as_str()]);
        prop_assert!(is_accepted(&inspect(&token, &ring)), "{}", alg);
        for ((other_alg, other), is_fresh) in others {
            // A stranger of the same kind, under another name or under this very one.
            let other = if is_fresh && !other_alg.starts_with(['R', 'P']) {
                Secret::fresh(other_alg)
            } else {
                other.clone()
            };
            let kid = if is_fresh { "own" } else { "other" };
            let jwk = other.jwk(&json!({"kid": kid})).to_string();
            ring.add(tokenloupe::keys::load("more", jwk.as_bytes()).unwrap());
            let inspection = inspect(&token, &ring);
            prop_assert_eq!(inspection.proof.signatures[0].outcome, Outcome::Valid);
            prop_assert!(is_accepted(&inspection), "{} {:?}", alg, judge(&inspection, None).verdict);
        }
    }

    #[test]
    fn the_wrong_keys_never_accept(
        (alg, key) in signer(),
        payload in payload(),
        strangers in prop::collection::vec(signer(), 0..5),
    ) {
        let token = key.plain_token(alg, payload);
        let fresh = strangers.iter().map(|(alg, stranger)| match stranger {
            // RSA keys take long to make; that one is of nobody's token here unless it is this token's.
            Secret::Pair(pair) if pair.rsa().is_ok() => None,
            _ => Some(Secret::fresh(alg)),
        });
        let jwks: Vec<String> = fresh.flatten().map(|key| key.jwk(&json!({})).to_string()).collect();
        let ring = if jwks.is_empty() { KeyRing::default() } else { keys_of(jwks.iter().map(String::as_str)) };
        let inspection = inspect(&token, &ring);
        prop_assert_ne!(inspection.proof.signatures[0].outcome, Outcome::Valid);
        let at = "2026-11-21T22:40:13Z".parse().unwrap();
        prop_assert_ne!(inspection.judge(&Policy::default(), at).verdict.outcome, VerdictOutcome::Accept);
    }
}
