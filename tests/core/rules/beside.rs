//! What stands beside a token: other signatures, the keys of a set, certificates, headers of a ciphertext.

use serde_json::Value;

use super::*;
use crate::certificates::{request, x5c};
use crate::forms::make::{Sealing, Signing, To, general};
use crate::way::Secret;

pub(super) fn trials() -> Vec<Trial> {
    [signatures(), names(), chains(), ciphertexts(), algorithms()]
        .into_iter()
        .flatten()
        .collect()
}

fn signatures() -> Vec<Trial> {
    let rule = "jws-mixed-signatures";
    let (own, other) = (
        Secret::Shared(SECRET.to_vec()),
        Secret::Shared(b"another secret, long enough for HS256".to_vec()),
    );
    let named = r#"{"alg":"HS256","kid":"a"}"#;
    let of = |signatures: &[Signing<'_>]| -> Value { general(GOOD_CLAIMS, signatures) };
    let seen = |json: &Value| inspect(&json.to_string(), &ring(&oct(SECRET, r#","kid":"a""#)));
    let good = || Signing::new(named, "HS256", &own);
    let bad = || Signing::new(named, "HS256", &other);
    let stranger = Signing::new(r#"{"alg":"HS256","kid":"b"}"#, "HS256", &other);
    let mut unsecured = of(&[good(), bad()]);
    unsecured["signatures"][1]["protected"] = encode(br#"{"alg":"none"}"#).into();
    unsecured["signatures"][1]["signature"] = "".into();
    let mixed = of(&[good(), bad()]);
    let signature = |json: &Value, at: usize| {
        let text = json["signatures"][at]["signature"].as_str();
        text.unwrap_or_default().to_owned()
    };
    let broken = signature(&mixed, 1);
    vec![
        Trial::found(
            rule,
            Severity::Medium,
            seen(&mixed),
            &[&broken],
            &["signature-invalid"],
        ),
        Trial::found(
            rule,
            Severity::Medium,
            seen(&unsecured),
            &[""],
            &["unsecured"],
        ),
        Trial::spared(rule, seen(&of(&[good(), good()])), &[]),
        // Another recipient's signature is nobody's fault.
        Trial::spared(rule, seen(&of(&[good(), stranger])), &[]),
        Trial::spared(rule, signed(named, GOOD_CLAIMS), &[]),
    ]
}

fn names() -> Vec<Trial> {
    let rule = "kid-not-in-set";
    let kid = r#""kid":"2026-11""#;
    let token = |secret: &[u8]| hmac(&format!(r#"{{"alg":"HS256",{kid}}}"#), GOOD_CLAIMS, secret);
    let other = b"another secret, long enough for HS256";
    let set = |kid: &str| ring(&oct(SECRET, kid));
    let open = &["no-key-verifies"];
    vec![
        Trial::found(
            rule,
            Severity::Medium,
            inspect(&token(other), &set(r#","kid":"primary""#)),
            &[kid],
            open,
        ),
        // The key is there, has no name, or verifies under another one.
        Trial::spared(
            rule,
            inspect(&token(other), &set(r#","kid":"2026-11""#)),
            &["signature-invalid"],
        ),
        Trial::spared(rule, inspect(&token(other), &set("")), open),
        Trial::spared(
            rule,
            inspect(&token(SECRET), &set(r#","kid":"primary""#)),
            &[],
        ),
        Trial::spared(
            rule,
            inspect(&token(other), &KeyRing::default()),
            &["no-key"],
        ),
    ]
}

fn chains() -> Vec<Trial> {
    let rule = "x5c-revocation-unknown";
    let root = request("Root").ca().self_signed();
    let leaf = request("Leaf").issued_by(&root);
    let member = x5c(&[&leaf]);
    let token = leaf.es256(&format!(",{member}"), GOOD_CLAIMS);
    let held = tokenloupe::keys::load("ca.pem", root.pem().as_bytes()).unwrap();
    vec![
        Trial::found(
            rule,
            Severity::Info,
            inspect(&token, &KeyRing::new(held)),
            &[&member],
            &[],
        ),
        Trial::spared(
            rule,
            inspect(&token, &KeyRing::default()),
            &["only-token-supplied-key"],
        ),
        Trial::spared(rule, signed(r#"{"alg":"HS256"}"#, GOOD_CLAIMS), &[]),
    ]
}

fn ciphertexts() -> Vec<Trial> {
    let (repeated, length) = ("header-claim-mismatch", "jwe-param-length");
    let to = To::Secret(SECRET.to_vec());
    let header = |members: &str| format!(r#"{{"alg":"A256KW","enc":"A128GCM"{members}}}"#);
    let sealed = |members: &str, plaintext: &str| {
        Sealing::new(&header(members), &to, plaintext.as_bytes()).compact()
    };
    let opened = |members: &str| inspect(&sealed(members, GOOD_CLAIMS), &to.ring());
    let inner = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
    let nested = |members: &str| {
        inspect(
            &sealed(&format!(r#","cty":"JWT"{members}"#), &inner),
            &to.ring(),
        )
    };
    let iss = r#""iss":"https://b.example""#;
    let sub = r#""sub":"root""#;
    let good = sealed("", GOOD_CLAIMS);
    let mut parts: Vec<&str> = good.split('.').collect();
    let cut = encode(&[1; 8]);
    parts[4] = &cut;
    let short = parts.join(".");
    vec![
        Trial::found(
            repeated,
            Severity::High,
            opened(&format!(",{iss}")),
            &[iss],
            &[],
        ),
        Trial::found(
            repeated,
            Severity::High,
            nested(&format!(",{sub}")),
            &[sub],
            &[],
        ),
        Trial::spared(
            repeated,
            opened(r#","iss":"https://a.example","aud":"b""#),
            &[],
        ),
        Trial::spared(repeated, nested(r#","iss":"https://a.example""#), &[]),
        Trial::spared(repeated, opened(r#","x":1"#), &[]),
        // Nothing to compare with.
        Trial::spared(
            repeated,
            inspect(
                &sealed(&format!(",{iss}"), GOOD_CLAIMS),
                &KeyRing::default(),
            ),
            &["encrypted"],
        ),
        Trial::found(
            length,
            Severity::High,
            inspect(&short, &to.ring()),
            &[&cut],
            &["decryption-failed"],
        ),
        Trial::spared(length, inspect(&good, &to.ring()), &[]),
        Trial::spared(length, signed(r#"{"alg":"HS256"}"#, GOOD_CLAIMS), &[]),
    ]
}

fn algorithms() -> Vec<Trial> {
    let rule = "alg-polymorphic";
    let alg = r#""alg":"EdDSA""#;
    vec![
        Trial::found(
            rule,
            Severity::Info,
            unsigned(&format!("{{{alg}}}"), GOOD_CLAIMS, &[1; 64]),
            &[alg],
            &["no-key"],
        ),
        Trial::spared(
            rule,
            unsigned(r#"{"alg":"Ed25519"}"#, GOOD_CLAIMS, &[1; 64]),
            &["no-key"],
        ),
        Trial::spared(
            rule,
            unsigned(r#"{"alg":"ES256"}"#, GOOD_CLAIMS, &[1; 64]),
            &["no-key"],
        ),
    ]
}
