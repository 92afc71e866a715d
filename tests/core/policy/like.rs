//! Policies made from good tokens.

use serde_json::json;
use tokenloupe::judge::{Case, ClaimPath, Issuer, Policy, Strictness};
use tokenloupe::keys::KeyRing;

use super::{GOOD_HEADER, NOW, good_claims, judged, ring, secret, texts};
use crate::common::{inspect, instant, reasons};
use crate::sd_jwt::make::{Parties, present};
use crate::way::key;

fn made(token: &str, keys: &KeyRing, policy: &Policy) -> Policy {
    let inspection = inspect(token, keys);
    Policy::from_token(Case {
        token: &inspection.token,
        proof: &inspection.proof,
        policy,
        at: instant("2026-11-21T22:40:13Z"),
        beside: tokenloupe::judge::Beside::default(),
    })
}

fn names(policy: &Policy) -> Vec<&str> {
    policy
        .required_claims
        .iter()
        .map(|rule| rule.path.label())
        .collect()
}

#[test]
fn what_is_fixed_for_the_kind_is_expected_and_nothing_else() {
    let token = secret().token("HS256", GOOD_HEADER, good_claims().to_string());
    let before = Policy {
        name: Some("Mine".to_owned()),
        nonce: Some("other".to_owned()),
        leeway_seconds: 5,
        strictness: Strictness::Lenient,
        ..Policy::default()
    };
    let policy = made(&token, &ring(), &before);
    assert_eq!(names(&policy), ["sub", "exp", "iat", "jti", "cnf"]);
    assert!(
        policy
            .required_claims
            .iter()
            .all(|rule| rule.value.is_none() && matches!(rule.path, ClaimPath::Name(_)))
    );
    assert_eq!(
        policy,
        Policy {
            name: Some("Mine".to_owned()),
            algorithms: texts(&["HS256"]),
            issuers: vec![Issuer::new("https://a.example")],
            audiences: texts(&["x", "b"]),
            types: texts(&["portal+jwt"]),
            leeway_seconds: 5,
            max_lifetime_seconds: Some(60),
            required_claims: policy.required_claims.clone(),
            strictness: Strictness::Lenient,
            ..Policy::default()
        }
    );
    assert_eq!(reasons(&judged(&token, &ring(), &policy)), [""; 0]);
    // Another one of the same kind meets it; one of another kind does not.
    let mut claims = good_claims();
    (claims["sub"], claims["jti"], claims["nonce"]) = (json!("joe"), json!("id-9"), json!("m"));
    let same = secret().token("HS256", GOOD_HEADER, claims.to_string());
    assert_eq!(reasons(&judged(&same, &ring(), &policy)), [""; 0]);
    claims.as_object_mut().unwrap().remove("cnf");
    let other = secret().token("HS256", GOOD_HEADER, claims.to_string());
    assert_eq!(
        reasons(&judged(&other, &ring(), &policy)),
        ["policy-claims"]
    );
}

#[test]
fn a_token_that_says_nothing_makes_a_policy_of_its_algorithm() {
    for payload in ["{}", "no claims", "[1]"] {
        let token = secret().plain_token("HS256", payload);
        let expected = Policy {
            algorithms: texts(&["HS256"]),
            ..Policy::default()
        };
        assert_eq!(
            made(&token, &ring(), &Policy::default()),
            expected,
            "{payload}"
        );
    }
    assert_eq!(
        made("no token", &ring(), &Policy::default()),
        Policy::default()
    );
}

#[test]
fn lifetimes_are_rounded_up() {
    for (length, expected) in [
        ("0", Some(60)),
        ("-5", None),
        ("0.5", Some(60)),
        ("1", Some(60)),
        ("60", Some(60)),
        ("60.000000001", Some(120)),
        ("61", Some(120)),
        ("3599", Some(3_600)),
        ("3600", Some(3_600)),
        ("3601", Some(7_200)),
        ("86399", Some(86_400)),
        ("86400", Some(86_400)),
        ("86401", Some(172_800)),
        ("4294967295", None),
        ("1e400", None),
    ] {
        let token = secret().plain_token("HS256", format!(r#"{{"iat":0,"exp":{length}}}"#));
        let policy = made(&token, &ring(), &Policy::default());
        assert_eq!(policy.max_lifetime_seconds, expected, "{length}");
    }
    let token = secret().plain_token("HS256", r#"{"nbf":5,"exp":65}"#);
    assert_eq!(
        made(&token, &ring(), &Policy::default()).max_lifetime_seconds,
        Some(60)
    );
    let token = secret().plain_token("HS256", r#"{"exp":65}"#);
    assert_eq!(
        made(&token, &ring(), &Policy::default()).max_lifetime_seconds,
        None
    );
}

#[test]
fn tokens_in_tokens_and_presentations_meet_the_policy_made_of_them() {
    let inner = secret().token("HS256", GOOD_HEADER, good_claims().to_string());
    let outer = key("ES256").token("ES256", r#"{"alg":"ES256","cty":"JWT"}"#, &inner);
    let mut keys = ring();
    keys.add(
        tokenloupe::keys::load(
            "outer.json",
            key("ES256").jwk(&json!({})).to_string().as_bytes(),
        )
        .unwrap(),
    );
    let policy = made(&outer, &keys, &Policy::default());
    assert_eq!(policy.algorithms, ["ES256", "HS256"]);
    assert_eq!(policy.issuers, [Issuer::new("https://a.example")]);
    assert_eq!(reasons(&judged(&outer, &keys, &policy)), [""; 0]);

    let parties = Parties::new();
    let mut claims = parties.claims(&[]);
    claims["iat"] = json!(NOW);
    claims["aud"] = json!("https://verifier.example");
    let bound = parties.bind(&present(&parties.issue(&claims), &[]), |_, _| {});
    let policy = made(&bound, &parties.ring(), &Policy::default());
    assert_eq!(policy.audiences, ["https://verifier.example"]);
    assert_eq!(policy.nonce, None);
    assert_eq!(policy.types, ["example+sd-jwt"]);
    assert_eq!(reasons(&judged(&bound, &parties.ring(), &policy)), [""; 0]);
}
