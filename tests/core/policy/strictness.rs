//! What the lenient setting lets pass, and what it does not.

use serde_json::json;
use tokenloupe::judge::{Policy, Strictness};
use tokenloupe::keys::KeyRing;

use super::{GOOD_HEADER, good_claims, judged, ring, secret};
use crate::common::reasons;
use crate::way::{Secret, key, keys_of};

fn lenient() -> Policy {
    Policy {
        strictness: Strictness::Lenient,
        ..Policy::default()
    }
}

/// Refused for these reasons when strict; `is_forgiven`: and not when lenient.
#[track_caller]
fn assert_refused(token: &str, keys: &KeyRing, expected: &[&str], is_forgiven: bool) {
    let strict = judged(token, keys, &Policy::default());
    assert_eq!(reasons(&strict), expected, "strict");
    let judgement = judged(token, keys, &lenient());
    let expected = if is_forgiven { &[] } else { expected };
    assert_eq!(reasons(&judgement), expected, "lenient");
    // What is wrong is said as ever.
    let rules = |judgement: &tokenloupe::judge::Judgement| -> Vec<&'static str> {
        judgement
            .findings
            .iter()
            .map(|finding| finding.rule)
            .collect()
    };
    assert_eq!(rules(&strict), rules(&judgement));
    assert!(!rules(&strict).is_empty());
}

#[test]
fn spellings_of_base64url_that_change_nothing_are_let_pass() {
    let good = secret().token("HS256", GOOD_HEADER, good_claims().to_string());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    assert_refused(&format!("{good}="), &ring(), &["malformed"], true);
    // 32 bytes leave two unused bits in the last of 43 characters.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = alphabet.find(&signature[42..]).unwrap();
    let other = &alphabet[last + 1..last + 2];
    let bits = format!("{signed}.{}{other}", &signature[..42]);
    assert_refused(&bits, &ring(), &["malformed"], true);
    // Whatever the signature is, the standard alphabet is for some payload.
    let standard = (0..).find_map(|number| {
        let token = secret().token("HS256", GOOD_HEADER, json!({"n": number}).to_string());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let is_it = signature.contains('-') || signature.contains('_');
        is_it.then(|| format!("{signed}.{}", signature.replace('-', "+").replace('_', "/")))
    });
    assert_refused(&standard.unwrap(), &ring(), &["malformed"], true);
    // What is no base64 of any kind, or may mean two things, is not.
    let foreign = format!("{signed}.{}!{}", &signature[..4], &signature[4..]);
    assert_refused(&foreign, &ring(), &["malformed"], false);
    let twice = secret().token("HS256", GOOD_HEADER, r#"{"sub":"a","sub":"b"}"#);
    assert_refused(&twice, &ring(), &["malformed"], false);
}

#[test]
fn keys_that_are_weak_or_meant_otherwise_are_let_pass() {
    let claims = good_claims().to_string();
    let short = Secret::Shared(b"nobody has it".to_vec());
    let token = short.plain_token("HS256", &claims);
    assert_refused(&token, &short.ring(), &["key-too-weak"], true);
    let own = key("ES256");
    let token = own.plain_token("ES256", &claims);
    for members in [
        json!({"use": "enc"}),
        json!({"alg": "ES384"}),
        json!({"key_ops": ["deriveKey"]}),
    ] {
        let jwk = own.jwk(&members).to_string();
        assert_refused(&token, &keys_of([jwk.as_str()]), &["key-not-allowed"], true);
    }
    // A secret that everybody knows stays one.
    let known = Secret::Shared(b"secret".to_vec());
    let token = known.plain_token("HS256", &claims);
    assert_refused(&token, &known.ring(), &["publicly-known-key"], false);
    let unsecured = "eyJhbGciOiJub25lIn0.e30.";
    assert_refused(unsecured, &ring(), &["unsecured"], false);
}
