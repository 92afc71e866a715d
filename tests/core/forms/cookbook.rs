//! Every file of the cookbook (RFC 7520, RFC 7797, RFC 8037), and every form that each holds.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::Policy;
use tokenloupe::keys::{KeyRing, SecretEncoding, load_secret};

use super::{Seen, see, see_at, turned};
use crate::common::vectors;
use crate::way::{keys_of, message};

const NOW: &str = "2026-11-21T22:40:13Z";

/// The files of a folder, by name.
fn files(folder: &str) -> Vec<(String, Value)> {
    let Some(root) = vectors() else {
        return Vec::new();
    };
    let listed = std::fs::read_dir(root.join("cookbook").join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let file = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            (name, file)
        })
        .collect()
}

fn is_there() -> bool {
    vectors().is_some()
}

/// The keys of a file's input as key sets: all together, and each alone.
fn rings(input: &Value) -> (KeyRing, Vec<KeyRing>) {
    if let Some(password) = input["pwd"].as_str() {
        let key = load_secret("password", password.as_bytes(), SecretEncoding::Utf8).unwrap();
        let ring = KeyRing::new([key]);
        return (ring.clone(), vec![ring]);
    }
    let keys = match &input["key"] {
        Value::Array(keys) => keys.clone(),
        one => vec![one.clone()],
    };
    // A file each: a set that mixes pairs and secrets has a rule of its own.
    let texts: Vec<String> = keys.iter().map(Value::to_string).collect();
    let each = texts.iter().map(|text| keys_of([text.as_str()]));
    let all = keys_of(texts.iter().map(String::as_str));
    (all, each.collect())
}

/// The same kinds of keys, all of them others.
fn others() -> KeyRing {
    let mut files: Vec<String> = ["ES256", "ES384", "ES512", "Ed25519"]
        .iter()
        .map(|alg| crate::way::Secret::fresh(alg).jwk(&json!({})).to_string())
        .collect();
    for bytes in [16, 24, 32, 48, 64] {
        files.push(json!({"kty": "oct", "k": encode(&vec![0xA7; bytes])}).to_string());
    }
    let pem = |key: &crate::way::Secret| match key {
        crate::way::Secret::Pair(pair) => {
            String::from_utf8(pair.private_key_to_pem_pkcs8().unwrap()).unwrap()
        }
        crate::way::Secret::Shared(_) => String::new(),
    };
    for alg in ["RS256", "ES256", "ES384", "ES512"] {
        files.push(pem(crate::way::key(alg)));
    }
    keys_of(files.iter().map(String::as_str))
}

/// The forms that a file holds, as texts; objects both in a line and spread over several.
fn forms(output: &Value) -> Vec<(&'static str, String)> {
    let mut forms = Vec::new();
    if let Some(text) = output["compact"].as_str() {
        forms.push(("compact", text.to_owned()));
    }
    for form in ["json", "json_flat"] {
        if output[form].is_object() {
            forms.push((form, output[form].to_string()));
            forms.push((form, serde_json::to_string_pretty(&output[form]).unwrap()));
        }
    }
    assert!(!forms.is_empty());
    forms
}

/// The same text with a character of one part turned, for each part.
fn damaged(text: &str) -> Vec<String> {
    if let Ok(json) = serde_json::from_str::<Value>(text) {
        let names = [
            "payload",
            "protected",
            "signature",
            "encrypted_key",
            "iv",
            "ciphertext",
            "tag",
            "aad",
        ];
        let changed = names.iter().filter_map(|name| turned(&json, name));
        return changed.map(|json| json.to_string()).collect();
    }
    let parts: Vec<&str> = text.split('.').collect();
    let changed = (0..parts.len())
        .filter(|at| parts[*at].len() > 3)
        .map(|at| {
            let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            let middle = parts[at].len() / 2;
            let other = if parts[at].as_bytes()[middle] == b'A' {
                "B"
            } else {
                "A"
            };
            parts[at].replace_range(middle..=middle, other);
            parts.join(".")
        });
    changed.collect()
}

#[test]
fn all_thirty_two_files_are_there() {
    if !is_there() {
        return;
    }
    let mut count = 0;
    for folder in ["jws", "jwe", "jwk", "rfc7797", "curve25519", "."] {
        count += files(folder).len();
    }
    assert_eq!(count, 32);
}

#[test]
fn signed_files_verify_in_every_form() {
    let mut seen_forms = 0;
    let mut folders = files("jws");
    folders.extend(files("rfc7797"));
    folders.extend(
        files("curve25519")
            .into_iter()
            .filter(|(name, _)| name == "jws.json"),
    );
    for (name, file) in folders {
        let input = &file["input"];
        let payload = input["payload"].as_str().unwrap();
        let (ring, each) = rings(input);
        for (form, text) in forms(&file["output"]) {
            seen_forms += 1;
            let case = format!("{name} {form}");
            let is_detached = name.starts_with("4_5");
            let detached = is_detached.then_some(payload.as_bytes());
            let seen = see_at(&text, &ring, &message(), detached, NOW);
            assert!(
                seen.outcomes().iter().all(|outcome| *outcome == "valid"),
                "{case}: {:#}",
                seen.report
            );
            // RFC 7797's own rule is broken by one of its files: `crit` does not name `b64`.
            let is_malformed = name.starts_with("4.2");
            let expected = if is_malformed {
                ("reject", vec!["malformed"])
            } else {
                ("accept", vec![])
            };
            assert_eq!(seen.verdict(), expected, "{case}");
            if !is_detached {
                assert_eq!(seen.payload(), Some(payload.as_bytes()), "{case}");
            }
            intermediate(&seen, &file, &case);
            let is_whole = seen.session.tokens[0].token.text() == text;
            assert!(is_whole, "{case}");
            // Of several signatures each has its own key.
            for ring in &each {
                let alone = see_at(&text, ring, &message(), detached, NOW);
                let valid = alone
                    .outcomes()
                    .iter()
                    .filter(|outcome| **outcome == "valid")
                    .count();
                assert_eq!(valid, 1, "{case}");
            }
            let other = see_at(&text, &others(), &message(), detached, NOW);
            assert!(!other.outcomes().contains(&"valid"), "{case}");
            for text in damaged(&text) {
                let seen = see_at(&text, &ring, &message(), detached, NOW);
                assert_ne!(seen.verdict().0, "accept", "{case}: {text}");
            }
            if is_detached {
                let missing = see(&text, &ring, &message());
                assert_eq!(
                    missing.verdict(),
                    ("undetermined", vec!["detached-payload-missing"]),
                    "{case}"
                );
                let wrong = see_at(&text, &ring, &message(), Some(b"It\xE2\x80\x99s safe"), NOW);
                assert_eq!(
                    wrong.verdict(),
                    ("reject", vec!["signature-invalid"]),
                    "{case}"
                );
            }
        }
    }
    if is_there() {
        // Those in JSON twice.
        assert_eq!(seen_forms, 7 + 2 * 21);
    }
}

/// What a signature covers is computed on the way; the files print it.
fn intermediate(seen: &Seen, file: &Value, case: &str) {
    let token = &seen.session.tokens[0].token;
    let signings = match &file["signing"] {
        Value::Array(several) => several.clone(),
        one => vec![one.clone()],
    };
    let views = token.views();
    assert_eq!(views.len(), signings.len(), "{case}");
    for (view, signing) in views.iter().zip(&signings) {
        // In one file the printed header is another than the one in its output.
        if case.starts_with("hmac-sha2_b64_false") {
            continue;
        }
        if let Some(protected) = signing["protected_b64u"].as_str() {
            assert_eq!(view.protected(), protected, "{case}");
        }
        if let (Some(input), Some(payload)) = (signing["sig-input"].as_str(), view.signing_input())
            && !case.starts_with("4_5")
        {
            assert_eq!(payload, input, "{case}");
        }
    }
}

#[test]
fn encrypted_files_open_in_every_form() {
    let mut seen_forms = 0;
    let mut folders = files("jwe");
    folders.extend(
        files("curve25519")
            .into_iter()
            .filter(|(name, _)| name != "jws.json"),
    );
    for (name, file) in folders {
        let input = &file["input"];
        let plaintext = input["plaintext"].as_str().unwrap();
        let (ring, each) = rings(input);
        let mut verdicts = BTreeSet::new();
        for (form, text) in forms(&file["output"]) {
            seen_forms += 1;
            let case = format!("{name} {form}");
            let seen = see(&text, &ring, &message());
            assert_eq!(seen.decryption(), "decrypted", "{case}: {:#}", seen.report);
            assert_eq!(seen.payload(), Some(plaintext.as_bytes()), "{case}");
            let (outcome, reasons) = seen.verdict();
            verdicts.insert(format!("{outcome} {reasons:?}"));
            assert_eq!(seen.session.tokens[0].token.text(), text, "{case}");
            for (recipient, ring) in each.iter().enumerate() {
                let alone = see(&text, ring, &message());
                assert_eq!(alone.payload(), Some(plaintext.as_bytes()), "{case}");
                assert_eq!(alone.report["decryption"]["recipient"], recipient, "{case}");
            }
            let other = see(&text, &others(), &message());
            assert_ne!(other.decryption(), "decrypted", "{case}");
            assert_eq!(other.payload(), None, "{case}");
            assert_ne!(other.verdict().0, "accept", "{case}");
            for text in damaged(&text) {
                let seen = see(&text, &ring, &message());
                assert_eq!(seen.payload(), None, "{case}: {text}");
                assert_ne!(seen.verdict().0, "accept", "{case}");
            }
        }
        // Every form is judged alike.
        assert_eq!(verdicts.len(), 1, "{name}: {verdicts:?}");
        let alg = input["alg"].as_str().unwrap_or("several");
        let expected = if alg.starts_with("RSA") || alg.starts_with("ECDH") || alg == "several" {
            r#"undetermined ["sender-unproven"]"#
        } else {
            "accept []"
        };
        assert!(verdicts.contains(expected), "{name}: {verdicts:?}");
    }
    if is_there() {
        assert_eq!(seen_forms, 10 + 2 * 27);
    }
}

#[test]
fn the_nested_file_opens_and_verifies_in_every_form() {
    for (_, file) in files(".") {
        let (sign, encrypt) = (&file["sign"], &file["encrypt"]);
        let keys = json!({"keys": [sign["input"]["key"], encrypt["input"]["key"]]});
        let ring = keys_of([keys.to_string().as_str()]);
        let payload = sign["input"]["payload"].as_str().unwrap();
        let inner = sign["output"]["compact"].as_str().unwrap();
        let then = "2011-03-22T18:00:00Z";
        for (form, text) in forms(&encrypt["output"]) {
            let seen = see_at(&text, &ring, &Policy::default(), None, then);
            assert_eq!(seen.decryption(), "decrypted", "{form}");
            assert_eq!(seen.payload(), Some(inner.as_bytes()), "{form}");
            let layer = &seen.report["inner"];
            assert_eq!(layer["claims_text"], payload, "{form}");
            assert_eq!(layer["signatures"][0]["outcome"], "valid", "{form}");
            assert_eq!(layer["verdict"]["outcome"], "accept", "{form}");
            assert_eq!(
                seen.verdict(),
                ("accept", vec![]),
                "{form}: {:#}",
                seen.report
            );
            // Its time is over, which the outermost verdict says too.
            let now = see(&text, &ring, &Policy::default());
            assert_eq!(now.verdict(), ("reject", vec!["expired"]), "{form}");
            assert_eq!(now.report["inner"]["time"]["state"], "expired", "{form}");
            for text in damaged(&text) {
                let seen = see_at(&text, &ring, &Policy::default(), None, then);
                assert_ne!(seen.verdict().0, "accept", "{form}: {text}");
            }
        }
        let alone = see_at(inner, &ring, &Policy::default(), None, then);
        assert_eq!(alone.verdict(), ("accept", vec![]));
    }
}

#[test]
fn the_keys_are_read_and_verify_what_they_signed() {
    let keys = files("jwk");
    if keys.is_empty() {
        return;
    }
    let mut thumbprints = Vec::new();
    for (name, key) in &keys {
        let loaded = tokenloupe::keys::load(name, key.to_string().as_bytes()).unwrap();
        assert_eq!(loaded.len(), 1);
        assert!(loaded[0].fault.is_none(), "{name}: {:?}", loaded[0].fault);
        assert_eq!(loaded[0].members.kid.as_deref(), key["kid"].as_str());
        thumbprints.push(loaded[0].thumbprint.clone());
    }
    // Two halves of a pair are one key.
    assert_eq!(thumbprints[0], thumbprints[1]);
    assert_eq!(thumbprints[2], thumbprints[3]);
    assert!(thumbprints[0] != thumbprints[2] && thumbprints[4].is_none());
    let signed = files("jws");
    for (key, file) in [(0, "4_3"), (1, "4_3"), (2, "4_1"), (3, "4_2"), (4, "4_4")] {
        let (_, vector) = signed
            .iter()
            .find(|(name, _)| name.starts_with(file))
            .unwrap();
        let ring = keys_of([keys[key].1.to_string().as_str()]);
        let seen = see(
            vector["output"]["compact"].as_str().unwrap(),
            &ring,
            &message(),
        );
        assert_eq!(seen.verdict(), ("accept", vec![]), "{file}");
    }
}
