//! Verdicts over policies in words.

use tokenloupe::judge::words::{When, sentence};
use tokenloupe::judge::{Issuer, Policy, Revoked};

use super::{GOOD_HEADER, good_claims, name, pointer, ring, texts, token, valued};
use crate::common::{inspect, instant};

/// What a person can repeat.
#[test]
fn each_reason_has_its_own_words() {
    let words = |policy: Policy| {
        let inspection = inspect(&token(GOOD_HEADER, &good_claims()), &ring());
        let judgement = inspection.judge(&policy, instant("2026-11-21T22:40:13Z"));
        sentence(&judgement, &inspection.proof, When::Now).headline
    };
    let none = Policy::default;
    for (policy, expected) in [
        (
            Policy {
                algorithms: texts(&["ES256"]),
                ..none()
            },
            "the policy does not allow its algorithm",
        ),
        (
            Policy {
                types: texts(&["JWT"]),
                ..none()
            },
            "not of the type that the policy expects",
        ),
        (
            Policy {
                issuers: vec![Issuer::new("x")],
                ..none()
            },
            "not from the issuer that the policy expects",
        ),
        (
            Policy {
                audiences: texts(&["y"]),
                ..none()
            },
            "not for the audience that the policy expects",
        ),
        (
            Policy {
                nonce: Some("m".to_owned()),
                ..none()
            },
            "not the nonce that the policy expects",
        ),
        (
            Policy {
                max_age_seconds: Some(1),
                leeway_seconds: 0,
                ..none()
            },
            "older than the policy allows",
        ),
        (
            Policy {
                max_lifetime_seconds: Some(59),
                ..none()
            },
            "lives longer than the policy allows",
        ),
        (
            Policy {
                revoked: Revoked::listed(["id-1"]),
                ..none()
            },
            "revoked: the policy lists its jti",
        ),
        (
            Policy {
                required_claims: vec![name("act")],
                ..none()
            },
            "the claim act is missing",
        ),
        (
            Policy {
                required_claims: vec![valued(pointer("/cnf/jkt"), "1")],
                ..none()
            },
            "the claim /cnf/jkt is not as the policy expects",
        ),
        (
            Policy {
                forbidden_claims: vec![name("sub")],
                ..none()
            },
            "the policy forbids the claim sub",
        ),
    ] {
        assert_eq!(words(policy), format!("Reject: {expected}"));
    }
}
