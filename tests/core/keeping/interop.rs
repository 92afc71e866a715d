//! Other programs open what is kept and read what is exported, and what they wrote is opened here.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tokenloupe::jose::base64url::encode;
use tokenloupe::keeping::PrivateKept;
use tokenloupe::keys::{KeyKind, KeyNote};

use super::*;
use crate::interop::{folder, installed, python};

/// The answers of a program to requests; `None` where it is not installed. Continuous integration must have it.
fn asked(what: &str, command: &[PathBuf], requests: &[Value]) -> Option<Vec<Value>> {
    let (program, arguments) = command.split_first().unwrap();
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let output = child.ok().map(|mut child| {
        let mut input = child.stdin.take().unwrap();
        let lines: Vec<String> = requests.iter().map(Value::to_string).collect();
        let lines = lines.join("\n") + "\n";
        std::thread::scope(|scope| {
            // One that is not installed reads nothing.
            scope.spawn(move || input.write_all(lines.as_bytes()).unwrap_or_default());
            child.wait_with_output().unwrap()
        })
    });
    let Some(output) = output.filter(|output| output.status.code() != Some(3)) else {
        let line = format!("{what} is not installed to open kept keys (tests/interop/install)");
        assert!(std::env::var_os("CI").is_none(), "{line}");
        crate::common::say(&format!("skipped: {line}"));
        return None;
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {complaint}");
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), requests.len(), "{what}");
    Some(answers)
}

fn ask_jwcrypto(requests: &[Value]) -> Option<Vec<Value>> {
    let mut command = python("jwcrypto");
    command.truncate(1);
    command.push(folder().join("kept.py"));
    asked("jwcrypto", &command, requests)
}

fn passphrase() -> &'static str {
    std::str::from_utf8(PASSPHRASE).unwrap()
}

/// A store of the usual number of iterations with one key, and the request to open it.
fn whole_request(keys: &[Key]) -> (TempDir, Value) {
    let (directory, store) = new();
    let store = store.with_iterations(tokenloupe::keeping::ITERATIONS);
    let access = store.protect(PASSPHRASE, &watch()).unwrap();
    store.save(&keep(keys), Some(&access)).unwrap();
    let text = std::fs::read_to_string(store.directory().join(PRIVATE_FILE)).unwrap();
    (directory, json!({"open": text, "passphrase": passphrase()}))
}

/// Kinds that jwcrypto knows.
fn is_common(key: &Key) -> bool {
    !matches!(key.kind, KeyKind::Akp(_) | KeyKind::Oct { bytes: 0 })
}

#[test]
fn jwcrypto_opens_what_is_kept() {
    let keys: Vec<Key> = PRIVATE
        .iter()
        .filter(|key| is_common(key))
        .cloned()
        .collect();
    let (_directory, request) = whole_request(&keys);
    let Some(answers) = ask_jwcrypto(&[request]) else {
        return;
    };
    let header = &answers[0]["header"];
    assert_eq!(
        (&header["p2c"], &header["cty"]),
        (&600_000.into(), &"jwk-set+json".into())
    );
    // It keeps a set, of which equal keys are one.
    let found = answers[0]["keys"].as_array().unwrap();
    for key in &keys {
        let is_it = |found: &&Value| match key.secret() {
            Some(secret) => found["k"] == encode(secret.bytes()),
            None => found["thumbprint"].as_str() == key.thumbprint.as_deref(),
        };
        let found = found.iter().find(is_it);
        assert!(found.is_some_and(|found| found["private"] == true || key.secret().is_some()));
    }
}

#[test]
fn jose_of_npm_opens_what_is_kept() {
    let keys = [
        (NewKey::Rsa(RsaBits::Bits2048), "RS256"),
        (NewKey::Ec(Curve::P521), "ES512"),
        (NewKey::Okp(OkpCurve::Ed25519), "Ed25519"),
        (NewKey::Oct { bytes: 64 }, "HS512"),
    ];
    let keys = keys.map(|(key, alg)| {
        generate(&Plan {
            alg: Some(alg.to_owned()),
            ..Plan::of(key)
        })
        .unwrap()
    });
    let (_directory, request) = whole_request(&keys);
    let command = [
        "node".into(),
        folder().join("kept.mjs"),
        installed().join("node"),
    ];
    let Some(answers) = asked("jose", &command, &[request]) else {
        return;
    };
    let found = answers[0]["keys"].as_array().unwrap();
    assert_eq!(found.len(), keys.len());
    for (key, found) in keys.iter().zip(found) {
        assert_eq!(found["kid"].as_str(), key.members.kid.as_deref());
        if key.thumbprint.is_some() {
            assert_eq!(found["thumbprint"].as_str(), key.thumbprint.as_deref());
            assert_eq!(found["type"], "private");
        } else {
            assert_eq!(found["type"], "bytes");
        }
    }
}

#[test]
fn what_jwcrypto_closed_is_opened_and_written_on() {
    let pair = made(NewKey::Ec(Curve::P256));
    let set = export::private_jwks([&pair, &secret("a")]).unwrap();
    let alone = export::private_jwk(&pair).unwrap();
    let mut requests = Vec::new();
    for (alg, enc) in [
        ("PBES2-HS256+A128KW", "A256GCM"),
        ("PBES2-HS384+A192KW", "A192CBC-HS384"),
        ("PBES2-HS512+A256KW", "A256CBC-HS512"),
    ] {
        for form in ["compact", "flattened", "general"] {
            for (text, zip) in [(&set, false), (&alone, false), (&set, true)] {
                requests.push(json!({
                    "seal": text.as_str(), "passphrase": passphrase(), "alg": alg, "enc": enc,
                    "form": form, "zip": zip,
                }));
            }
        }
    }
    let Some(answers) = ask_jwcrypto(&requests) else {
        return;
    };
    for (request, answer) in requests.iter().zip(answers) {
        let (_directory, store) = new();
        std::fs::create_dir_all(store.directory()).unwrap();
        let text = answer["token"].as_str().unwrap();
        std::fs::write(store.directory().join(PRIVATE_FILE), text).unwrap();
        assert_eq!(
            store.look().unwrap().private,
            PrivateKept::Locked,
            "{request}"
        );
        assert!(store.unlock(b"wrong", &watch()).is_err());
        let open = store.unlock(PASSPHRASE, &watch()).unwrap();
        let count = if request["seal"] == alone.as_str() {
            1
        } else {
            2
        };
        assert_eq!(open.keys.len(), count, "{request}");
        assert_eq!(open.keys[0].thumbprint, pair.thumbprint);
        assert!(open.keys.iter().all(|key| key.source == "kept keys"));
        store
            .save(&keep(&[secret("b")]), Some(&open.access))
            .unwrap();
        assert_eq!(unlocked(&store).len(), count + 1);
    }
}

#[test]
fn jwcrypto_reads_every_export() {
    let mut requests = Vec::new();
    let mut expected = Vec::new();
    for key in PRIVATE.iter().filter(|key| is_common(key)) {
        let mut request = |text: String, is_private: bool| {
            requests.push(json!({ "read": text }));
            expected.push((key, is_private));
        };
        request(export::private_jwk(key).unwrap().to_string(), true);
        if key.public().is_some() {
            request(export::public_jwk(key).unwrap(), false);
        }
        // In PEM it takes no keys for agreement, and none for RSASSA-PSS only.
        let is_pss = key.members.notes.contains(&KeyNote::PssOnly);
        let is_agreement = matches!(key.kind, KeyKind::Okp(OkpCurve::X25519 | OkpCurve::X448));
        if key.public().is_some() && !is_pss && !is_agreement {
            request(export::private_pem(key).unwrap().to_string(), true);
            request(export::public_pem(key, PublicPem::KeyInfo).unwrap(), false);
        }
    }
    let Some(answers) = ask_jwcrypto(&requests) else {
        return;
    };
    for ((key, is_private), answer) in expected.into_iter().zip(answers) {
        if let Some(secret) = key.secret() {
            assert_eq!(answer["k"], encode(secret.bytes()));
        } else {
            assert_eq!(answer["thumbprint"].as_str(), key.thumbprint.as_deref());
            assert_eq!(answer["private"], is_private, "{}", key.kind);
        }
    }
}

/// The program, not the library that is linked here.
#[test]
fn openssl_checks_every_private_export() {
    let is_there = Command::new("openssl").arg("version").output().is_ok();
    if !is_there {
        let line = "openssl is not installed to check exported keys";
        assert!(std::env::var_os("CI").is_none(), "{line}");
        crate::common::say(&format!("skipped: {line}"));
        return;
    }
    let pairs = PRIVATE.iter().filter(|key| key.private().is_some());
    // Older versions do not know ML-DSA.
    for key in pairs.filter(|key| is_common(key)) {
        let mut child = Command::new("openssl")
            .args(["pkey", "-check", "-noout"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let pem = export::private_pem(key).unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(pem.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} {complaint}", key.kind);
        assert!(said.contains("Key is valid"), "{} {said}", key.kind);
    }
}
