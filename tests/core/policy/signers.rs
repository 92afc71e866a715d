//! Issuers and the keys that are their own.

use serde_json::json;
use tokenloupe::judge::{CheckResult, Issuer, KeyChoice, Policy};
use tokenloupe::keys::{self, KeyRing};

use super::{check, judged};
use crate::certificates::{request, x5c};
use crate::common::{inspect, reasons};
use crate::way::{Secret, key};

/// Keys out of files: the name of the file, the key, its `kid`.
fn ring(files: &[(&str, &Secret, Option<&str>)]) -> KeyRing {
    let loaded = files.iter().flat_map(|(source, key, kid)| {
        let members = kid.map_or(json!({}), |kid| json!({"kid": kid}));
        keys::load(source, key.jwk(&members).to_string().as_bytes()).unwrap()
    });
    KeyRing::new(loaded)
}

fn of(iss: &str, keys: &[KeyChoice]) -> Issuer {
    Issuer {
        iss: iss.to_owned(),
        keys: keys.to_vec(),
    }
}

fn policy(issuers: &[Issuer]) -> Policy {
    Policy {
        issuers: issuers.to_vec(),
        ..Policy::default()
    }
}

fn id(text: &str) -> KeyChoice {
    KeyChoice::Id(text.to_owned())
}

fn source(text: &str) -> KeyChoice {
    KeyChoice::Source(text.to_owned())
}

const CLAIMS: &str = r#"{"iss":"https://a.example","exp":1795303600}"#;

#[test]
fn a_signature_by_the_key_of_another_is_not_allowed() {
    let (own, other) = (key("ES256"), &Secret::fresh("ES256"));
    let both = ring(&[("dir/a.json", own, Some("a")), ("b.json", other, Some("b"))]);
    let thumbprint = |kid: &str| {
        let thumbprint = both.get(kid).unwrap().thumbprint.clone();
        KeyChoice::Thumbprint(thumbprint.unwrap())
    };
    let token = own.token("ES256", r#"{"alg":"ES256"}"#, CLAIMS);
    let a = "https://a.example";
    for (issuers, result, expected) in [
        (vec![of(a, &[])], None, vec![]),
        (vec![of(a, &[id("a")])], Some(CheckResult::Passed), vec![]),
        (
            vec![of(a, &[source("dir/a.json")])],
            Some(CheckResult::Passed),
            vec![],
        ),
        (
            vec![of(a, &[source("a.json")])],
            Some(CheckResult::Passed),
            vec![],
        ),
        (
            vec![of(a, &[thumbprint("a")])],
            Some(CheckResult::Passed),
            vec![],
        ),
        (
            vec![of(a, &[id("x"), id("b"), id("a")])],
            Some(CheckResult::Passed),
            vec![],
        ),
        (
            vec![of(a, &[id("b")]), of(a, &[id("a")])],
            Some(CheckResult::Passed),
            vec![],
        ),
        (
            vec![of(a, &[id("b")])],
            Some(CheckResult::Failed),
            vec!["key-not-allowed"],
        ),
        (
            vec![of(a, &[source("b.json")])],
            Some(CheckResult::Failed),
            vec!["key-not-allowed"],
        ),
        (
            vec![of(a, &[source("other/a.json")])],
            Some(CheckResult::Failed),
            vec!["key-not-allowed"],
        ),
        (
            vec![of(a, &[thumbprint("b")])],
            Some(CheckResult::Failed),
            vec!["key-not-allowed"],
        ),
        // The keys of another issuer are no matter here.
        (
            vec![of(a, &[]), of("https://b.example", &[id("b")])],
            None,
            vec![],
        ),
        (
            vec![of("https://b.example", &[id("b")])],
            None,
            vec!["policy-iss"],
        ),
    ] {
        let judgement = judged(&token, &both, &policy(&issuers));
        assert_eq!(reasons(&judgement), expected, "{issuers:?}");
        let checks = super::checks(&judgement, "issuer-key");
        assert_eq!(
            checks.first().map(|check| check.result),
            result,
            "{issuers:?}"
        );
        // The mathematics stay as they are.
        assert_eq!(check(&judgement, "signature").result, CheckResult::Passed);
    }
    let judgement = judged(&token, &both, &policy(&[of(a, &[id("b")])]));
    let told = check(&judgement, "issuer-key");
    assert_eq!(
        super::words(told),
        "Key of the issuer not as expected. Expected a key of the issuer\u{2019}s: kid b, found \u{201C}a\u{201D} from dir/a.json"
    );
    assert!(told.byte_range.is_some());
    let sentence = tokenloupe::judge::words::sentence(
        &judgement,
        &inspect(&token, &both).proof,
        tokenloupe::judge::words::When::Now,
    );
    assert_eq!(
        sentence.headline,
        "Reject: the key is not one of its issuer\u{2019}s"
    );
}

/// A key that stands in two files belongs to whoever either of them belongs to.
#[test]
fn the_same_key_from_elsewhere_is_the_same_key() {
    for alg in ["ES256", "HS256", "RS256"] {
        let own = key(alg);
        let token = own.plain_token(alg, CLAIMS);
        for (first, second) in [("a.json", "b.json"), ("b.json", "a.json")] {
            let both = ring(&[(first, own, Some("1")), (second, own, Some("2"))]);
            for file in ["a.json", "b.json"] {
                let issuers = [of("https://a.example", &[source(file)])];
                assert_eq!(
                    reasons(&judged(&token, &both, &policy(&issuers))),
                    [""; 0],
                    "{alg} {file}"
                );
            }
        }
    }
}

/// "By the policy for this issuer" is one of the ways in which a key is meant: where it fails, the signature is invalid.
#[test]
fn the_policy_designates_the_keys_of_an_issuer() {
    let (own, other) = (key("ES256"), &Secret::fresh("ES256"));
    let both = ring(&[("a.json", own, Some("a")), ("b.json", other, Some("b"))]);
    let forged = Secret::fresh("ES256").token("ES256", r#"{"alg":"ES256"}"#, CLAIMS);
    let without = judged(&forged, &both, &Policy::default());
    assert_eq!(reasons(&without), ["no-key-verifies"]);

    let policy = policy(&[of("https://a.example", &[source("a.json")])]);
    let judgement = judged(&forged, &both, &policy);
    assert_eq!(reasons(&judgement), ["signature-invalid"]);
    assert_eq!(check(&judgement, "signature").result, CheckResult::Failed);
    assert_eq!(
        check(&judgement, "key").title,
        "Key of the issuer, by the policy"
    );
    let told = check(&judgement, "issuer-key");
    assert_eq!(
        super::words(told),
        "Key of the issuer not checked. The issuer\u{2019}s key \u{201C}a\u{201D} does not verify the signature"
    );
    let rules: Vec<&str> = judgement
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert!(rules.contains(&"sig-invalid"), "{rules:?}");
    // The report says the same.
    let report = crate::way::report(&forged, &both, &policy);
    assert_eq!(crate::way::outcome(&report), "invalid");
    assert_eq!(
        crate::way::outcome(&crate::way::report(&forged, &both, &Policy::default())),
        "not-checked"
    );

    // What the token brings itself does not help it.
    let stranger = Secret::fresh("ES256");
    let header = json!({"alg": "ES256", "jwk": stranger.jwk(&json!({}))}).to_string();
    let own_key = stranger.token("ES256", &header, CLAIMS);
    assert_eq!(
        reasons(&judged(&own_key, &both, &Policy::default())),
        ["only-token-supplied-key"]
    );
    assert_eq!(
        reasons(&judged(&own_key, &both, &policy)),
        ["signature-invalid"]
    );

    // Nothing was tried, nothing was meant.
    let theirs = ring(&[
        ("b.json", other, Some("b")),
        ("c.json", &Secret::fresh("ES256"), Some("c")),
    ]);
    let judgement = judged(&forged, &theirs, &policy);
    assert_eq!(reasons(&judgement), ["no-key-verifies"]);
    assert_eq!(
        check(&judgement, "issuer-key").text,
        "None of the issuer\u{2019}s keys is loaded, or none can do the algorithm"
    );
    assert_eq!(
        reasons(&judged(&forged, &KeyRing::default(), &policy)),
        ["no-key"]
    );
}

/// Under a CA certificate of the reviewer's, the CA is the issuer's key.
#[test]
fn a_certificate_authority_can_be_the_issuers_key() {
    let root = request("Root").ca().self_signed();
    let leaf = request("Leaf").issued_by(&root);
    let token = leaf.es256(&format!(",{}", x5c(&[&leaf])), CLAIMS);
    let ring = KeyRing::new(keys::load("root.pem", root.pem().as_bytes()).unwrap());
    let judge = |choice| {
        reasons(&judged(
            &token,
            &ring,
            &policy(&[of("https://a.example", &[choice])]),
        ))
    };
    assert_eq!(reasons(&judged(&token, &ring, &Policy::default())), [""; 0]);
    assert_eq!(judge(source("root.pem")), [""; 0]);
    assert_eq!(judge(source("other.pem")), ["key-not-allowed"]);
}
