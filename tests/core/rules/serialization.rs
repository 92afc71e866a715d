//! Tokens in JSON form.

use serde_json::{Value, json};

use super::*;
use crate::forms::make::{Sealing, Signing, To, flattened, general};
use crate::way::Secret;

fn shared() -> Secret {
    Secret::Shared(SECRET.to_vec())
}

fn keys() -> KeyRing {
    ring(&oct(SECRET, ""))
}

/// An HS256 token with these headers.
fn with(protected: &str, header: &str) -> Value {
    let key = shared();
    let signing = Signing {
        protected,
        header,
        alg: "HS256",
        key: &key,
    };
    flattened(GOOD_CLAIMS, &signing)
}

fn seen(json: &Value) -> Inspection {
    inspect(&json.to_string(), &keys())
}

const HS256: &str = r#"{"alg":"HS256"}"#;

pub(super) fn trials() -> Vec<Trial> {
    [forms(), headers(), mixed(), names()]
        .into_iter()
        .flatten()
        .collect()
}

fn forms() -> Vec<Trial> {
    let rule = "jwt-json-serialization";
    let payload = encode(GOOD_CLAIMS.as_bytes());
    let claims = [payload.as_str()];
    let key = shared();
    let of = |payload: &str, protected: &str| {
        seen(&flattened(payload, &Signing::new(protected, "HS256", &key)))
    };
    let twice = [
        Signing::new(HS256, "HS256", &key),
        Signing::new(HS256, "HS256", &key),
    ];
    let to = To::Secret(SECRET.to_vec());
    let sealed = Sealing::new(
        r#"{"alg":"A256KW","enc":"A128GCM"}"#,
        &to,
        GOOD_CLAIMS.as_bytes(),
    );
    let sealed = sealed.flattened().to_string();
    let ciphertext: Value = serde_json::from_str(&sealed).unwrap();
    let ciphertext = ciphertext["ciphertext"].as_str().unwrap().to_owned();
    vec![
        Trial::found(rule, Severity::Medium, seen(&with(HS256, "")), &claims, &[]),
        Trial::found(
            rule,
            Severity::Medium,
            seen(&general(GOOD_CLAIMS, &twice)),
            &claims,
            &[],
        ),
        Trial::found(
            rule,
            Severity::Medium,
            inspect(&sealed, &keys()),
            &[&ciphertext],
            &[],
        ),
        Trial::spared(rule, signed(HS256, GOOD_CLAIMS), &[]),
        Trial::spared(rule, of("hello", HS256), &[]),
        Trial::spared(rule, of(r#"{"status":"valid"}"#, HS256), &[]),
        Trial::spared(
            rule,
            of(
                GOOD_CLAIMS,
                r#"{"alg":"HS256","url":"https://a.example/order","nonce":"n"}"#,
            ),
            &[],
        ),
        Trial::spared(rule, inspect(&sealed, &KeyRing::default()), &["encrypted"]),
    ]
}

fn headers() -> Vec<Trial> {
    let (overlap, unprotected) = ("jws-header-overlap", "jws-alg-unprotected");
    let key = shared();
    let of_two = [
        Signing {
            protected: HS256,
            header: r#"{"kid":"a"}"#,
            alg: "HS256",
            key: &key,
        },
        Signing {
            protected: HS256,
            header: r#"{"kid":"b"}"#,
            alg: "HS256",
            key: &key,
        },
    ];
    let to = To::Secret(SECRET.to_vec());
    let sealing = |protected: &'static str, shared: &'static str, own: &'static str| Sealing {
        protected,
        shared,
        recipients: vec![(own, to.clone())],
        aad: None,
        plaintext: GOOD_CLAIMS.as_bytes(),
    };
    let (alg, enc) = (r#"{"alg":"A256KW"}"#, r#"{"enc":"A128GCM"}"#);
    let both = r#"{"alg":"A256KW","enc":"A128GCM"}"#;
    let x = r#""x":1"#;
    vec![
        Trial::found(
            overlap,
            Severity::High,
            seen(&with(r#"{"alg":"HS256","x":1}"#, r#"{"x":2}"#)),
            &[x, r#""x":2"#],
            &["malformed"],
        ),
        Trial::found(
            overlap,
            Severity::High,
            seen(&sealing(both, r#"{"x":1}"#, r#"{"x":1}"#).general()),
            &[x, x],
            &["malformed"],
        ),
        Trial::found(
            overlap,
            Severity::High,
            seen(&sealing(both, enc, "").flattened()),
            &[r#""enc":"A128GCM""#, r#""enc":"A128GCM""#],
            &["malformed"],
        ),
        Trial::spared(overlap, seen(&with(HS256, r#"{"kid":"a"}"#)), &[]),
        Trial::spared(overlap, seen(&general(GOOD_CLAIMS, &of_two)), &[]),
        Trial::spared(overlap, signed(HS256, GOOD_CLAIMS), &[]),
        Trial::found(
            unprotected,
            Severity::High,
            seen(&with("", HS256)),
            &[r#""alg":"HS256""#],
            &[],
        ),
        Trial::found(
            unprotected,
            Severity::High,
            seen(&with(HS256, r#"{"jku":"https://a.example"}"#)),
            &[r#""jku":"https://a.example""#],
            &[],
        ),
        Trial::found(
            unprotected,
            Severity::High,
            seen(&with(HS256, r#"{"crit":["x"],"x":1}"#)),
            &[r#""crit":["x"]"#],
            &["malformed"],
        ),
        Trial::found(
            unprotected,
            Severity::High,
            seen(&with(HS256, r#"{"b64":true}"#)),
            &[r#""b64":true"#],
            &["malformed"],
        ),
        Trial::found(
            unprotected,
            Severity::High,
            seen(&sealing(both, r#"{"zip":"DEF"}"#, "").flattened()),
            &[r#""zip":"DEF""#],
            &["malformed"],
        ),
        Trial::found(
            unprotected,
            Severity::High,
            seen(&sealing(enc, alg, "").general()),
            &[r#""alg":"A256KW""#],
            &[],
        ),
        Trial::found(
            unprotected,
            Severity::Low,
            seen(&sealing(enc, "", alg).general()),
            &[r#""alg":"A256KW""#],
            &[],
        ),
        Trial::found(
            unprotected,
            Severity::Low,
            seen(&with(HS256, r#"{"kid":"a"}"#)),
            &[r#""kid":"a""#],
            &[],
        ),
        Trial::spared(unprotected, seen(&with(HS256, r#"{"x":"a"}"#)), &[]),
        Trial::spared(unprotected, signed(HS256, GOOD_CLAIMS), &[]),
        Trial::spared(unprotected, seen(&sealing(both, "", "").general()), &[]),
    ]
}

fn mixed() -> Vec<Trial> {
    let rule = "jws-polyglot";
    let to = To::Secret(SECRET.to_vec());
    let sealing = Sealing::new(
        r#"{"alg":"A256KW","enc":"A128GCM"}"#,
        &to,
        GOOD_CLAIMS.as_bytes(),
    );
    let with_member = |mut json: Value, name: &str, value: Value| {
        json[name] = value;
        seen(&json)
    };
    let claims = encode(GOOD_CLAIMS.as_bytes());
    vec![
        Trial::found(
            rule,
            Severity::High,
            with_member(with(HS256, ""), "ciphertext", json!("AA")),
            &[r#""ciphertext":"AA""#],
            &["malformed"],
        ),
        Trial::found(
            rule,
            Severity::High,
            with_member(sealing.flattened(), "payload", json!(claims)),
            &[&format!(r#""payload":"{claims}""#)],
            &["malformed"],
        ),
        Trial::found(
            rule,
            Severity::High,
            with_member(
                general(GOOD_CLAIMS, &[Signing::new(HS256, "HS256", &shared())]),
                "signature",
                json!("AA"),
            ),
            &[r#""signature":"AA""#],
            &["malformed"],
        ),
        Trial::found(
            rule,
            Severity::High,
            with_member(sealing.general(), "encrypted_key", json!("AA")),
            &[r#""encrypted_key":"AA""#],
            &["malformed"],
        ),
        Trial::spared(
            rule,
            with_member(sealing.general(), "x", json!("a member of nobody\u{2019}s")),
            &[],
        ),
    ]
}

/// Other rules, where nothing is protected, and about the object around the parts.
fn names() -> Vec<Trial> {
    let twice = with(HS256, "").to_string();
    let twice = twice.replacen('{', r#"{"payload":"AA","#, 1);
    let payload = format!(r#""payload":"{}""#, encode(GOOD_CLAIMS.as_bytes()));
    vec![
        Trial::found(
            "json-duplicate-member",
            Severity::High,
            inspect(&twice, &keys()),
            &[r#""payload":"AA""#, &payload],
            &["malformed"],
        ),
        Trial::found(
            "json-duplicate-member",
            Severity::High,
            inspect(
                &with(HS256, r#"{"x":1}"#)
                    .to_string()
                    .replace(r#"{"x":1}"#, r#"{"x":1,"x":2}"#),
                &keys(),
            ),
            &[r#""x":1"#, r#""x":2"#],
            &["malformed"],
        ),
        Trial::found(
            "json-case-variant-member",
            Severity::Medium,
            seen(&with(HS256, r#"{"KID":"a"}"#)),
            &[r#""KID":"a""#],
            &[],
        ),
        Trial::found(
            "kid-path-traversal",
            Severity::High,
            seen(&with(HS256, r#"{"kid":"../../etc/passwd"}"#)),
            &[r#""kid":"../../etc/passwd""#],
            &[],
        ),
        Trial::found(
            "x5t-sha1",
            Severity::Low,
            seen(&with(HS256, r#"{"x5t":"AAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#)),
            &[r#""x5t":"AAAAAAAAAAAAAAAAAAAAAAAAAAA""#],
            &[],
        ),
        Trial::found(
            "alg-none",
            Severity::Critical,
            seen(
                &json!({"payload": encode(GOOD_CLAIMS.as_bytes()), "header": {"alg": "none"}, "signature": ""}),
            ),
            &[r#""alg":"none""#],
            &["unsecured"],
        ),
        Trial::found(
            "alg-unregistered",
            Severity::High,
            seen(&with("", r#"{"kid":"a"}"#)),
            &[r#"{"kid":"a"}"#],
            &["malformed"],
        ),
        Trial::spared("alg-unregistered", seen(&with("", HS256)), &[]),
        Trial::found(
            "alg-prohibited",
            Severity::High,
            seen(&with("", r#"{"alg":"HS1"}"#)),
            &[r#""alg":"HS1""#],
            &["alg-prohibited"],
        ),
        Trial::found(
            "crit-malformed",
            Severity::High,
            seen(&with(HS256, r#"{"crit":["x"],"x":1}"#)),
            &[r#""crit":["x"]"#],
            &["malformed"],
        ),
        Trial::spared(
            "token-size",
            {
                let key = shared();
                let claims = format!(r#"{{"exp":1795340000,"pad":"{}"}}"#, "x".repeat(9000));
                seen(&flattened(claims, &Signing::new(HS256, "HS256", &key)))
            },
            &[],
        ),
    ]
}

#[test]
fn both_readings_of_a_polyglot_are_told() {
    let admin = encode(br#"{"sub":"admin","exp":1795340000}"#);
    let jane = encode(br#"{"sub":"jane","n":[1]}"#);
    let text = format!(r#"{{"kid":".{admin}.","payload":"{jane}","signature":""}}"#);
    let judgement = judge(&inspect(&text, &KeyRing::default()), None);
    let finding = judgement
        .findings
        .iter()
        .find(|finding| finding.rule == "jws-polyglot")
        .unwrap();
    assert_eq!(finding.severity, Severity::Critical);
    for told in [
        "as JSON sub \u{201C}jane\u{201D}, n [\u{2026}]",
        "split sub \u{201C}admin\u{201D}, exp 1795340000",
    ] {
        assert!(finding.detail.contains(told), "{}", finding.detail);
    }
}
