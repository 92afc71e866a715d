//! The samples in `assets/samples`: how they are made, and that they are what their README says.
//!
//! Checked with josekit and `serde_json`, not with the code that shows them.

use std::fs;
use std::path::PathBuf;

use hmac::{Hmac, KeyInit as _, Mac as _};
use josekit::jwk::Jwk;
use josekit::jws::{ES256, JwsVerifier, RS256};
use serde_json::Value;
use sha2::Sha256;

mod make;

const ISSUED: i64 = 1_795_032_000; // 2026-11-18T20:00:00Z
const EXPIRED: i64 = ISSUED + 3_600;
const FAR: i64 = 2_426_184_000; // 2046-11-18T20:00:00Z
const WEAK_SECRET: &str = "kite-9931";

#[test]
fn the_request_holds_four_tokens_of_different_worth() {
    let request = read("request.http");
    let (head, body) = request.split_once("\n\n").unwrap();
    let header = |name: &str| {
        let prefix = format!("{name}: ");
        head.lines()
            .find_map(|line| line.strip_prefix(&prefix))
            .unwrap()
    };
    assert_eq!(header("Content-Length"), body.len().to_string());
    let body: Value = serde_json::from_str(body).unwrap();

    let id_token = header("Authorization").strip_prefix("Bearer ").unwrap();
    assert_eq!(member(id_token, 0, "alg"), "RS256");
    assert_eq!(member(id_token, 0, "jku"), "https://keys.example.net/jwks");
    assert_eq!(member(id_token, 1, "exp"), EXPIRED);
    assert!(verifies(id_token, "idp-2026-09") && !verifies(id_token, "idp-2026-03"));

    let access_token = body["access_token"].as_str().unwrap();
    assert_eq!(member(access_token, 0, "typ"), "at+jwt");
    assert_eq!(member(access_token, 1, "exp"), FAR);
    assert!(verifies(access_token, "api-es256"));

    let refresh_token = body["refresh_token"].as_str().unwrap();
    assert_eq!(refresh_token.split('.').count(), 5);
    assert_eq!(member(refresh_token, 0, "alg"), "RSA-OAEP-256");
    assert_eq!(member(refresh_token, 0, "enc"), "A256GCM");
    assert_eq!(
        segment(refresh_token, 1).len(),
        256,
        "encrypted key of RSA 2048"
    );
    assert_eq!(segment(refresh_token, 2).len(), 12, "initialization vector");
    assert_eq!(segment(refresh_token, 4).len(), 16, "tag");

    let session = header("Cookie")
        .split("; ")
        .find_map(|cookie| cookie.strip_prefix("session="))
        .unwrap();
    assert_eq!(member(session, 0, "alg"), "none");
    assert_eq!(member(session, 1, "sub"), "admin");
    assert_eq!(segment(session, 2), b"");
}

#[test]
fn the_key_set_holds_three_public_keys() {
    let set: Value = serde_json::from_str(&read("issuer.jwks.json")).unwrap();
    let keys = set["keys"].as_array().unwrap();
    let ids: Vec<_> = keys
        .iter()
        .map(|key| key["kid"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["idp-2026-09", "idp-2026-03", "api-es256"]);
    for key in keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "{private} of {}", key["kid"]);
        }
    }
}

#[test]
fn single_tokens_have_the_one_fault_of_their_name() {
    let expired = read("expired.jwt");
    assert!(verifies(expired.trim_end(), "idp-2026-03"));
    assert_eq!(member(expired.trim_end(), 1, "exp"), EXPIRED);

    let unsecured = read("unsecured.jwt");
    assert_eq!(member(unsecured.trim_end(), 0, "alg"), "none");
    assert!(unsecured.trim_end().ends_with('.'));
    assert_eq!(member(unsecured.trim_end(), 1, "exp"), FAR);

    let weak = read("weak-secret.jwt");
    let secret = read("weak-secret.key");
    let (signed, signature) = weak.trim_end().rsplit_once('.').unwrap();
    assert_eq!(member(&weak, 0, "alg"), "HS256");
    assert_eq!(mac(secret.trim_end(), signed), decode(signature));
    assert_eq!(secret.trim_end().len(), 9, "72 bits");
    assert_eq!(member(&weak, 1, "exp"), FAR);

    let damaged = read("damaged.jwt");
    let damaged = damaged.trim_end();
    assert!(damaged.ends_with("=="), "padding");
    assert!(
        verifies(damaged.trim_end_matches('='), "idp-2026-09"),
        "genuine but for the padding"
    );
    let payload = String::from_utf8(segment(damaged, 1)).unwrap();
    assert_eq!(payload.matches("\"sub\":").count(), 2, "{payload}");
    assert_eq!(member(damaged, 1, "exp"), FAR);
}

/// Only names that are reserved for examples (RFC 2606, RFC 6761), so that no sample points at anybody.
#[test]
fn every_host_is_an_example() {
    for name in [
        "damaged.jwt",
        "expired.jwt",
        "request.http",
        "unsecured.jwt",
        "weak-secret.jwt",
    ] {
        let text = read(name);
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
        let decoded = words
            .filter(|word| word.starts_with("eyJ"))
            .flat_map(|token| token.split('.').map(decode).collect::<Vec<_>>());
        for text in decoded
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .chain([text.clone()])
        {
            for rest in text.split("https://").skip(1) {
                let host = rest.split(['/', '"']).next().unwrap();
                assert!(
                    host.ends_with(".example") || host.ends_with(".example.net"),
                    "{name}: {host}"
                );
            }
        }
    }
}

fn mac(secret: &str, signed: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn verifies(token: &str, kid: &str) -> bool {
    let set: Value = serde_json::from_str(&read("issuer.jwks.json")).unwrap();
    let key = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == kid)
        .unwrap();
    let key = Jwk::from_map(key.as_object().unwrap().clone()).unwrap();
    let verifier: Box<dyn JwsVerifier> = match key.algorithm() {
        Some("RS256") => Box::new(RS256.verifier_from_jwk(&key).unwrap()),
        Some("ES256") => Box::new(ES256.verifier_from_jwk(&key).unwrap()),
        alg => panic!("{alg:?}"),
    };
    let (input, signature) = token.rsplit_once('.').unwrap();
    verifier
        .verify(input.as_bytes(), &decode(signature))
        .is_ok()
}

/// A member of the header (0) or the payload (1).
fn member(token: &str, part: usize, name: &str) -> Value {
    let json: Value = serde_json::from_slice(&segment(token, part)).unwrap();
    json[name].clone()
}

fn segment(token: &str, part: usize) -> Vec<u8> {
    decode(token.trim_end().split('.').nth(part).unwrap())
}

fn encode(bytes: &[u8]) -> String {
    let standard = openssl::base64::encode_block(bytes);
    standard
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

fn decode(text: &str) -> Vec<u8> {
    let text = text
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    openssl::base64::decode_block(&format!("{text}{padding}")).unwrap()
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("assets/samples")
        .join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

fn write(name: &str, text: &str) {
    fs::write(path(name), text).unwrap();
}
