//! Keys: the one that is named, and how a secret is read.

use openssl::hash::MessageDigest;
use tokenloupe::jose::base64url::decode;
use tokenloupe::keys::{KeyRing, SecretEncoding};

use super::{
    OTHER_RSA, P256, RSA, SECRET, SMALL_RSA, ecdsa_signature, hs256, input, joined, jwks_ring,
    load, proof, rsa_signature, secret_ring, told,
};
use crate::common::{inspect, judge, reasons};

#[test]
fn another_key_than_the_one_named() {
    let input = input(r#"{"alg":"RS256","kid":"first"}"#);
    let token = joined(
        &input,
        &rsa_signature(&RSA, MessageDigest::sha256(), &input),
    );
    let both = jwks_ring(&[(&OTHER_RSA, "first"), (&RSA, "second")]);
    assert_eq!(
        told(&token, &both),
        ("valid", "yours", vec!["other-key-verifies"])
    );
    let unknown = jwks_ring(&[(&RSA, "second")]);
    assert_eq!(
        told(&token, &unknown),
        ("valid", "yours", vec!["other-key-verifies"])
    );
    let named = jwks_ring(&[(&RSA, "first"), (&OTHER_RSA, "second")]);
    assert_eq!(told(&token, &named), ("valid", "yours", vec![]));
}

#[test]
fn a_kid_that_nobody_has() {
    let input = input(r#"{"alg":"RS256","kid":"tomorrow"}"#);
    let token = joined(
        &input,
        &rsa_signature(&RSA, MessageDigest::sha256(), &input),
    );
    let ring = jwks_ring(&[(&OTHER_RSA, "yesterday")]);
    assert_eq!(
        told(&token, &ring),
        ("not-checked", "", vec!["rsa-other-key", "kid-unknown"])
    );
    assert_eq!(told(&token, &KeyRing::default()).2, [""; 0]);
}

#[test]
fn a_kid_that_is_nearly_one() {
    let thumbprint = jwks_ring(&[(&RSA, "x")]).keys()[0]
        .thumbprint
        .clone()
        .unwrap();
    for (header, own, words) in [
        ("KEY-2026", "key-2026", "capital letters"),
        (" key-2026", "key-2026", "white space"),
        ("https://a.example/keys/2026", "2026", "last part"),
        ("key-2026-09", "key-2026-10", "2 characters away"),
        ("key-2026", "key-202", "1 character away"),
        (thumbprint.as_str(), "named", "thumbprint"),
        (
            &format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{thumbprint}"),
            "named",
            "thumbprint",
        ),
    ] {
        let input = input(&format!(r#"{{"alg":"RS256","kid":"{header}"}}"#));
        let signature = rsa_signature(&RSA, MessageDigest::sha256(), &input);
        let token = joined(&input, &signature);
        let ring = jwks_ring(&[(&RSA, own), (&OTHER_RSA, "far away")]);
        assert_eq!(
            told(&token, &ring),
            (
                "valid",
                "yours",
                vec!["other-key-verifies", "kid-near-miss"]
            ),
            "{header}"
        );
        // The same, where the signature is wrong.
        let token = joined(
            &input,
            &rsa_signature(&SMALL_RSA, MessageDigest::sha256(), &input),
        );
        let said = proof(&inspect(&token, &ring)).diagnosis.clone();
        let near = said.iter().find(|said| said.code == "kid-near-miss");
        assert!(near.unwrap().text.contains(words), "{header}: {said:?}");
    }
    for (header, own) in [
        ("key-2026", "kay-1926"),
        ("ab", "ac"),
        ("tomorrow", "yesterday"),
    ] {
        let input = input(&format!(r#"{{"alg":"RS256","kid":"{header}"}}"#));
        let token = joined(
            &input,
            &rsa_signature(&SMALL_RSA, MessageDigest::sha256(), &input),
        );
        let codes = told(&token, &jwks_ring(&[(&RSA, own)])).2;
        assert!(!codes.contains(&"kid-near-miss"), "{header} {codes:?}");
    }
}

#[test]
fn a_key_that_cannot_do_the_algorithm() {
    let input = input(r#"{"alg":"ES256","kid":"rsa"}"#);
    let token = joined(
        &input,
        &ecdsa_signature(&P256, MessageDigest::sha256(), &input),
    );
    let ring = jwks_ring(&[(&RSA, "rsa")]);
    assert_eq!(told(&token, &ring).2, ["alg-key-mismatch"]);
}

#[test]
fn another_reading_of_the_secret() {
    use SecretEncoding::{Base64, Hex, Utf8};
    let bytes = decode(SECRET).bytes;
    let hex = "9c41d07e33a815fb620dc9845aee279013b648f17d02ac69d53e8b54c01f76e2";
    let from_hex: Vec<u8> = (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    for (secret, text, encoding, code) in [
        (&bytes[..], SECRET, Utf8, "secret-was-base64"),
        (
            b"\xFB\xFF0123456789012345678901234567",
            "-_8wMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3",
            Utf8,
            "secret-was-base64url",
        ),
        (&from_hex, hex, Utf8, "secret-was-hex"),
        (hex.as_bytes(), hex, Hex, "secret-was-text"),
        (SECRET.as_bytes(), SECRET, Base64, "secret-was-text"),
        (
            format!("{SECRET}\n").as_bytes(),
            SECRET,
            Utf8,
            "secret-line-break",
        ),
        (
            format!("{SECRET}\r\n").as_bytes(),
            SECRET,
            Utf8,
            "secret-line-break",
        ),
        (
            SECRET.as_bytes(),
            &format!("{SECRET}\n\n"),
            Utf8,
            "secret-line-break",
        ),
    ] {
        let ring = secret_ring(text, encoding);
        assert_eq!(
            told(&hs256(secret), &ring),
            ("invalid", "", vec![code]),
            "{text} {code}"
        );
        let judgement = judge(&inspect(&hs256(secret), &ring), None);
        assert_eq!(reasons(&judgement), ["signature-invalid"]);
    }
    // The member k of a JWK is base64url; its text is another secret.
    let jwk = format!(r#"{{"kty":"oct","k":"{SECRET}"}}"#);
    let ring = KeyRing::new(load("secret.json", jwk.as_bytes()));
    assert_eq!(
        told(&hs256(SECRET.as_bytes()), &ring).2,
        ["secret-was-text"]
    );
    let another = hs256(b"another secret altogether, of 40 bytes..");
    assert_eq!(
        told(&another, &secret_ring(SECRET, Utf8)),
        ("invalid", "", vec![])
    );
}

#[test]
fn what_is_said_of_a_secret_does_not_quote_it() {
    let inspection = inspect(
        &hs256(&decode(SECRET).bytes),
        &secret_ring(SECRET, SecretEncoding::Utf8),
    );
    let proof = proof(&inspection);
    assert!(!format!("{:?} {:?}", proof.diagnosis, proof.facts).contains(SECRET));
}
