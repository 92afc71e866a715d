//! The checks of a verifier: which there are for each form of token, in which order, and on which bytes each rests.

use serde_json::json;
use tokenloupe::judge::{
    Check, CheckResult, Issuer, Judgement, KeyChoice, Policy, Revoked, Strictness,
};
use tokenloupe::keys::{KeyRing, load};

use crate::common::{inspect, instant, reasons};
use crate::forms::make::{Sealing, Signing, To, general};
use crate::sd_jwt::make::{Parties, disclosure, present};
use crate::way::{GOOD_CLAIMS, Secret, key, keys_of};

fn judged(token: &str, keys: &KeyRing, policy: &Policy) -> Judgement {
    inspect(token, keys).judge(policy, instant("2026-11-21T22:40:13Z"))
}

fn names(judgement: &Judgement) -> Vec<&'static str> {
    judgement.checks.iter().map(|check| check.check).collect()
}

#[track_caller]
fn check<'j>(judgement: &'j Judgement, name: &str) -> &'j Check {
    let mut checks = judgement.checks.iter();
    checks.find(|check| check.check == name).unwrap()
}

/// Where a verifier begins: `form, encoding, header, crit`.
const START: [&str; 4] = ["form", "encoding", "header", "crit"];
/// What it asks of claims.
const CLAIMS: [&str; 6] = ["type", "time", "iss", "aud", "nonce", "replay"];

fn shared() -> To {
    To::Secret((0..32).map(|at| 200 - at * 5).collect())
}

fn sealed(payload: &str, cty: &str) -> String {
    let header = format!(r#"{{"alg":"dir","enc":"A256GCM"{cty}}}"#);
    Sealing::new(&header, &shared(), payload.as_bytes()).compact()
}

fn es256() -> KeyRing {
    key("ES256").ring()
}

/// A token of each form, the keys for it, and its checks.
fn forms() -> Vec<(String, KeyRing, Vec<&'static str>)> {
    let signed = key("ES256").plain_token("ES256", GOOD_CLAIMS);
    let parties = Parties::new();
    let disclosures = [disclosure(1, "email", &json!("a@b.example"))];
    let issued = parties.issue(&parties.claims(&disclosures));
    let presented = present(&issued, &disclosures);
    let both = keys_of([
        key("ES256").jwk(&json!({})).to_string().as_str(),
        &shared().file(),
    ]);
    let of_key = ["key", "key-fit", "signature"];
    let opened = ["key", "key-fit", "decryption"];
    let (es256_header, hs256_header) = (r#"{"alg":"ES256"}"#, r#"{"alg":"HS256"}"#);
    let signings = [
        Signing::new(es256_header, "ES256", key("ES256")),
        Signing::new(hs256_header, "HS256", key("HS256")),
    ];
    vec![
        (
            signed.clone(),
            es256(),
            [&START[..], &["alg"], &of_key, &CLAIMS, &["profile"]].concat(),
        ),
        // Without a key, and unsecured, each is listed all the same.
        (
            signed.clone(),
            KeyRing::default(),
            [&START[..], &["alg"], &of_key, &CLAIMS, &["profile"]].concat(),
        ),
        (
            format!("eyJhbGciOiJub25lIn0.{}.", signed.split('.').nth(1).unwrap()),
            es256(),
            [&START[..], &["alg"], &of_key, &CLAIMS, &["profile"]].concat(),
        ),
        (
            sealed(GOOD_CLAIMS, ""),
            shared().ring(),
            [&START[..], &["alg"], &opened, &CLAIMS, &["profile"]].concat(),
        ),
        // What is inside is not known.
        (
            sealed(GOOD_CLAIMS, ""),
            KeyRing::default(),
            [
                &START[..],
                &["alg"],
                &opened,
                &["nested"],
                &CLAIMS,
                &["profile"],
            ]
            .concat(),
        ),
        // Claims, times and kind are those of the token inside.
        (
            sealed(&signed, r#","cty":"JWT""#),
            both.clone(),
            [&START[..], &opened, &["nested"]].concat(),
        ),
        (
            key("ES256").token("ES256", r#"{"alg":"ES256","cty":"JWT"}"#, &signed),
            es256(),
            [&START[..], &["alg"], &of_key, &["nested"]].concat(),
        ),
        // It says that there is a token, and there is none.
        (
            sealed(GOOD_CLAIMS, r#","cty":"JWT""#),
            shared().ring(),
            [
                &START[..],
                &["alg"],
                &opened,
                &["nested"],
                &CLAIMS,
                &["profile"],
            ]
            .concat(),
        ),
        (
            general(GOOD_CLAIMS, &signings).to_string(),
            es256(),
            [
                &["form", "encoding", "header", "header", "crit", "crit"][..],
                &[
                    "alg",
                    "key",
                    "key",
                    "key-fit",
                    "key-fit",
                    "signature",
                    "signature",
                ],
                &CLAIMS,
                &["profile"],
            ]
            .concat(),
        ),
        (
            parties.bind(&presented, |_, _| {}),
            parties.ring(),
            [
                &START[..],
                &["alg"],
                &of_key,
                &["disclosures"],
                &CLAIMS,
                &["key-binding", "profile"],
            ]
            .concat(),
        ),
    ]
}

#[test]
fn every_check_is_listed_in_the_order_of_a_verifier() {
    for (token, keys, expected) in forms() {
        let judgement = judged(&token, &keys, &Policy::default());
        assert_eq!(names(&judgement), expected, "{token}");
    }
}

#[test]
fn every_check_rests_on_bytes_of_the_token() {
    let policies = [
        Policy::default(),
        Policy {
            algorithms: vec!["RS256".to_owned()],
            issuers: vec![Issuer {
                iss: "https://a.example".to_owned(),
                keys: vec![KeyChoice::Id("nobody".to_owned())],
            }],
            audiences: vec!["x".to_owned()],
            types: vec!["x".to_owned()],
            nonce: Some("n".to_owned()),
            max_age_seconds: Some(1),
            max_lifetime_seconds: Some(1),
            revoked: Revoked::listed(["1"]),
            ..Policy::default()
        },
    ];
    for policy in &policies {
        for (token, keys, _) in forms() {
            let inspection = inspect(&token, &keys);
            let judgement = inspection.judge(policy, instant("2026-11-21T22:40:13Z"));
            let texts = std::iter::once(&*inspection.token).chain(
                inspection
                    .proof
                    .inner
                    .iter()
                    .chain(&inspection.proof.key_binding)
                    .map(|layer| &*layer.token),
            );
            // Of a token inside the bytes are those of its own text.
            for (token, layer) in texts.zip(judgement.layers()) {
                for check in &layer.checks {
                    let range = check.byte_range.clone();
                    let range = range.unwrap_or_else(|| panic!("{check:?} of {}", token.text()));
                    assert!(!range.is_empty(), "{check:?}");
                    assert!(token.text().get(range).is_some(), "{check:?}");
                }
            }
        }
    }
}

#[test]
fn what_the_policy_says_nothing_about_is_listed_as_not_run() {
    let token = key("ES256").plain_token("ES256", GOOD_CLAIMS);
    let judgement = judged(&token, &es256(), &Policy::default());
    let unasked: Vec<&str> = judgement
        .checks
        .iter()
        .filter(|check| check.is_unasked)
        .map(|check| check.check)
        .collect();
    assert_eq!(unasked, ["alg", "iss", "aud", "nonce", "replay"]);
    for name in unasked {
        assert_eq!(check(&judgement, name).result, CheckResult::NotRun);
    }
    let policy = Policy {
        audiences: vec!["b".to_owned()],
        ..Policy::default()
    };
    let judgement = judged(&token, &es256(), &policy);
    let aud = check(&judgement, "aud");
    assert_eq!((aud.is_unasked, aud.result), (false, CheckResult::Passed));
    assert!(check(&judgement, "iss").is_unasked);
    assert_eq!(names(&judgement).len(), 15, "each once");
}

/// Whether the key may do what the header asks: its kind, its own members, its strength.
#[test]
fn the_fit_of_the_key_is_a_check_of_its_own() {
    let own = key("ES256");
    let named = |alg: &str, members: serde_json::Value| {
        let jwk = key(alg).jwk(&members).to_string();
        KeyRing::new(load("keys.json", jwk.as_bytes()).unwrap())
    };
    let token = own.token("ES256", r#"{"alg":"ES256","kid":"k"}"#, GOOD_CLAIMS);
    let short = Secret::Shared(b"nobody has it".to_vec());
    let weak = short.token("HS256", r#"{"alg":"HS256"}"#, GOOD_CLAIMS);
    for (token, keys, title, result, reason) in [
        (
            &token,
            named("ES256", json!({"kid": "k"})),
            "Key fits the algorithm",
            CheckResult::Passed,
            None,
        ),
        (
            &token,
            named("ES384", json!({"kid": "k"})),
            "Key of another kind",
            CheckResult::Failed,
            Some("key-not-allowed"),
        ),
        (
            &token,
            named("ES256", json!({"kid": "k", "use": "enc"})),
            "Key must not be used for this",
            CheckResult::Failed,
            Some("key-not-allowed"),
        ),
        (
            &token,
            named("ES256", json!({"kid": "k", "alg": "ES384"})),
            "Key must not be used for this",
            CheckResult::Failed,
            Some("key-not-allowed"),
        ),
        (
            &weak,
            short.ring(),
            "Key too weak",
            CheckResult::Failed,
            Some("key-too-weak"),
        ),
        (
            &token,
            KeyRing::default(),
            "Key not held against the algorithm",
            CheckResult::NotRun,
            Some("no-key"),
        ),
    ] {
        let judgement = judged(token, &keys, &Policy::default());
        let fit = check(&judgement, "key-fit");
        assert_eq!((&*fit.title, fit.result), (title, result), "{}", fit.text);
        let reason = reason.into_iter().collect::<Vec<_>>();
        let found = reasons(&judgement);
        assert!(
            reason.iter().all(|reason| found.contains(reason))
                && found.is_empty() == reason.is_empty(),
            "{title}: {found:?}"
        );
    }
    // What a lenient policy lets pass is said.
    let lenient = Policy {
        strictness: Strictness::Lenient,
        ..Policy::default()
    };
    for (token, keys) in [
        (&weak, short.ring()),
        (&token, named("ES256", json!({"kid": "k", "use": "enc"}))),
    ] {
        let judgement = judged(token, &keys, &lenient);
        let fit = check(&judgement, "key-fit");
        assert_eq!(fit.result, CheckResult::Passed);
        assert!(
            fit.text.ends_with("; the policy lets it pass"),
            "{}",
            fit.text
        );
        assert_eq!(reasons(&judgement), [""; 0]);
    }
}

/// Of two signatures each has its own: what is wrong with the key of one is not told of the other.
#[test]
fn of_several_signatures_each_key_is_held_against_its_own_algorithm() {
    let short = Secret::Shared(b"nobody has it".to_vec());
    let signings = [
        Signing::new(r#"{"alg":"ES256"}"#, "ES256", key("ES256")),
        Signing::new(r#"{"alg":"HS256"}"#, "HS256", &short),
    ];
    let token = general(GOOD_CLAIMS, &signings).to_string();
    let keys = keys_of([
        key("ES256").jwk(&json!({})).to_string().as_str(),
        &short.jwk(&json!({})).to_string(),
    ]);
    let judgement = judged(&token, &keys, &Policy::default());
    let fits: Vec<(&str, CheckResult)> = judgement
        .checks
        .iter()
        .filter(|check| check.check == "key-fit")
        .map(|check| (&*check.title, check.result))
        .collect();
    assert_eq!(
        fits,
        [
            ("Signature 1: Key fits the algorithm", CheckResult::Passed),
            ("Signature 2: Key too weak", CheckResult::Failed),
        ]
    );
}

/// The key that the policy says is the issuer's is known by `iss`.
#[test]
fn a_key_by_the_policy_points_at_the_issuer() {
    let own = key("ES256");
    let token = Secret::fresh("ES256").token("ES256", r#"{"alg":"ES256"}"#, GOOD_CLAIMS);
    // Of two keys that could, none is meant but by the policy.
    let rings = keys_of([
        own.jwk(&json!({"kid": "own"})).to_string().as_str(),
        &Secret::fresh("ES256").jwk(&json!({"kid": "b"})).to_string(),
    ]);
    let policy = Policy {
        issuers: vec![Issuer {
            iss: "https://a.example".to_owned(),
            keys: vec![KeyChoice::Id("own".to_owned())],
        }],
        ..Policy::default()
    };
    let inspection = inspect(&token, &rings);
    let judgement = inspection.judge(&policy, instant("2026-11-21T22:40:13Z"));
    let key = check(&judgement, "key");
    assert_eq!(key.title, "Key of the issuer, by the policy");
    let part = inspection
        .token
        .part(tokenloupe::jose::PartRole::Payload)
        .unwrap();
    let iss = r#""iss":"https://a.example""#;
    let at = part.utf8().unwrap().find(iss).unwrap();
    assert_eq!(key.byte_range, Some(part.text_range(at..at + iss.len())));
    assert_eq!(check(&judgement, "signature").result, CheckResult::Failed);
}
