//! Tokens in tokens, to the limit and beyond.

use serde_json::Value;
use tokenloupe::judge::{Issuer, Policy};
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::MAX_NESTING;

use super::make::{Sealing, Signing, To, flattened};
use super::{Seen, see};
use crate::way::{GOOD_CLAIMS, Secret, key, keys_of};

fn shared() -> To {
    To::Secret((0..32).map(|at| 200 - at * 5).collect())
}

fn rsa() -> To {
    match key("RS256") {
        Secret::Pair(pair) => To::Rsa(pair.clone()),
        Secret::Shared(_) => panic!("a pair"),
    }
}

fn signed(payload: &str) -> String {
    key("ES256").token("ES256", r#"{"alg":"ES256","cty":"JWT"}"#, payload)
}

fn claims(payload: &str) -> String {
    key("ES256").plain_token("ES256", payload)
}

fn sealed(payload: &str) -> String {
    let header = r#"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#;
    Sealing::new(header, &shared(), payload.as_bytes()).compact()
}

fn sealed_for(to: &To, payload: &str, cty: &str) -> String {
    let header = format!(r#"{{"alg":"RSA-OAEP-256","enc":"A128GCM"{cty}}}"#);
    Sealing::new(&header, to, payload.as_bytes()).compact()
}

/// All the keys.
fn ring() -> KeyRing {
    let es256 = key("ES256").jwk(&serde_json::json!({})).to_string();
    keys_of([es256.as_str(), &shared().file(), &rsa().file()])
}

fn depth(seen: &Seen) -> usize {
    let mut at = &seen.report;
    let mut depth = 0;
    while !at["inner"].is_null() {
        at = &at["inner"];
        depth += 1;
    }
    depth
}

#[test]
fn eight_levels_are_looked_at_and_the_ninth_is_too_deep() {
    assert_eq!(MAX_NESTING, 8);
    for wrap in [signed, sealed] {
        let mut text = claims(GOOD_CLAIMS);
        for level in 1..=12 {
            text = wrap(&text);
            let seen = see(&text, &ring(), &Policy::default());
            if level <= MAX_NESTING {
                assert_eq!(depth(&seen), level);
                assert_eq!(
                    seen.verdict(),
                    ("accept", vec![]),
                    "{level}: {:#}",
                    seen.report
                );
            } else {
                assert_eq!(
                    seen.verdict(),
                    ("undetermined", vec!["limit-exceeded"]),
                    "{level}"
                );
                // There is one more, of which nothing is said.
                assert_eq!(depth(&seen), MAX_NESTING + 1);
            }
        }
    }
}

#[test]
fn the_worst_layer_decides() {
    let none = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTUzMDM2MDB9.";
    let forged = Secret::fresh("ES256").plain_token("ES256", GOOD_CLAIMS);
    let expired = claims(r#"{"exp":1795000000}"#);
    let early = claims(r#"{"exp":1795400000,"nbf":1795399999}"#);
    let rsa = rsa();
    let jwt = r#","cty":"JWT""#;
    let accept = ("accept", vec![]);
    for (text, expected) in [
        (sealed(&claims(GOOD_CLAIMS)), accept.clone()),
        (signed(&sealed(&claims(GOOD_CLAIMS))), accept.clone()),
        (signed(&sealed(GOOD_CLAIMS)), accept.clone()),
        (sealed_for(&rsa, &claims(GOOD_CLAIMS), jwt), accept.clone()),
        (sealed_for(&rsa, &sealed(GOOD_CLAIMS), jwt), accept),
        (sealed(none), ("reject", vec!["unsecured"])),
        (signed(none), ("reject", vec!["unsecured"])),
        (sealed_for(&rsa, none, jwt), ("reject", vec!["unsecured"])),
        (sealed(&forged), ("reject", vec!["signature-invalid"])),
        (sealed(&expired), ("reject", vec!["expired"])),
        (signed(&sealed(&expired)), ("reject", vec!["expired"])),
        (signed(&early), ("reject", vec!["not-yet-valid"])),
        (
            sealed_for(&rsa, GOOD_CLAIMS, ""),
            ("undetermined", vec!["sender-unproven"]),
        ),
        (
            sealed(&sealed_for(&rsa, GOOD_CLAIMS, "")),
            ("undetermined", vec!["sender-unproven"]),
        ),
        // Whoever signed what is inside of the envelope, somebody has signed the envelope.
        (
            signed(&sealed_for(&rsa, GOOD_CLAIMS, "")),
            ("undetermined", vec!["sender-unproven"]),
        ),
    ] {
        let seen = see(&text, &ring(), &Policy::default());
        assert_eq!(seen.verdict(), expected, "{:#}", seen.report);
    }
    // Without the keys of one layer that layer is open.
    let es256 = key("ES256").ring();
    let seen = see(
        signed(&sealed(&claims(GOOD_CLAIMS))),
        &es256,
        &Policy::default(),
    );
    assert_eq!(seen.verdict(), ("undetermined", vec!["encrypted"]));
    let seen = see(
        sealed(&claims(GOOD_CLAIMS)),
        &shared().ring(),
        &Policy::default(),
    );
    assert_eq!(seen.verdict(), ("undetermined", vec!["no-key"]));
}

#[test]
fn tokens_in_json_form_nest_too() {
    let signing = Signing::new(r#"{"alg":"ES256"}"#, "ES256", key("ES256"));
    let inner = flattened(GOOD_CLAIMS, &signing).to_string();
    let outer = Sealing::new(
        r#"{"alg":"dir","enc":"A256GCM"}"#,
        &shared(),
        inner.as_bytes(),
    );
    for text in [
        outer.compact(),
        outer.flattened().to_string(),
        outer.general().to_string(),
    ] {
        let seen = see(&text, &ring(), &Policy::default());
        assert_eq!(seen.verdict(), ("accept", vec![]), "{:#}", seen.report);
        assert_eq!(seen.report["inner"]["claims_text"], GOOD_CLAIMS);
        assert_eq!(seen.report["inner"]["serialization"], "flattened");
        assert_eq!(seen.report["claims"], Value::Null);
    }
}

#[test]
fn what_is_expected_is_expected_of_the_layer_with_the_claims() {
    let one = |text: &str| vec![text.to_owned()];
    let whole = sealed(&signed(&key("HS256").token(
        "HS256",
        r#"{"alg":"HS256","typ":"at+jwt"}"#,
        r#"{"iss":"https://a.example","aud":"b","sub":"s","client_id":"c","iat":1795300000,"jti":"j","nonce":"n","exp":1795303600}"#,
    )));
    let hs256 = key("HS256").jwk(&serde_json::json!({})).to_string();
    let es256 = key("ES256").jwk(&serde_json::json!({})).to_string();
    let ring = keys_of([hs256.as_str(), &es256, &shared().file()]);
    let met = Policy {
        issuers: vec![Issuer::new("https://a.example")],
        audiences: one("b"),
        nonce: Some("n".to_owned()),
        types: one("at+jwt"),
        algorithms: vec!["HS256".to_owned(), "ES256".to_owned()],
        ..Policy::default()
    };
    let seen = see(&whole, &ring, &met);
    assert_eq!(seen.verdict(), ("accept", vec![]), "{:#}", seen.report);
    let unmet = Policy {
        issuers: vec![Issuer::new("https://b.example")],
        audiences: one("c"),
        nonce: Some("m".to_owned()),
        types: one("JWT"),
        ..Policy::default()
    };
    let seen = see(&whole, &ring, &unmet);
    let reasons = vec!["policy-iss", "policy-aud", "policy-typ", "policy-nonce"];
    assert_eq!(seen.verdict(), ("reject", reasons));
    // Every signature must be by an algorithm that is expected.
    let only_one = Policy {
        algorithms: vec!["HS256".to_owned()],
        ..Policy::default()
    };
    assert_eq!(
        see(&whole, &ring, &only_one).verdict(),
        ("reject", vec!["policy-alg"])
    );
}

#[test]
fn findings_stand_in_the_layer_that_has_them() {
    let none = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTUzMDM2MDB9.";
    let seen = see(sealed(none), &ring(), &Policy::default());
    assert!(!seen.rules().contains(&"alg-none"));
    assert_eq!(seen.report["inner"]["findings"][0]["rule"], "alg-none");
}
