//! Several signatures: each has its own outcome, and together they make one verdict (`REPORT.md`, "Several signatures").

use serde_json::{Value, json};
use tokenloupe::judge::Policy;

use super::make::{Signing, flattened, general};
use super::{see, see_at};
use crate::common::instant;
use crate::way::{GOOD_CLAIMS, Secret, key, keys_of, message};

/// One of two signatures.
#[derive(Clone, Copy, Debug, PartialEq)]
enum One {
    /// By the reviewer's key.
    Valid,
    /// Naming the reviewer's key, and made by another.
    Invalid,
    /// By an algorithm for which no key is there.
    NoKey,
    /// By none of the reviewer's keys, and naming none of them.
    Stranger,
    Unsecured,
    Unsupported,
    /// By a key that the header brings.
    OwnKey,
    /// By a secret that everybody knows.
    PublicDefault,
}

impl One {
    /// The entry, and the outcome that it must have.
    fn entry(self) -> (Value, &'static str) {
        let mine = key("ES256");
        let of = |protected: &str, alg: &str, key: &Secret| {
            let whole = general(GOOD_CLAIMS, &[Signing::new(protected, alg, key)]);
            whole["signatures"][0].clone()
        };
        match self {
            Self::Valid => (
                of(r#"{"alg":"ES256","kid":"mine"}"#, "ES256", mine),
                "valid",
            ),
            Self::Invalid => (
                of(
                    r#"{"alg":"ES256","kid":"mine"}"#,
                    "ES256",
                    &Secret::fresh("ES256"),
                ),
                "invalid",
            ),
            Self::NoKey => (
                of(r#"{"alg":"RS256"}"#, "RS256", key("RS256")),
                "not-checked",
            ),
            Self::Stranger => (
                of(
                    r#"{"alg":"ES256","kid":"theirs"}"#,
                    "ES256",
                    &Secret::fresh("ES256"),
                ),
                "not-checked",
            ),
            Self::Unsecured => (of(r#"{"alg":"none"}"#, "none", mine), "unsecured"),
            Self::Unsupported => (of(r#"{"alg":"XX"}"#, "ES256", mine), "unsupported"),
            Self::OwnKey => {
                let jwk = key("RS256").jwk(&json!({}));
                let header = json!({"alg": "RS256", "jwk": jwk}).to_string();
                (of(&header, "RS256", key("RS256")), "valid")
            }
            Self::PublicDefault => (
                of(
                    r#"{"alg":"HS256"}"#,
                    "HS256",
                    &Secret::Shared(b"your-256-bit-secret".to_vec()),
                ),
                "valid",
            ),
        }
    }
}

fn of(entries: &[&Value]) -> Value {
    let whole = general(
        GOOD_CLAIMS,
        &[Signing::new(r#"{"alg":"none"}"#, "none", key("ES256"))],
    );
    json!({"payload": whole["payload"], "signatures": entries})
}

#[test]
fn two_signatures_make_one_verdict() {
    use One::{Invalid, NoKey, OwnKey, PublicDefault, Stranger, Unsecured, Unsupported, Valid};
    let ring = keys_of([key("ES256")
        .jwk(&json!({"kid": "mine"}))
        .to_string()
        .as_str()]);
    let reject = |reasons: &[&'static str]| ("reject", reasons.to_vec());
    let open = |reasons: &[&'static str]| ("undetermined", reasons.to_vec());
    let accept = || ("accept", Vec::new());
    for (pair, expected) in [
        ([Valid, Valid], accept()),
        ([Valid, Invalid], reject(&["signature-invalid"])),
        ([Valid, NoKey], accept()),
        ([Valid, Stranger], accept()),
        ([Valid, Unsecured], reject(&["unsecured"])),
        ([Valid, Unsupported], accept()),
        ([Valid, OwnKey], accept()),
        ([Valid, PublicDefault], reject(&["publicly-known-key"])),
        ([Invalid, NoKey], reject(&["signature-invalid"])),
        (
            [Invalid, Unsecured],
            reject(&["unsecured", "signature-invalid"]),
        ),
        ([NoKey, NoKey], open(&["no-key"])),
        ([NoKey, Stranger], open(&["no-key", "no-key-verifies"])),
        (
            [NoKey, OwnKey],
            open(&["no-key", "only-token-supplied-key"]),
        ),
        (
            [NoKey, Unsupported],
            open(&["no-key", "unsupported-algorithm"]),
        ),
        ([NoKey, Unsecured], reject(&["unsecured"])),
        ([OwnKey, OwnKey], open(&["only-token-supplied-key"])),
        ([Unsecured, Unsecured], reject(&["unsecured"])),
        ([Unsupported, Unsupported], open(&["unsupported-algorithm"])),
    ] {
        let [first, second] = pair.map(One::entry);
        for (a, b) in [(&first, &second), (&second, &first)] {
            let seen = see(of(&[&a.0, &b.0]).to_string(), &ring, &Policy::default());
            assert_eq!(seen.outcomes(), [a.1, b.1], "{pair:?}");
            assert_eq!(seen.verdict(), expected, "{pair:?}: {:#}", seen.report);
            // Each has checks of its own.
            let at = instant("2026-11-21T22:40:13Z");
            let judgement = seen.session.tokens[0].judge(&Policy::default(), at);
            for number in [1, 2] {
                let title = format!("Signature {number}: ");
                let own = judgement
                    .checks
                    .iter()
                    .filter(|check| check.check == "signature" && check.title.starts_with(&title));
                assert_eq!(own.count(), 1, "{pair:?}");
            }
        }
    }
}

#[test]
fn a_signature_without_alg_beside_a_good_one_is_malformed() {
    let ring = keys_of([key("ES256")
        .jwk(&json!({"kid": "mine"}))
        .to_string()
        .as_str()]);
    let (good, _) = One::Valid.entry();
    for bad in [
        json!({"protected": "e30", "signature": "AA"}),
        json!({"header": {"kid": "a"}, "signature": "AA"}),
        json!({"header": {"alg": 7}, "signature": "AA"}),
        json!({"signature": "AA"}),
        json!({"protected": "!", "signature": "AA"}),
        json!({"protected": "eyJhbGciOiJFUzI1NiJ9"}),
        json!({"protected": "eyJhbGciOiJFUzI1NiJ9", "signature": 1}),
        json!("AA"),
        json!(null),
        json!([]),
    ] {
        let seen = see(of(&[&good, &bad]).to_string(), &ring, &Policy::default());
        assert_eq!(seen.verdict().0, "reject", "{bad}");
        assert!(
            seen.verdict().1.contains(&"malformed"),
            "{bad}: {:?}",
            seen.verdict()
        );
        assert_eq!(seen.outcomes()[0], "valid", "{bad}");
    }
}

#[test]
fn one_signature_is_judged_alike_in_every_form() {
    for alg in ["HS256", "ES256", "RS256", "PS384", "EdDSA"] {
        let signer = key(alg);
        let header = format!(r#"{{"alg":"{alg}"}}"#);
        let signing = Signing::new(&header, alg, signer);
        let forms = [
            signer.token(alg, &header, GOOD_CLAIMS),
            flattened(GOOD_CLAIMS, &signing).to_string(),
            general(GOOD_CLAIMS, &[signing]).to_string(),
        ];
        for text in &forms {
            let seen = see(text, &signer.ring(), &Policy::default());
            assert_eq!(seen.verdict(), ("accept", vec![]), "{text}");
            assert_eq!(seen.report["claims_text"], GOOD_CLAIMS);
            let seen = see(text, &Secret::fresh(alg).ring(), &Policy::default());
            assert_eq!(
                seen.verdict(),
                ("reject", vec!["signature-invalid"]),
                "{text}"
            );
        }
    }
}

#[test]
fn crit_counts_in_every_form() {
    let signer = key("ES256");
    let with = |members: &str, header: &str| {
        let protected = format!(r#"{{"alg":"ES256"{members}}}"#);
        let signing = Signing {
            protected: &protected,
            header,
            alg: "ES256",
            key: signer,
        };
        let mut forms = vec![
            flattened(GOOD_CLAIMS, &signing).to_string(),
            general(GOOD_CLAIMS, &[signing]).to_string(),
        ];
        if header.is_empty() {
            forms.push(signer.token("ES256", &protected, GOOD_CLAIMS));
        }
        forms
    };
    for (members, header, expected) in [
        (r#","crit":["x"],"x":1"#, "", "crit-unknown"),
        (
            r#","crit":["http://example.invalid/x"],"http://example.invalid/x":true"#,
            "",
            "crit-unknown",
        ),
        (r#","crit":["x"]"#, "", "malformed"),
        (r#","crit":[]"#, "", "malformed"),
        (r#","crit":["x","x"],"x":1"#, "", "malformed"),
        (r#","crit":["alg"]"#, "", "malformed"),
        (r#","crit":["x"]"#, r#"{"x":1}"#, "malformed"),
        ("", r#"{"crit":["x"],"x":1}"#, "malformed"),
        ("", r#"{"b64":false}"#, "malformed"),
        ("", r#"{"alg":"ES256"}"#, "malformed"),
    ] {
        for text in with(members, header) {
            let seen = see(&text, &signer.ring(), &Policy::default());
            assert_eq!(seen.verdict(), ("reject", vec![expected]), "{text}");
            assert_eq!(seen.outcomes(), ["valid"], "{text}");
        }
    }
    for text in with("", r#"{"kid":"a","x":1}"#) {
        let seen = see(&text, &signer.ring(), &Policy::default());
        assert_eq!(seen.verdict(), ("accept", vec![]), "{text}");
    }
}

#[test]
fn a_payload_that_is_elsewhere_serves_every_signature() {
    let (es, hs) = (key("ES256"), key("HS256"));
    let mut whole = general(
        "elsewhere",
        &[
            Signing::new(r#"{"alg":"ES256"}"#, "ES256", es),
            Signing::new(r#"{"alg":"HS256"}"#, "HS256", hs),
        ],
    );
    whole.as_object_mut().unwrap().remove("payload");
    let text = whole.to_string();
    let files = [
        es.jwk(&json!({})).to_string(),
        hs.jwk(&json!({})).to_string(),
    ];
    let ring = keys_of(files.iter().map(String::as_str));
    let at = |payload| see_at(&text, &ring, &message(), payload, "2026-11-21T22:40:13Z");
    let seen = at(Some(&b"elsewhere"[..]));
    assert_eq!(seen.outcomes(), ["valid", "valid"]);
    assert_eq!(seen.verdict(), ("accept", vec![]));
    let seen = at(Some(b"elsewhere!"));
    assert_eq!(seen.verdict(), ("reject", vec!["signature-invalid"]));
    let seen = at(None);
    assert_eq!(
        seen.verdict(),
        ("undetermined", vec!["detached-payload-missing"])
    );
}

#[test]
fn signatures_that_differ_on_b64_are_malformed() {
    let (es, hs) = (key("ES256"), key("HS256"));
    let text = general(
        "abcd",
        &[
            Signing::new(r#"{"alg":"ES256","b64":false,"crit":["b64"]}"#, "ES256", es),
            Signing::new(r#"{"alg":"HS256"}"#, "HS256", hs),
        ],
    );
    let files = [
        es.jwk(&json!({})).to_string(),
        hs.jwk(&json!({})).to_string(),
    ];
    let ring = keys_of(files.iter().map(String::as_str));
    let seen = see(text.to_string(), &ring, &message());
    assert_eq!(seen.verdict(), ("reject", vec!["malformed"]));
    assert_eq!(seen.report["faults"][0]["code"], "b64-uneven");
}
