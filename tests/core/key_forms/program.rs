//! The built program with locked key files.

use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tokenloupe::jose::base64url::encode;

use super::make::Bench;
use crate::forms::make::{Sealing, To};
use crate::way::{GOOD_CLAIMS, Secret};

fn inspect(bench: &Bench, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tokenloupe"))
        .args(["inspect", "--at", "2026-11-21T22:40:13Z", "token.jwt"])
        .args(arguments)
        .current_dir(bench.path(""))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[track_caller]
fn refused(bench: &Bench, arguments: &[&str]) -> String {
    let output = inspect(bench, arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(complaint.lines().count(), 2, "{complaint}");
    complaint
}

#[track_caller]
fn accepted(bench: &Bench, arguments: &[&str]) -> Value {
    let output = inspect(bench, arguments);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{complaint}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn pair() -> (Secret, openssl::pkey::PKey<openssl::pkey::Private>) {
    match Secret::fresh("ES256") {
        Secret::Pair(pair) => (Secret::Pair(pair.clone()), pair),
        Secret::Shared(_) => panic!("a pair"),
    }
}

fn locked(pair: &openssl::pkey::PKey<openssl::pkey::Private>) -> Vec<u8> {
    let cipher = openssl::symm::Cipher::aes_256_cbc();
    pair.private_key_to_pem_pkcs8_passphrase(cipher, b"open sesame")
        .unwrap()
}

#[test]
fn a_passphrase_file_opens_key_files() {
    let bench = Bench::new();
    let (signer, pair) = pair();
    bench.put("token.jwt", signer.plain_token("ES256", GOOD_CLAIMS));
    bench.put("key.pem", locked(&pair));
    let complaint = refused(&bench, &["--key", "key.pem"]);
    assert!(
        complaint.starts_with("tokenloupe: key.pem: expected a key, found one that is encrypted")
    );
    assert!(complaint.contains("--passphrase-file"), "{complaint}");
    for content in ["wrong", ""] {
        bench.put("pass.txt", content);
        let complaint = refused(
            &bench,
            &["--key", "key.pem", "--passphrase-file", "pass.txt"],
        );
        assert!(complaint.starts_with("tokenloupe: key.pem: expected the passphrase"));
        assert!(complaint.contains("--passphrase-file"), "{complaint}");
        assert!(!complaint.contains("wrong"));
    }
    for content in ["open sesame", "open sesame\n", "open sesame\r\n"] {
        bench.put("pass.txt", content);
        let report = accepted(
            &bench,
            &["--key", "key.pem", "--passphrase-file", "pass.txt"],
        );
        assert_eq!(report["keys"][0]["holds"], "private");
        assert!(!report.to_string().contains("sesame"));
    }
}

/// One bad key in a set is not an error of the file.
#[test]
fn a_locked_key_beside_others_is_listed() {
    let bench = Bench::new();
    let (signer, pair) = pair();
    bench.put("token.jwt", signer.plain_token("ES256", GOOD_CLAIMS));
    let public = pair.public_key_to_pem().unwrap();
    bench.put("keys.pem", [public, locked(&pair)].concat());
    let report = accepted(&bench, &["--key", "keys.pem"]);
    let fault = report["keys"][1]["fault"].as_str().unwrap();
    assert!(fault.contains("passphrase"), "{fault}");
    bench.put("pass.txt", "wrong");
    let report = accepted(
        &bench,
        &["--key", "keys.pem", "--passphrase-file", "pass.txt"],
    );
    let fault = report["keys"][1]["fault"].as_str().unwrap();
    assert!(fault.contains("found another"), "{fault}");
}

#[test]
fn sealed_sets_open_with_keys_of_any_file() {
    let bench = Bench::new();
    let (signer, pair) = pair();
    bench.put("token.jwt", signer.plain_token("ES256", GOOD_CLAIMS));
    let jwk = Secret::Pair(pair).jwk(&json!({"kid": "a"}));
    let seal = |alg: &str, secret: &[u8], plaintext: &Value| {
        let header = json!({"alg": alg, "enc": "A128GCM", "cty": "jwk-set+json", "p2s": encode(&[1; 8]), "p2c": 100});
        let plaintext = plaintext.to_string();
        let to = To::Secret(secret.to_vec());
        Sealing::new(&header.to_string(), &to, plaintext.as_bytes()).compact()
    };
    let wrap = json!({"kty": "oct", "kid": "wrap", "k": encode(&[3; 16])});
    bench.put(
        "inner.jwe",
        seal("A128KW", &[3; 16], &json!({"keys": [jwk]})),
    );
    let complaint = refused(&bench, &["--key", "inner.jwe"]);
    assert!(
        complaint.contains("A128KW") && complaint.contains("--key"),
        "{complaint}"
    );
    // The key that opens it stands in a file after it, which is locked itself.
    bench.put(
        "outer.jwe",
        seal(
            "PBES2-HS256+A128KW",
            b"open sesame",
            &json!({"keys": [wrap]}),
        ),
    );
    bench.put("pass.txt", "open sesame\n");
    let options = [
        "--key",
        "inner.jwe",
        "--key",
        "outer.jwe",
        "--passphrase-file",
        "pass.txt",
    ];
    let report = accepted(&bench, &options);
    let ids: Vec<_> = report["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["id"].as_str())
        .collect();
    assert_eq!(ids, [Some("a"), Some("wrap")]);
    // A token that is no key file.
    bench.put("claims.jwe", seal("A128KW", &[3; 16], &json!({"sub": "a"})));
    bench.put("wrap.json", wrap.to_string());
    let complaint = refused(&bench, &["--key", "wrap.json", "--key", "claims.jwe"]);
    assert!(
        complaint.contains("found an encrypted token"),
        "{complaint}"
    );
}
