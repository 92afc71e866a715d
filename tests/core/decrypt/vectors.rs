//! Project Wycheproof's JWE tests and the cookbook (RFC 7520, RFC 8037), by the mathematics alone.

use tokenloupe::verify::decrypt::{MAX_INFLATED_BYTES, inflate};

use super::*;
use crate::common::{say, vector_json, vectors};

/// Marked invalid for what the key's members or the form of the token forbid; the bytes do open.
const OPEN_THOUGH_FORBIDDEN: [u64; 7] = [22, 106, 107, 108, 109, 110, 111];

/// Inflated where the header says so.
fn plaintext(jwe: &Jwe, opened: &Opened) -> Vec<u8> {
    match jwe.document().str("zip") {
        Some("DEF") => inflate(&opened.plaintext, MAX_INFLATED_BYTES)
            .unwrap()
            .to_vec(),
        _ => opened.plaintext.to_vec(),
    }
}

#[test]
fn wycheproof() {
    let Some(file) = vector_json("wycheproof/json_web_encryption_test.json") else {
        return;
    };
    let (mut total, mut wrong) = (0, Vec::new());
    for group in file["testGroups"].as_array().unwrap() {
        let key = key(&group["private"].to_string());
        for test in group["tests"].as_array().unwrap() {
            total += 1;
            let id = test["tcId"].as_u64().unwrap();
            let text = test["jwe"].as_str().unwrap();
            let result = match serde_json::from_str::<Value>(text) {
                Ok(json) => Some(Jwe::json(&json).remove(0)),
                Err(_) if text.split('.').count() == 5 => Some(Jwe::compact(text)),
                Err(_) => None,
            }
            .map(|jwe| jwe.open(&key).map(|opened| plaintext(&jwe, &opened)));
            let expected = test["result"] == "valid" || OPEN_THOUGH_FORBIDDEN.contains(&id);
            let right = match &result {
                Some(Ok(plaintext)) => {
                    expected
                        && test["pt"]
                            .as_str()
                            .is_none_or(|expected| *plaintext == hex(expected))
                }
                _ => !expected,
            };
            if !right {
                wrong.push(format!("{id} ({}): {result:?}", test["comment"]));
            }
        }
    }
    assert_eq!(total, 139);
    say(&format!(
        "json_web_encryption_test.json: {} of {total} right",
        total - wrong.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn cookbook() {
    let Some(folder) = vectors() else {
        return;
    };
    let (mut files, mut forms) = (0, 0);
    let listed = std::fs::read_dir(folder.join("cookbook/jwe")).unwrap();
    let mut paths: Vec<_> = listed.map(|entry| entry.unwrap().path()).collect();
    paths.push(folder.join("cookbook/curve25519/ecdh-es.json"));
    paths.sort();
    for path in paths {
        let text = std::fs::read(&path).unwrap();
        let vector: Value = serde_json::from_slice(&text).unwrap();
        let case = path.display();
        files += 1;
        let input = &vector["input"];
        let keys: Vec<Key> = match (&input["pwd"], &input["key"]) {
            (Value::String(pwd), _) => vec![password(pwd)],
            (_, Value::Array(keys)) => keys.iter().map(|jwk| key(&jwk.to_string())).collect(),
            (_, jwk) => vec![key(&jwk.to_string())],
        };
        let expected = input["plaintext"].as_str().unwrap();
        let output = &vector["output"];
        let mut jwes = Vec::new();
        if let Some(text) = output["compact"].as_str() {
            jwes.push(vec![Jwe::compact(text)]);
        }
        for form in ["json", "json_flat"] {
            if output[form].is_object() {
                jwes.push(Jwe::json(&output[form]));
            }
        }
        assert!(!jwes.is_empty(), "{case}");
        for recipients in jwes {
            forms += 1;
            assert_eq!(recipients.len(), keys.len(), "{case}");
            for (jwe, key) in recipients.iter().zip(&keys) {
                let opened = jwe
                    .open(key)
                    .unwrap_or_else(|error| panic!("{case}: {error}"));
                let plaintext = String::from_utf8(plaintext(jwe, &opened)).unwrap();
                assert_eq!(plaintext, expected, "{case}");
                if let Some(content_key) = vector["generated"]["cek"].as_str() {
                    assert_eq!(encode(&opened.content_key), content_key, "{case}");
                }
            }
        }
    }
    assert_eq!((files, forms), (14, 37));
}
