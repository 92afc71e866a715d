//! What holds of every token in JSON form.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::Token;
use tokenloupe::judge::{Judgement, Policy};
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::{Outcome, Proof};

use super::make::{Sealing, Signing, To, flattened, general};
use crate::common::{inspect, instant, reasons};
use crate::way::{GOOD_CLAIMS, key, keys_of};

fn judged(inspection: &Inspection) -> Judgement {
    inspection.judge(&Policy::default(), instant("2026-11-21T22:40:13Z"))
}

/// Good tokens in JSON form, and the keys for all of them.
static GOOD: LazyLock<(Vec<Value>, KeyRing)> = LazyLock::new(|| {
    let (es, hs) = (key("ES256"), key("HS256"));
    let to = To::Secret((1..=32).collect());
    let by_es = || Signing {
        protected: r#"{"alg":"ES256"}"#,
        header: r#"{"kid":"a"}"#,
        alg: "ES256",
        key: es,
    };
    let by_hs = || Signing::new(r#"{"alg":"HS256","typ":"JWT"}"#, "HS256", hs);
    let sealing = |enc: &'static str, aad| Sealing {
        protected: enc,
        shared: r#"{"x":1}"#,
        recipients: vec![("", to.clone())],
        aad,
        plaintext: GOOD_CLAIMS.as_bytes(),
    };
    let gcm = sealing(r#"{"alg":"A256KW","enc":"A128GCM"}"#, Some(&b"beside"[..]));
    let cbc = sealing(r#"{"alg":"A256KW","enc":"A128CBC-HS256"}"#, None);
    let tokens = vec![
        flattened(GOOD_CLAIMS, &by_hs()),
        general(GOOD_CLAIMS, &[by_es(), by_hs()]),
        gcm.flattened(),
        gcm.general(),
        cbc.general(),
    ];
    let files = [
        es.jwk(&json!({})).to_string(),
        hs.jwk(&json!({})).to_string(),
        to.file(),
    ];
    (tokens, keys_of(files.iter().map(String::as_str)))
});

#[test]
fn what_they_are_made_of_is_good() {
    for token in &GOOD.0 {
        let judgement = judged(&inspect(&token.to_string(), &GOOD.1));
        assert_eq!(reasons(&judgement), [""; 0], "{token:#}");
    }
}

/// Where the strings of these members stand in a text.
fn characters(text: &str) -> Vec<usize> {
    let token = Token::parse(text);
    let parts = token.parts.iter().filter(|part| {
        !matches!(
            part.role,
            tokenloupe::jose::PartRole::UnprotectedHeader | tokenloupe::jose::PartRole::Token
        )
    });
    parts.flat_map(|part| part.range.clone()).collect()
}

/// Every character of every part that counts, not some of them.
#[test]
fn no_character_can_be_changed() {
    for token in &GOOD.0 {
        let text = token.to_string();
        for at in characters(&text) {
            let mut changed = text.clone();
            let other = match text.as_bytes()[at] {
                b'A' => "C",
                b'g' => "h",
                _ => "A",
            };
            changed.replace_range(at..=at, other);
            let inspection = inspect(&changed, &GOOD.1);
            let judgement = judged(&inspection);
            // Beside a good signature one that says nothing is no reason to refuse; that one does not verify.
            let mut signatures = inspection.proof.signatures.iter();
            let is_taken = reasons(&judgement).is_empty()
                && signatures.all(|proof| proof.outcome == Outcome::Valid);
            assert!(!is_taken, "{changed}");
        }
    }
}

/// Members in another order, and white space between them.
fn shuffled(json: &Value, order: &mut impl FnMut() -> u64) -> String {
    match json {
        Value::Object(members) => {
            let mut keyed: Vec<_> = members.iter().map(|member| (order(), member)).collect();
            keyed.sort_by_key(|(key, _)| *key);
            let members: Vec<String> = keyed
                .into_iter()
                .map(|(key, (name, value))| {
                    let space = ["", " ", "\n\t", "\r\n"][(key % 4) as usize];
                    format!("{space}{}{space}:{}", json!(name), shuffled(value, order))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(elements) => {
            let elements: Vec<String> = elements
                .iter()
                .map(|element| shuffled(element, order))
                .collect();
            format!("[ {} ]", elements.join(" , "))
        }
        other => other.to_string(),
    }
}

/// Names of members, and some that are none.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "payload", "protected", "header", "signature", "signatures", "unprotected",
            "recipients", "encrypted_key", "iv", "ciphertext", "tag", "aad", "alg", "enc", "crit",
            "b64", "zip", "kid", "jwk", "epk", "p2c", "p2s", "x5c", "disclosures", "kb_jwt",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[A-Za-z0-9_-]{0,24}".prop_map(Value::from),
        prop::sample::select(vec![
            "eyJhbGciOiJub25lIn0",
            "eyJhbGciOiJIUzI1NiJ9",
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0",
            "eyJleHAiOjF9",
            "HS256",
            "dir",
            "A128GCM",
            "RSA-OAEP",
            "PBES2-HS256+A128KW",
            "ECDH-ES",
            "DEF",
            "",
            "none",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..7)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Everything that points into the text does so at whole characters.
fn ranges_hold(inspection: &Inspection, judgement: &Judgement) {
    fn layer(token: &Token, proof: &Proof, judgement: &Judgement) {
        let text = token.text();
        let parts = token.parts.iter().map(|part| &part.range);
        let faults = token.faults.iter().map(|fault| &fault.range);
        let findings = judgement.findings.iter();
        let evidence = findings.flat_map(|finding| finding.evidence.iter().map(|one| &one.range));
        let checks = judgement.checks.iter();
        let checks = checks.filter_map(|check| check.byte_range.as_ref());
        for range in parts.chain(faults).chain(evidence).chain(checks) {
            assert!(text.get(range.clone()).is_some(), "{range:?} in {text}");
        }
        if let Some((inner, judgement)) = proof.inner.as_ref().zip(judgement.inner.as_ref()) {
            layer(&inner.token, &inner.proof, judgement);
        }
    }
    layer(&inspection.token, &inspection.proof, judgement);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_members_changes_nothing(which in 0_usize..5, seed in any::<u64>()) {
        let token = &GOOD.0[which];
        let mut state = seed | 1;
        let mut order = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let text = shuffled(token, &mut order);
        let (one, other) = (inspect(&token.to_string(), &GOOD.1), inspect(&text, &GOOD.1));
        let (a, b) = (judged(&one), judged(&other));
        prop_assert_eq!(&a.verdict, &b.verdict, "{}", text);
        let rules = |judgement: &Judgement| {
            let rules = judgement.findings.iter();
            rules.map(|finding| (finding.rule, finding.severity)).collect::<Vec<_>>()
        };
        prop_assert_eq!(rules(&a), rules(&b));
        ranges_hold(&other, &b);
    }

    #[test]
    fn any_json_is_judged(json in value()) {
        let inspection = inspect(&json.to_string(), &GOOD.1);
        let judgement = judged(&inspection);
        ranges_hold(&inspection, &judgement);
        prop_assert!(!reasons(&judgement).is_empty());
    }

    #[test]
    fn any_bytes_in_a_good_one_are_judged(
        which in 0_usize..5,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..4),
    ) {
        let mut text: Vec<char> = GOOD.0[which].to_string().chars().collect();
        for (at, character) in changes {
            let at = at.index(text.len());
            text[at] = character;
        }
        let text: String = text.into_iter().collect();
        let inspection = inspect(&text, &GOOD.1);
        ranges_hold(&inspection, &judged(&inspection));
    }
}
