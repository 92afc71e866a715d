//! What a policy expects, held against tokens: every expectation, one by one.

use serde_json::json;
use tokenloupe::judge::{
    Check, CheckResult, ClaimPath, ClaimRule, ClaimValue, Issuer, Judgement, KeyChoice, Policy,
    Revoked,
};
use tokenloupe::keys::KeyRing;

use crate::common::{inspect, instant, reasons};
use crate::way::{Secret, key, keys_of};

mod claims;
mod file;
mod like;
mod limits;
mod properties;
mod several;
mod signers;
mod strictness;
mod words;

/// 2026-11-21T22:40:13Z.
const NOW: i64 = 1_795_300_813;

/// Claims that meet [`each_expectation`].
fn good_claims() -> serde_json::Value {
    json!({
        "iss": "https://a.example", "aud": ["x", "b"], "nonce": "n", "jti": "id-1", "sub": "jane",
        "iat": NOW - 30, "exp": NOW + 30, "cnf": {"jkt": "t"},
    })
}

const GOOD_HEADER: &str = r#"{"alg":"HS256","typ":"portal+jwt","kid":"k"}"#;

fn secret() -> &'static Secret {
    key("HS256")
}

/// The key of [`secret`], called `k`, out of `issuer.json`.
fn ring() -> KeyRing {
    let jwk = secret().jwk(&json!({"kid": "k"})).to_string();
    KeyRing::new(tokenloupe::keys::load("issuer.json", jwk.as_bytes()).unwrap())
}

fn name(name: &str) -> ClaimRule {
    ClaimRule {
        path: ClaimPath::Name(name.to_owned()),
        value: None,
    }
}

fn pointer(pointer: &str) -> ClaimRule {
    ClaimRule {
        path: ClaimPath::Pointer(pointer.to_owned()),
        value: None,
    }
}

fn valued(rule: ClaimRule, value: &str) -> ClaimRule {
    ClaimRule {
        value: Some(ClaimValue::read(value).unwrap()),
        ..rule
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// The check, and a policy that expects that alone.
fn each_expectation() -> Vec<(&'static str, Policy)> {
    let none = Policy::default;
    vec![
        (
            "alg",
            Policy {
                algorithms: texts(&["ES256", "HS256"]),
                ..none()
            },
        ),
        (
            "typ",
            Policy {
                types: texts(&["JWT", "application/PORTAL+JWT"]),
                ..none()
            },
        ),
        (
            "max-lifetime",
            Policy {
                max_lifetime_seconds: Some(60),
                ..none()
            },
        ),
        (
            "max-age",
            Policy {
                max_age_seconds: Some(30),
                ..none()
            },
        ),
        (
            "iss",
            Policy {
                issuers: vec![
                    Issuer::new("https://b.example"),
                    Issuer::new("https://a.example"),
                ],
                ..none()
            },
        ),
        (
            "issuer-key",
            Policy {
                issuers: vec![Issuer {
                    iss: "https://a.example".to_owned(),
                    keys: vec![KeyChoice::Id("k".to_owned())],
                }],
                ..none()
            },
        ),
        (
            "aud",
            Policy {
                audiences: texts(&["a", "b"]),
                ..none()
            },
        ),
        (
            "nonce",
            Policy {
                nonce: Some("n".to_owned()),
                ..none()
            },
        ),
        (
            "replay",
            Policy {
                revoked: Revoked::listed(["id-2", "id-3"]),
                ..none()
            },
        ),
        (
            "claim-required",
            Policy {
                required_claims: vec![name("sub")],
                ..none()
            },
        ),
        (
            "claim-required",
            Policy {
                required_claims: vec![valued(pointer("/cnf/jkt"), "\"t\"")],
                ..none()
            },
        ),
        (
            "claim-forbidden",
            Policy {
                forbidden_claims: vec![name("act")],
                ..none()
            },
        ),
        (
            "claim-forbidden",
            Policy {
                forbidden_claims: vec![valued(name("sub"), "\"root\"")],
                ..none()
            },
        ),
    ]
}

fn judged(token: &str, keys: &KeyRing, policy: &Policy) -> Judgement {
    inspect(token, keys).judge(policy, instant("2026-11-21T22:40:13Z"))
}

fn token(header: &str, claims: &serde_json::Value) -> String {
    secret().token("HS256", header, claims.to_string())
}

/// The checks of this name.
fn checks<'a>(judgement: &'a Judgement, name: &str) -> Vec<&'a Check> {
    let checks = judgement.checks.iter();
    checks.filter(|check| check.check == name).collect()
}

#[track_caller]
fn check<'a>(judgement: &'a Judgement, name: &str) -> &'a Check {
    match checks(judgement, name)[..] {
        [check] => check,
        ref several => panic!("one {name} expected: {several:?}"),
    }
}

/// What a check says, as people read it.
fn words(check: &Check) -> String {
    format!("{}. {}", check.title, check.text)
}

#[test]
fn a_good_token_meets_each() {
    let token = token(GOOD_HEADER, &good_claims());
    for (name, policy) in each_expectation() {
        let judgement = judged(&token, &ring(), &policy);
        let check = check(&judgement, name);
        assert_eq!(
            check.result,
            CheckResult::Passed,
            "{name}: {}",
            words(check)
        );
        assert!(check.title.ends_with(" as expected"), "{}", check.title);
        assert_eq!(reasons(&judgement), [""; 0], "{name}");
        // Of what must not be there the claims are shown that it is not among.
        assert!(check.byte_range.is_some(), "{name}");
        assert!(!check.is_unasked);
    }
    let judgement = judged(&token, &ring(), &Policy::default());
    assert!(judgement.expectations.is_empty());
}

/// A change of header or claims, the check that fails, its words, its reason, and the bytes that it points at.
type Fault = (
    &'static str,
    serde_json::Value,
    &'static str,
    &'static str,
    &'static str,
);

#[test]
fn what_is_not_met_is_missing_or_is_of_another_type_says_so() {
    let past = NOW - 1_000;
    let faults: Vec<Fault> = vec![
        (
            "typ",
            json!({"typ": "JOSE"}),
            "Type not as expected. Expected JWT or application/PORTAL+JWT, found JOSE",
            "policy-typ",
            "typ",
        ),
        (
            "typ",
            json!({"typ": 1}),
            "Type not as expected. Expected JWT or application/PORTAL+JWT, found a number",
            "policy-typ",
            "typ",
        ),
        (
            "typ",
            json!({"typ": null}),
            "Type not as expected. Expected JWT or application/PORTAL+JWT, found none",
            "policy-typ",
            "",
        ),
        (
            "max-lifetime",
            json!({"exp": NOW + 31}),
            "Lifetime not as expected. Expected at most 1 minute from iat to exp, found 1 minute 1 second",
            "policy-lifetime",
            "exp",
        ),
        (
            "max-lifetime",
            json!({"exp": null, "iat": NOW}),
            "Lifetime not as expected. Expected at most 1 minute from iat to exp, found no exp",
            "policy-lifetime",
            "",
        ),
        (
            "max-lifetime",
            json!({"iat": null}),
            "Lifetime not as expected. Expected at most 1 minute from iat to exp, found no iat",
            "policy-lifetime",
            "",
        ),
        (
            "max-lifetime",
            json!({"iat": "x"}),
            "Lifetime not as expected. Expected at most 1 minute from iat to exp, found a string as iat",
            "policy-lifetime",
            "iat",
        ),
        (
            "max-age",
            json!({"iat": past}),
            "Age not as expected. Expected at most 30 seconds since iat, found 16 minutes 40 seconds",
            "policy-lifetime",
            "iat",
        ),
        (
            "max-age",
            json!({"iat": NOW + 100}),
            "Age not as expected. Expected at most 30 seconds since iat, found one dated 1 minute 40 seconds ahead",
            "policy-lifetime",
            "iat",
        ),
        (
            "max-age",
            json!({"iat": null}),
            "Age not as expected. Expected at most 30 seconds since iat, found no iat",
            "policy-lifetime",
            "",
        ),
        (
            "max-age",
            json!({"iat": [1]}),
            "Age not as expected. Expected at most 30 seconds since iat, found an array as iat",
            "policy-lifetime",
            "iat",
        ),
        (
            "iss",
            json!({"iss": "https://a.example/"}),
            "Issuer not as expected. Expected https://b.example or https://a.example, found https://a.example/",
            "policy-iss",
            "iss",
        ),
        (
            "iss",
            json!({"iss": null}),
            "Issuer not as expected. Expected https://b.example or https://a.example, found none",
            "policy-iss",
            "",
        ),
        (
            "iss",
            json!({"iss": 1}),
            "Issuer not as expected. Expected https://b.example or https://a.example, found a number",
            "policy-iss",
            "iss",
        ),
        (
            "aud",
            json!({"aud": ["c", "d"]}),
            "Audience not as expected. Expected a or b, found c, d",
            "policy-aud",
            "aud",
        ),
        (
            "aud",
            json!({"aud": "c"}),
            "Audience not as expected. Expected a or b, found c",
            "policy-aud",
            "aud",
        ),
        (
            "aud",
            json!({"aud": []}),
            "Audience not as expected. Expected a or b, found an empty array",
            "policy-aud",
            "aud",
        ),
        (
            "aud",
            json!({"aud": {"b": 1}}),
            "Audience not as expected. Expected a or b, found an object",
            "policy-aud",
            "aud",
        ),
        (
            "aud",
            json!({"aud": null}),
            "Audience not as expected. Expected a or b, found none",
            "policy-aud",
            "",
        ),
        (
            "nonce",
            json!({"nonce": "m"}),
            "Nonce not as expected. Expected n, found m",
            "policy-nonce",
            "nonce",
        ),
        (
            "nonce",
            json!({"nonce": true}),
            "Nonce not as expected. Expected n, found a boolean",
            "policy-nonce",
            "nonce",
        ),
        (
            "nonce",
            json!({"nonce": null}),
            "Nonce not as expected. Expected n, found none",
            "policy-nonce",
            "",
        ),
        (
            "replay",
            json!({"jti": "id-3"}),
            "jti not as expected. Expected a jti that is not among the 2 that are revoked, found \u{201C}id-3\u{201D}, which is",
            "revoked",
            "jti",
        ),
    ];
    for (name, change, expected, reason, at) in faults {
        let (header, claims) = changed(&change);
        let token = token(&header, &claims);
        let policy = each_expectation()
            .into_iter()
            .find(|(of, _)| *of == name)
            .unwrap()
            .1;
        let judgement = judged(&token, &ring(), &policy);
        let check = check(&judgement, name);
        assert_eq!(words(check), expected);
        assert_eq!(check.result, CheckResult::Failed, "{expected}");
        assert!(
            reasons(&judgement).contains(&reason),
            "{expected} {:?}",
            reasons(&judgement)
        );
        // Where nothing was found, what it is missing in is shown.
        assert!(check.byte_range.is_some(), "{expected}");
        let evidence = judgement.expectations[0].evidence.as_ref();
        let pointer = evidence.and_then(|evidence| evidence.pointer.as_deref());
        let pointer = pointer.unwrap_or_default().trim_start_matches('/');
        assert_eq!(pointer, at, "{expected}");
    }
}

/// [`GOOD_HEADER`] with another `typ`, and [`good_claims`] with other members; null takes one out.
fn changed(change: &serde_json::Value) -> (String, serde_json::Value) {
    let mut claims = good_claims();
    let mut header: serde_json::Value = serde_json::from_str(GOOD_HEADER).unwrap();
    for (name, value) in change.as_object().unwrap() {
        let of = if name == "typ" {
            &mut header
        } else {
            &mut claims
        };
        if value.is_null() {
            of.as_object_mut().unwrap().remove(name);
        } else {
            of[name] = value.clone();
        }
    }
    (header.to_string(), claims)
}

#[test]
fn expectations_are_checked_in_the_order_of_a_verifier() {
    let each = each_expectation();
    let policy = each.iter().fold(Policy::default(), |all, (_, one)| Policy {
        algorithms: [all.algorithms, one.algorithms.clone()].concat(),
        types: [all.types, one.types.clone()].concat(),
        issuers: [all.issuers, one.issuers.clone()].concat(),
        audiences: [all.audiences, one.audiences.clone()].concat(),
        nonce: one.nonce.clone().or(all.nonce),
        max_age_seconds: one.max_age_seconds.or(all.max_age_seconds),
        max_lifetime_seconds: one.max_lifetime_seconds.or(all.max_lifetime_seconds),
        required_claims: [all.required_claims, one.required_claims.clone()].concat(),
        forbidden_claims: [all.forbidden_claims, one.forbidden_claims.clone()].concat(),
        revoked: if one.revoked.is_empty() {
            all.revoked
        } else {
            one.revoked.clone()
        },
        ..all
    });
    let judgement = judged(&token(GOOD_HEADER, &good_claims()), &ring(), &policy);
    let names: Vec<&str> = judgement.checks.iter().map(|check| check.check).collect();
    let expected = [
        "form",
        "encoding",
        "header",
        "crit",
        "alg",
        "key",
        "key-fit",
        "signature",
        "type",
        "typ",
        "time",
        "max-lifetime",
        "max-age",
        "iss",
        "issuer-key",
        "aud",
        "nonce",
        "replay",
        "claim-required",
        "claim-required",
        "claim-forbidden",
        "claim-forbidden",
        "profile",
    ];
    assert_eq!(names, expected);
    assert_eq!(policy.expected(), judgement.expectations.len());
    assert_eq!(reasons(&judgement), [""; 0]);

    // All of them broken, in the order of reasons.
    let claims = json!({
        "iss": "https://c.example", "aud": "z", "nonce": "m", "jti": "id-2", "iat": NOW - 4_000, "exp": NOW - 100, "nbf": NOW + 100,
        "act": {}, "sub": "root",
    });
    let header = r#"{"alg":"HS512","typ":"x"}"#;
    let token = key("HS512").token("HS512", header, claims.to_string());
    let jwk = key("HS512").jwk(&json!({})).to_string();
    assert_eq!(
        reasons(&judged(&token, &keys_of([jwk.as_str()]), &policy)),
        [
            "expired",
            "not-yet-valid",
            "revoked",
            "policy-alg",
            "policy-iss",
            "policy-aud",
            "policy-typ",
            "policy-nonce",
            "policy-lifetime",
            "policy-claims",
        ]
    );
}

#[test]
fn algorithms_are_compared_character_by_character() {
    let policy = |algorithms: &[&str]| Policy {
        algorithms: texts(algorithms),
        ..Policy::default()
    };
    for (header, allowed, expected) in [
        (r#"{"alg":"HS256"}"#, "hs256", "Expected hs256, found HS256"),
        (
            r#"{"alg":"HS256"}"#,
            "HS256 ",
            "Expected HS256 , found HS256",
        ),
        (r#"{"alg":256}"#, "HS256", "Expected HS256, found a number"),
        (
            r#"{"alg":["HS256"]}"#,
            "HS256",
            "Expected HS256, found an array",
        ),
        (r#"{"typ":"JWT"}"#, "HS256", "Expected HS256, found none"),
        (r#"{"alg":"none"}"#, "HS256", "Expected HS256, found none"),
    ] {
        let judgement = judged(&token(header, &good_claims()), &ring(), &policy(&[allowed]));
        let check = check(&judgement, "alg");
        assert_eq!(
            (check.result, &*check.text),
            (CheckResult::Failed, expected)
        );
        assert!(reasons(&judgement).contains(&"policy-alg"), "{header}");
    }
}
