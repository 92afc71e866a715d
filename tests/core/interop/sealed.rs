//! Tokens that others encrypt, and write as JSON: opened, verified and judged as they meant them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use serde_json::Value;
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::decrypt::{CONTENT_ENCRYPTION, KEY_MANAGEMENT, key_management};

use super::{folder, installed, lines, python};
use crate::common::say;
use crate::forms::see;
use crate::way::{keys_of, message};

/// What every one of them encrypts by.
const COMMON: &str = "RSA-OAEP RSA-OAEP-256 dir A128KW A192KW A256KW A128GCMKW A192GCMKW A256GCMKW \
    ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW";
const PASSWORDS: &str = "PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW";

#[test]
fn jwcrypto_is_opened() {
    let forms = [
        "jwe compact",
        "jwe flattened",
        "jwe general",
        "jws flattened",
        "jws general",
    ];
    check(
        "jwcrypto",
        python("jwcrypto"),
        &format!("RSA1_5 {PASSWORDS}"),
        &forms,
    );
}

#[test]
fn authlib_is_opened() {
    check(
        "Authlib",
        python("Authlib"),
        "RSA1_5",
        &["jwe compact", "jws flattened"],
    );
}

#[test]
fn joserfc_is_opened() {
    let forms = [
        "jwe compact",
        "jwe flattened",
        "jwe general",
        "jws flattened",
        "jws general",
    ];
    check(
        "joserfc",
        python("joserfc"),
        &format!("RSA1_5 {PASSWORDS}"),
        &forms,
    );
}

#[test]
fn jose_of_npm_is_opened() {
    let command = vec![
        "node".into(),
        folder().join("make.mjs"),
        installed().join("node"),
    ];
    let forms = [
        "jwe compact",
        "jwe flattened",
        "jwe general",
        "jws flattened",
        "jws general",
    ];
    check(
        "jose",
        command,
        &format!("RSA-OAEP-384 RSA-OAEP-512 {PASSWORDS}"),
        &forms,
    );
}

/// Takes in all that a maker makes. It has to encrypt by the common algorithms and by `more`, each with every `enc`.
fn check(maker: &str, mut command: Vec<PathBuf>, more: &str, forms: &[&str]) {
    command.push("--sealed".into());
    let Some(lines) = lines(maker, &command) else {
        return;
    };
    let mut by_alg: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut seen_forms: BTreeSet<String> = BTreeSet::new();
    let mut rings: HashMap<String, KeyRing> = HashMap::new();
    for line in &lines {
        let word = |name: &str| line[name].as_str().unwrap();
        assert_eq!(word("maker"), maker);
        let payload = openssl::base64::decode_block(word("payload")).unwrap();
        let keys: Vec<&str> = line["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key.as_str().unwrap())
            .collect();
        let ring = rings
            .entry(keys.join("\n"))
            .or_insert_with(|| keys_of(keys.iter().copied()));
        seen_forms.insert(format!("{} {}", word("what"), word("form")));
        if word("what") == "jwe" {
            if word("form") == "compact" {
                let of_alg = by_alg.entry(word("alg").to_owned()).or_default();
                of_alg.insert(word("enc").to_owned());
            }
            opened(line, &payload, ring);
        } else {
            verified(line, &payload, ring, &keys);
        }
    }
    let expected: BTreeSet<&str> = [COMMON, more]
        .iter()
        .flat_map(|names| names.split_whitespace())
        .collect();
    let algorithms: BTreeSet<&str> = by_alg.keys().map(String::as_str).collect();
    assert_eq!(algorithms, expected, "{maker}");
    for (alg, encryptions) in &by_alg {
        assert_eq!(encryptions.len(), CONTENT_ENCRYPTION.len(), "{maker} {alg}");
    }
    let seen: Vec<&str> = seen_forms.iter().map(String::as_str).collect();
    assert_eq!(seen, forms, "{maker}");
    let version = lines[0]["version"].as_str().unwrap();
    say(&format!(
        "{maker} {version}: {} tokens open or verify",
        lines.len()
    ));
}

/// It opens with its key, says what was encrypted, and does not once it is changed.
fn opened(line: &Value, payload: &[u8], ring: &KeyRing) {
    let token = line["token"].as_str().unwrap();
    let seen = see(token, ring, &message());
    assert_eq!(
        seen.decryption(),
        "decrypted",
        "{line}\n{:#}",
        seen.report["decryption"]
    );
    assert_eq!(seen.payload(), Some(payload), "{line}");
    let decryption = &seen.report["decryption"];
    assert_eq!(
        (&decryption["alg"], &decryption["enc"]),
        (&line["alg"], &line["enc"])
    );
    let is_symmetric = key_management(line["alg"].as_str().unwrap())
        .unwrap()
        .is_symmetric();
    let expected = if is_symmetric {
        ("accept", vec![])
    } else {
        ("undetermined", vec!["sender-unproven"])
    };
    assert_eq!(seen.verdict(), expected, "{line}");
    assert_eq!(seen.report["faults"].as_array().unwrap().len(), 0, "{line}");
    let changed = changed(token, "ciphertext", 3);
    assert_eq!(see(&changed, ring, &message()).payload(), None, "{line}");
    let changed = self::changed(token, "tag", 4);
    assert_eq!(see(&changed, ring, &message()).payload(), None, "{line}");
}

/// All signatures verify, each with its key and no other, and none once the payload is changed.
fn verified(line: &Value, payload: &[u8], ring: &KeyRing, keys: &[&str]) {
    let token = line["token"].as_str().unwrap();
    let seen = see(token, ring, &message());
    let count = usize::try_from(line["signatures"].as_u64().unwrap()).unwrap();
    assert_eq!(seen.outcomes(), vec!["valid"; count], "{line}");
    assert_eq!(seen.verdict(), ("accept", vec![]), "{line}");
    assert_eq!(seen.payload(), Some(payload), "{line}");
    assert_eq!(seen.report["faults"].as_array().unwrap().len(), 0, "{line}");
    for (at, key) in keys.iter().enumerate() {
        let alone = see(token, &keys_of([*key]), &message());
        for (number, outcome) in alone.outcomes().into_iter().enumerate() {
            assert_eq!(outcome == "valid", number == at, "{line}");
        }
    }
    let other = changed(token, "protected", 0);
    assert_ne!(
        see(&other, ring, &message()).verdict().0,
        "accept",
        "{line}"
    );
}

/// The token with another character in the middle of one part.
fn changed(token: &str, name: &str, part: usize) -> String {
    let turn = |text: &str| {
        let at = text.len() / 2;
        let other = if text.as_bytes()[at] == b'A' {
            "B"
        } else {
            "A"
        };
        format!("{}{other}{}", &text[..at], &text[at + 1..])
    };
    let Ok(mut json) = serde_json::from_str::<Value>(token) else {
        let parts = token.split('.').enumerate();
        let parts = parts.map(|(at, text)| {
            if at == part {
                turn(text)
            } else {
                text.to_owned()
            }
        });
        return parts.collect::<Vec<_>>().join(".");
    };
    match json[name].as_str().map(turn) {
        Some(text) => json[name] = text.into(),
        None => {
            for entry in json["signatures"].as_array_mut().unwrap() {
                entry[name] = turn(entry[name].as_str().unwrap()).into();
            }
        }
    }
    json.to_string()
}

/// Together they make tokens of every algorithm there is.
#[test]
fn every_algorithm_has_a_maker() {
    let made = format!("RSA1_5 RSA-OAEP-384 RSA-OAEP-512 {COMMON} {PASSWORDS}");
    let made: BTreeSet<&str> = made.split_whitespace().collect();
    let all: BTreeSet<&str> = KEY_MANAGEMENT.iter().map(|entry| entry.name).collect();
    assert_eq!(made, all);
}
